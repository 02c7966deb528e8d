// SPDX-License-Identifier: Apache-2.0
#include "service/answer_control.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "service/answer_v1.h"
#include "service/record_text.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::decision_on;
using testing::domain;

orders::Order order_on(names::CertificateName name) {
  orders::Order order;
  order.id = "order-1";
  order.type = caa::CertificateType::tls_server;
  dcv::Target target = domain("www.example.com");
  if (const auto* address = std::get_if<names::IpAddress>(&name)) target = *address;
  order.controls = {orders::ControlRequest{
      rules::ControlMethod::acme_http,
      dcv::ControlCheck{rules::ControlMethod::acme_http, std::move(target), std::nullopt,
                        std::nullopt, false, dcv::HttpValue{}}}};
  order.names = {std::move(name)};
  return order;
}

// The first name's answer; the whole is kept to be held against docs/openapi.json.
json::value answer(const orders::Decision& decision) {
  net::HttpResponse response;
  response.body = write_v1_answer(decision);
  testing::keep_sample("POST", "/v1/corroborations", response);
  return testing::parsed(response).at("names").at(0);
}

TEST(AnswerControl, TellsEveryMember) {
  const json::value name =
      answer(decision_on(order_on(domain("www.example.com")), orders::Outcome::permitted, false));
  EXPECT_EQ(name.at("caa").as_string(), "checked");
  json::value control = name.at("control");
  const json::array perspectives = control.at("perspectives").as_array();
  control.as_object().erase("perspectives");
  control.as_object().erase("rule");
  EXPECT_EQ(control, parse_json(R"({"method":"acme-http-01","standing":"allowed","name_method":null,
      "outcome":"permitted","reason":"challenge-found","explanation":"Found the TXT record.",
      "confirmed_at":null,"adn":"example.com","adn_path":["www.example.com","example.com"],
      "adn_steps":["prune"],"smtp_host":null,"equal_preference":0,"mail_servers":[],
      "dnssec":"secure","quorum":"4/5","corroborated":4,"remotes_used":5,
      "rirs":["RIPE NCC","APNIC"],"without_remotes":"",
      "reuse_until":"2027-03-14T23:59:59.999999999Z"})")
                         .value());
  EXPECT_EQ(perspectives.at(0), parse_json(R"({"code":"primary-1","primary":true,"rir":"ARIN",
      "result":"corroborated","message":"","outcome":"shown","reason":"challenge-found",
      "lookups":[{"purpose":"challenge","name":"_acme-challenge.example.com","type":"TXT",
          "status":"answered","rcode":"NOERROR","dnssec":"secure","ttl_s":60,"reason":"",
          "alias_chain":["challenges.example.net"],"records":["\"value\""]}],
      "http":null,"tls":null,"elapsed_ms":12})")
                                    .value());
  EXPECT_EQ(perspectives.at(3), parse_json(R"({"code":"remote-3","primary":false,"rir":"LACNIC",
      "result":"unreachable","message":"connection refused","outcome":null,"reason":null,
      "lookups":[],"http":null,"tls":null,"elapsed_ms":0})")
                                    .value());
}

TEST(AnswerControl, AnAddressHasNoCaa) {
  const auto address = names::IpAddress::parse("9.9.9.9").value();
  for (const auto outcome : {orders::Outcome::refused, orders::Outcome::undetermined}) {
    const json::value name = answer(decision_on(order_on(address), outcome, false));
    EXPECT_EQ(name.at("caa").as_string(), "not-applicable");
    EXPECT_EQ(name.at("quorum").as_string(), "");
    EXPECT_TRUE(name.at("control").at("adn").is_null());
    EXPECT_TRUE(name.at("control").at("reuse_until").is_null());
    EXPECT_EQ(name.at("reason"), name.at("control").at("reason"));
  }
}

TEST(AnswerControl, TellsByWhatMethodTheNameOfAnAddressWasShown) {
  const auto address = names::IpAddress::parse("9.9.9.9").value();
  orders::Decision decision = decision_on(order_on(address), orders::Outcome::refused, false);
  decision.names.at(0).control->name_method = rules::method_rule(
      rules::ControlMethod::dns_change, rules::TargetKind::domain, date_of(testing::test_time()));
  const json::value name = answer(decision);
  const json::value& method = name.at("control").at("name_method");
  EXPECT_EQ(method.at("method"), "dns-change");
  EXPECT_EQ(method.at("standing"), "allowed");
  EXPECT_EQ(method.at("rule").at("section"), "3.2.2.4.7");
}

