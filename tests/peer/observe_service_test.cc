// SPDX-License-Identifier: Apache-2.0
#include "peer/observe_service.h"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "peer/peer_fixture.h"

namespace parallax::peer {
namespace {

using testing::HasSubstr;

class ObserveService : public testing::Test {
 protected:
  net::HttpResponse serve(std::string body, std::optional<net::ClientCertificate> client) {
    net::HttpRequest call;
    call.method = "POST";
    call.path = kObservePath;
    call.body = std::move(body);
    call.client = std::move(client);
    return loop.await(serve_observe(&stage.perspective, {{"coordinator", "coordinator-2"}}, call));
  }
  net::HttpResponse serve(std::string body) {
    return serve(std::move(body), test::certificate({"coordinator"}));
  }
  static std::string body(const json::value& request, const json::value& wait = 10'000) {
    return json::serialize(json::object{{"request", request}, {"deadline_ms", wait}});
  }

  net::Loop loop;
  test::PerspectiveStage stage{loop};
};

TEST_F(ObserveService, AnswersASignedStatementBoundToTheRequest) {
  const auto response = serve(body(to_json(test::request())));
  ASSERT_EQ(response.status, 200u) << response.body;
  const auto statement = observe::signed_statement_from_json(parse_json(response.body).value(), "");
  ASSERT_TRUE(statement) << describe(statement.error());
  observe::StatementVerifier verifier(test::signing_key().verifying_key());
  EXPECT_TRUE(verifier.holds(*statement));
  const auto observation = observe::read_statement(statement->statement);
  ASSERT_TRUE(observation);
  EXPECT_EQ(observe::check_binding(*observation, test::request(), "eu-1"), observe::Binding::holds);
  EXPECT_EQ(std::get<caa::CaaObservation>(observation->seen).lookups.at(0).properties.at(0).value,
            "ca.example");
}

TEST_F(ObserveService, OnlyACoordinatorMayAsk) {
  const std::pair<const char*, std::optional<net::ClientCertificate>> cases[] = {
      {"nobody", {}},
      {"another_perspective", test::certificate({"ap-1"})},
      {"no_names", test::certificate({})},
      {"prefix", test::certificate({"coordinator.example"})},
      {"other_case", test::certificate({"Coordinator"})},
      {"wildcard", test::certificate({"*"})},
  };
  for (const auto& [name, client] : cases) {
    SCOPED_TRACE(name);
    const auto response = serve(body(to_json(test::request())), client);
    EXPECT_EQ(response.status, 403u);
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
  EXPECT_TRUE(stage.resolver.asked.empty()) << "nothing is looked up for a stranger";
  auto by_common_name = test::certificate({"ap-1"});
  by_common_name.subject_common_name = "coordinator";
  EXPECT_EQ(serve(body(to_json(test::request())), by_common_name).status, 403u);
  EXPECT_EQ(
      serve(body(to_json(test::request())), test::certificate({"host.example", "coordinator-2"}))
          .status,
      200u);
}

// A coordinator that was taken over may want the value of one name to count for all under a suffix.
TEST_F(ObserveService, LooksAtNoPublicSuffixAsAnAuthorizationDomainName) {
  const auto suffixes = names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  const auto asked = [&](const char* adn) {
    observe::ObservationRequest request = test::request();
    request.check = dcv::ControlCheck{
        rules::ControlMethod::dns_change,
        caa::test::name("www.example.com"),
        caa::test::name(adn),
        std::nullopt,
        false,
        dcv::DnsValue{dns::RecordType::txt, "", "dGhlIHJhbmRvbSB2YWx1ZSBvZiB0aGlzIG9yZGVy"}};
    net::HttpRequest call;
    call.method = "POST";
    call.path = kObservePath;
    call.body = body(to_json(request));
    call.client = test::certificate({"coordinator"});
    return loop.await(
        serve_observe(&stage.perspective, PeerPolicy{{"coordinator"}, &suffixes}, call));
  };
  const auto response = asked("com");
  EXPECT_EQ(response.status, 400u);
  EXPECT_THAT(response.body, HasSubstr("public suffix"));
  EXPECT_TRUE(stage.resolver.asked.empty());
  EXPECT_EQ(asked("example.com").status, 200u);
}

TEST_F(ObserveService, RefusesBadBodiesNamingThePlace) {
  const json::object good = to_json(test::request()).as_object();
  const auto with = [&good](const char* key, const json::value& value) {
    json::object out = good;
    out[key] = value;
    return out;
  };
  struct Case {
    const char* name;
    std::string body;
    const char* message;
  };
  const Case cases[] = {
      {"empty", "", ""},
      {"not_json", "order", ""},
      {"garbage", std::string("\0\xff\xfe", 3), ""},
      {"array", "[]", ""},
      {"deep", std::string(10'000, '['), ""},
      {"no_request", R"({"deadline_ms":5})", "/request"},
      {"no_deadline", json::serialize(json::object{{"request", good}}), "/deadline_ms"},
      {"deadline_zero", body(good, 0), "/deadline_ms"},
      {"deadline_negative", body(good, -1), "/deadline_ms"},
      {"deadline_huge", body(good, kDeadlineMsMax + 1), "/deadline_ms"},
      {"deadline_text", body(good, "5"), "/deadline_ms"},
      {"surplus", R"({"deadline_ms":5,"request":{},"client":"portal"})", "/client"},
      {"duplicate", R"({"deadline_ms":5,"deadline_ms":6,"request":{}})", "deadline_ms"},
      {"request_null", body(nullptr), "/request"},
      {"bad_nonce", body(with("nonce", "AA")), "/request/nonce"},
      {"bad_check", body(with("check", json::object{{"kind", "caa"}})), "/request/check"},
      {"surplus_in_request", body(with("mailbox", "alice@example.com")), "/request/mailbox"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto response = serve(c.body);
    EXPECT_EQ(response.status, 400u);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto problem = parse_json(response.body).value();
    EXPECT_EQ(problem.at("status").to_number<int>(), 400);
    EXPECT_THAT(std::string(problem.at("detail").as_string()), HasSubstr(c.message));
  }
  EXPECT_TRUE(stage.resolver.asked.empty());
}

}  // namespace
}  // namespace parallax::peer
