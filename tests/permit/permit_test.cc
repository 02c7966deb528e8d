// SPDX-License-Identifier: Apache-2.0
#include "permit/permit.h"

#include <functional>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"
#include "permit/jws.h"

namespace parallax::permit {
namespace {

Instant at(const char* text) { return parse_instant(text).value(); }

Permit sample() {
  Permit permit;
  permit.order_id = "order-1";
  permit.client = "portal";
  permit.certificate_type = "smime";
  permit.names = {"alice@example.com", "bob@example.com"};
  permit.methods = {{"alice@example.com", "dns-change"}};
  permit.issuers = {"ca.example"};
  permit.account_uri = "https://ca.example/acct/1";
  permit.decided = at("2026-11-22T10:00:00Z");
  permit.not_after = at("2026-11-22T18:00:00Z");
  permit.rules = std::string(64, 'b');
  permit.log = "log.example";
  permit.index = 7;
  permit.leaf_hash = std::string(64, 'a');
  return permit;
}

SigningRequest request_for(const Permit& permit) {
  return {permit.certificate_type, permit.names, at("2026-11-22T12:00:00Z"), false};
}

TEST(Permit, IsReadBackAsItWasSigned) {
  const SigningKey key = SigningKey::generate();
  const auto opened = open_permit(sign_permit(sample(), key), std::vector{key.verifying_key()});
  ASSERT_TRUE(opened) << describe(opened.error());
  EXPECT_EQ(*opened, sample());
}

TEST(Permit, TimesAreCutTowardsLessPermission) {
  Permit permit = sample();
  permit.not_after = at("2026-11-22T18:00:00.999Z");
  const SigningKey key = SigningKey::generate();
  const auto opened = open_permit(sign_permit(permit, key), std::vector{key.verifying_key()});
  EXPECT_EQ(opened.value().not_after, at("2026-11-22T18:00:00Z"));
}

TEST(Permit, CoversExactlyItsNamesInItsTime) {
  struct Case {
    const char* name;
    std::function<void(Permit&, SigningRequest&)> alter;
    const char* said;  // empty: covered
  };
  const Case cases[] = {
      {"as_asked", [](Permit&, SigningRequest&) {}, ""},
      {"first_instant", [](Permit& p, SigningRequest& r) { r.at = p.decided; }, ""},
      {"before", [](Permit& p, SigningRequest& r) { r.at = p.decided - std::chrono::seconds(1); },
       "yet to come"},
      {"last_instant",
       [](Permit& p, SigningRequest& r) { r.at = p.not_after - std::chrono::nanoseconds(1); }, ""},
      {"expired", [](Permit& p, SigningRequest& r) { r.at = p.not_after; }, "expired"},
      {"a_name_too_many", [](Permit&, SigningRequest& r) { r.names.insert("eve@example.com"); },
       "does not cover eve@example.com"},
      {"a_name_too_few", [](Permit&, SigningRequest& r) { r.names.erase("bob@example.com"); },
       "leaves out names of the permit: bob@example.com"},
      {"another_name",
       [](Permit&, SigningRequest& r) { r.names = {"alice@example.com", "bob@example.org"}; },
       "does not cover bob@example.org"},
      {"many_too_many",
       [](Permit&, SigningRequest& r) {
         for (char c = 'a'; c < 'k'; ++c) r.names.insert(std::string(1, c) + "@example.net");
       },
       "and 5 more"},
      {"no_names", [](Permit&, SigningRequest& r) { r.names.clear(); }, "leaves out"},
      {"another_type", [](Permit&, SigningRequest& r) { r.certificate_type = "tls"; },
       "is for smime, not for tls"},
      {"of_a_lab", [](Permit& p, SigningRequest&) { p.lab = true; }, "lab"},
      {"in_the_lab",
       [](Permit& p, SigningRequest& r) {
         p.lab = true;
         r.lab = true;
       },
       ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Permit permit = sample();
    SigningRequest request = request_for(permit);
    c.alter(permit, request);
    const Status covered = check_permit(permit, request);
    if (*c.said == '\0') {
      EXPECT_TRUE(covered) << covered.error().message;
      continue;
    }
    ASSERT_FALSE(covered);
    EXPECT_EQ(covered.error().code, ErrorCode::forbidden);
    EXPECT_NE(covered.error().message.find(c.said), std::string::npos) << covered.error().message;
  }
}

TEST(Permit, ClaimsAreReadStrictly) {
  const SigningKey key = SigningKey::generate();
  const auto keys = std::vector{key.verifying_key()};
  const std::string jws = sign_permit(sample(), key);
  const json::object good =
      parse_json(open_jws(jws, kPermitType, keys).value().payload).value().as_object();
  struct Case {
    const char* name;
    std::function<void(json::object&)> alter;
  };
  const Case cases[] = {
      {"no_names", [](json::object& o) { o["names"] = json::array(); }},
      {"a_name_twice", [](json::object& o) { o["names"] = json::array{"a", "a"}; }},
      {"names_missing", [](json::object& o) { o.erase("names"); }},
      {"name_no_text", [](json::object& o) { o["names"] = json::array{1}; }},
      {"no_issuers", [](json::object& o) { o["issuers"] = json::array(); }},
      {"unknown_type", [](json::object& o) { o["type"] = "code-signing"; }},
      {"no_expiry", [](json::object& o) { o.erase("exp"); }},
      {"fraction_of_a_second", [](json::object& o) { o["exp"] = 1.5; }},
      {"expiry_beyond_all_time", [](json::object& o) { o["exp"] = INT64_MAX; }},
      {"negative_time", [](json::object& o) { o["iat"] = -1; }},
      {"method_of_no_name", [](json::object& o) { o["methods"].as_object()["x"] = "dns-change"; }},
      {"methods_no_object", [](json::object& o) { o["methods"] = "dns-change"; }},
      {"no_lab_mark", [](json::object& o) { o.erase("lab"); }},
      {"unknown_claim", [](json::object& o) { o["nbf"] = 1; }},
      {"no_evidence", [](json::object& o) { o["evidence"] = nullptr; }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    json::object claims = good;
    c.alter(claims);
    EXPECT_FALSE(open_permit(sign_jws(kPermitType, json::serialize(claims), key), keys));
  }
  EXPECT_TRUE(open_permit(sign_jws(kPermitType, json::serialize(good), key), keys));
  EXPECT_FALSE(open_permit(sign_jws("other+jwt", json::serialize(good), key), keys));
}

}  // namespace
}  // namespace parallax::permit
