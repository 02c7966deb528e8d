// SPDX-License-Identifier: Apache-2.0
// Requests to a perspective: exactly one form, everything else refused with the place named.
#include <functional>

#include <gmock/gmock.h>

#include "base/json.h"
#include "observe/samples.h"
#include "observe/statement.h"

namespace parallax::observe {
namespace {

using testing::HasSubstr;

TEST(Request, HasOneForm) {
  EXPECT_EQ(to_json(test::sample_request()),
            parse_json(R"({"order":"order-1","attempt":3,"nonce":"AAECAwQFBgcICQoLDA0ODw",
                           "check":{"kind":"caa","domain":"www.example.com",
                                    "prove_insecure":true}})")
                .value());
}

struct Case {
  const char* name;
  std::function<void(json::object&)> spoil;
  const char* message;
};

json::object& check(json::object& request) { return request["check"].as_object(); }

const Case kCases[] = {
    {"unknown_member", [](json::object& r) { r["client"] = "portal"; }, "/r/client"},
    {"no_order", [](json::object& r) { r.erase("order"); }, "/r/order"},
    {"long_order", [](json::object& r) { r["order"] = std::string(257, 'x'); }, "256 octets"},
    {"order_not_utf8", [](json::object& r) { r["order"] = "\xff"; }, "UTF-8"},
    {"attempt_zero", [](json::object& r) { r["attempt"] = 0; }, "/r/attempt"},
    {"attempt_huge", [](json::object& r) { r["attempt"] = 1001; }, "/r/attempt"},
    {"attempt_text", [](json::object& r) { r["attempt"] = "3"; }, "/r/attempt"},
    {"nonce_short", [](json::object& r) { r["nonce"] = "AAECAwQFBgcICQoLDA0O"; }, "16 octets"},
    {"nonce_long", [](json::object& r) { r["nonce"] = "AAECAwQFBgcICQoLDA0ODxA"; }, "16 octets"},
    {"nonce_empty", [](json::object& r) { r["nonce"] = ""; }, "16 octets"},
    {"nonce_padded", [](json::object& r) { r["nonce"] = "AAECAwQFBgcICQoLDA0ODw=="; }, "16 octets"},
    {"nonce_other_alphabet", [](json::object& r) { r["nonce"] = "++ECAwQFBgcICQoLDA0ODw"; },
     "16 octets"},
    {"check_null", [](json::object& r) { r["check"] = nullptr; }, "/r/check"},
    {"check_unknown_member", [](json::object& r) { check(r)["local_part"] = "alice"; },
     "/r/check/local_part"},
    {"check_other_kind", [](json::object& r) { check(r)["kind"] = "http"; }, "/r/check/kind"},
    {"check_no_kind", [](json::object& r) { check(r).erase("kind"); }, "/r/check/kind"},
    {"check_no_domain", [](json::object& r) { check(r).erase("domain"); }, "/r/check/domain"},
    {"check_mailbox", [](json::object& r) { check(r)["domain"] = "alice@example.com"; },
     "/r/check/domain"},
    {"check_wildcard", [](json::object& r) { check(r)["domain"] = "*.example.com"; },
     "/r/check/domain"},
    {"check_address", [](json::object& r) { check(r)["domain"] = "192.0.2.1"; }, "/r/check/domain"},
    {"check_empty_label", [](json::object& r) { check(r)["domain"] = "example..com"; },
     "/r/check/domain"},
    {"check_long_domain", [](json::object& r) { check(r)["domain"] = std::string(300, 'a'); },
     "/r/check/domain"},
    {"check_prove_text", [](json::object& r) { check(r)["prove_insecure"] = "yes"; },
     "/r/check/prove_insecure"},
};

class SpoiltRequest : public testing::TestWithParam<Case> {};

TEST_P(SpoiltRequest, IsRefusedNamingThePlace) {
  json::value value = to_json(test::sample_request());
  GetParam().spoil(value.as_object());
  const auto request = request_from_json(value, "/r");
  ASSERT_FALSE(request);
  EXPECT_THAT(describe(request.error()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Request, SpoiltRequest, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Request, IsAnObject) {
  for (const char* text : {"null", "[]", "1", "\"order\"", "{}"})
    EXPECT_FALSE(request_from_json(parse_json(text).value(), "")) << text;
}

TEST(SignedStatementJson, IsRefusedBeyondItsBounds) {
  const SigningKey key = SigningKey::generate();
  const json::value good = to_json(sign_batch({"one", "two"}, key).front());
  ASSERT_TRUE(signed_statement_from_json(good, ""));
  const std::pair<const char*, json::value> cases[] = {
      {"batch_index", -1},
      {"batch_index", 64},
      {"batch_size", 0},
      {"batch_size", 65},
      {"batch_path", "AA=="},
      {"batch_path", json::array{"A"}},
      {"batch_path", json::array{1}},
      {"signature", "A"},
      {"signature", nullptr},
      {"statement", json::object{}},
      {"surplus", true},
  };
  for (const auto& [key_name, value] : cases) {
    json::object bad = good.as_object();
    bad[key_name] = value;
    EXPECT_FALSE(signed_statement_from_json(bad, "")) << key_name << " " << value;
  }
}

TEST(Digest, TellsChecksApartAndIsStable) {
  const Check base = CaaCheck{caa::test::name("example.com"), false};
  EXPECT_EQ(digest(base).size(), 64u);
  EXPECT_EQ(digest(base), digest(CaaCheck{caa::test::name("EXAMPLE.com."), false}));
  EXPECT_NE(digest(base), digest(CaaCheck{caa::test::name("example.com"), true}));
  EXPECT_NE(digest(base), digest(CaaCheck{caa::test::name("example.org"), false}));
}

TEST(Binding, HoldsOnlyForWhatWasAskedAndWho) {
  const ObservationRequest request = test::sample_request();
  const Observation good = test::sample_observation();
  EXPECT_EQ(check_binding(good, request, "eu-1"), Binding::holds);
  EXPECT_EQ(check_binding(good, request, "eu-2"), Binding::wrong_identity);
  const std::function<void(Observation&)> lies[] = {
      [](Observation& o) { o.order_id += "x"; },
      [](Observation& o) { ++o.attempt; },
      [](Observation& o) { o.nonce[0] = 'B'; },
      [](Observation& o) {
        o.check_digest = digest(CaaCheck{std::get<caa::CaaObservation>(o.seen).domain, false});
      },
      [](Observation& o) {
        std::get<caa::CaaObservation>(o.seen).domain = caa::test::name("example.com");
      },
  };
  for (const auto& lie : lies) {
    Observation bad = good;
    lie(bad);
    EXPECT_EQ(check_binding(bad, request, "eu-1"), Binding::wrong_request);
  }
}

}  // namespace
}  // namespace parallax::observe