TEST(AnswerControl, TellsAmongWhichMailServersOneWasDrawn) {
  orders::Decision decision =
      decision_on(order_on(domain("www.example.com")), orders::Outcome::permitted, false);
  orders::ControlDecision& control = *decision.names.at(0).control;
  control.smtp_host = domain("mx1.example.com");
  control.equal_preference = 2;
  control.mail_servers = {domain("mx1.example.com"), domain("mx2.example.com")};
  const json::value told = answer(decision).at("control");
  EXPECT_EQ(told.at("smtp_host"), "mx1.example.com");
  EXPECT_EQ(told.at("equal_preference"), 2);
  EXPECT_EQ(told.at("mail_servers"), (json::array{"mx1.example.com", "mx2.example.com"}));
}

TEST(AnswerControl, TellsWhatAnOpenContactNeeds) {
  orders::Decision decision =
      decision_on(order_on(domain("www.example.com")), orders::Outcome::permitted, false);
  orders::ControlDecision& control = *decision.names.at(0).control;
  control.outcome = orders::Outcome::undetermined;
  control.reason = "contact-unconfirmed";
  control.reuse_until.reset();
  EXPECT_TRUE(answer(decision).at("control").at("confirmed_at").is_null());
  control.confirmed_at = testing::test_time();
  EXPECT_EQ(answer(decision).at("control").at("confirmed_at"),
            json::value(format_instant(testing::test_time())));
}

TEST(AnswerControl, SaysWhyNoRemoteWasAsked) {
  orders::Order order;
  order.names = {names::MailboxAddress::parse("u@example.com").value()};
  order.controls = {orders::ControlRequest{rules::ControlMethod::mailbox_email, std::nullopt}};
  const json::value name = answer(decision_on(order, orders::Outcome::permitted, false));
  EXPECT_EQ(name.at("control").at("without_remotes").as_string(), "SBR 3.2.2.2");
  EXPECT_EQ(name.at("control").at("quorum").as_string(), "");
}

TEST(AnswerControl, CutsAndEscapesWhatServersSay) {
  orders::Decision decision =
      decision_on(order_on(domain("www.example.com")), orders::Outcome::permitted, false);
  auto& seen = *decision.names[0].control->perspectives[0].control_seen;
  seen.http = dcv::SeenHttp{
      {{"http://www.example.com/\xff", "9.9.9.9", 302, "/\xfe"},
       {"http://inside.example/", "", 0, "", net::GuardedFailure::address_refused, "inside"}},
      "a\x01" + std::string(1000, 'b')};
  seen.tls = dcv::SeenTls{"9.9.9.9", "www.example.com", "TLSv1.3", "acme-tls/1", "\x30\x01"};
  const json::value told = answer(decision).at("control").at("perspectives").at(0);
  EXPECT_EQ(told.at("http").at("body").as_string(), "a\\x01" + std::string(510, 'b'));
  EXPECT_TRUE(told.at("http").at("body_truncated").as_bool());
  EXPECT_EQ(told.at("http").at("hops").at(0).at("failure").as_string(), "");
  EXPECT_EQ(told.at("http").at("hops").at(1).at("failure").as_string(), "inside");
  EXPECT_EQ(told.at("tls").at("certificate").as_string(), base64_encode("\x30\x01"));
}

TEST(RecordText, IsZoneFileForm) {
  using dns::RecordType;
  const struct {
    const char* title;
    RecordType type;
    std::string rdata;
    const char* text;
  } cases[] = {
      {"TXT", RecordType::txt,
       "\x01"
       "a"
       "\x02"
       "b\"",
       R"("a" "b\"")"},
      {"TXT cut short", RecordType::txt,
       "\x05"
       "a",
       R"(\# 2 0561)"},
      {"TXT empty", RecordType::txt, "", R"(\# 0 )"},
      {"A", RecordType::a, "\x09\x09\x09\x09", "9.9.9.9"},
      {"A of five octets", RecordType::a, "\x09\x09\x09\x09\x09", R"(\# 5 0909090909)"},
      {"AAAA", RecordType::aaaa, std::string(15, '\0') + "\x01", "::1"},
      {"CNAME", RecordType::cname,
       std::string("\x01"
                   "a\x02"
                   "bc\0",
                   6),
       "a.bc."},
      {"PTR to the root", RecordType::ptr, std::string(1, '\0'), "."},
      {"MX", RecordType::mx,
       std::string("\0\x0a\x01"
                   "a\0",
                   5),
       "10 a."},
      {"MX cut short", RecordType::mx, std::string("\0", 1), R"(\# 1 00)"},
      {"CAA", RecordType::caa, std::string("\0\x05issueca", 9), R"(0 issue "ca")"},
      {"CAA cut short", RecordType::caa, std::string("\0", 1), R"(\# 1 00)"},
      {"another type", RecordType::ds, "\x01", R"(\# 1 01)"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    EXPECT_EQ(record_text(each.type, each.rdata), each.text);
  }
}

}  // namespace
}  // namespace parallax::service
