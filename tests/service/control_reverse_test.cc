// SPDX-License-Identifier: Apache-2.0
// Control of an address by the name that it points to, as /v1 asks for it (TLS BR 3.2.2.5.3).
#include <algorithm>

#include <gtest/gtest.h>

#include "service/control_bodies.h"
#include "service/control_request.h"

namespace parallax::service {
namespace {

using control_test::admit;
using control_test::Bad;
using control_test::body;
using control_test::check_of;
using control_test::dns;
using control_test::expect_refused;
using control_test::http;
using control_test::kMalformed;
using control_test::kRefused;
using control_test::kValue;
using control_test::reverse;
using control_test::web;
using control_test::with;
using rules::ControlMethod;
using testing::domain;

TEST(ControlRequest, RefusesHalvesAndDetoursOfAReverseLookup) {
  const auto bad = [](std::string_view control, std::string_view name = "dns.example.com") {
    return body("9.9.9.9", reverse(name, control));
  };
  for (const Bad& each : std::vector<Bad>{
           {"the PTR alone",
            body("9.9.9.9", with("reverse-address-lookup", R"("name":"dns.example.com")")),
            "/control/control", kMalformed, "a PTR record alone shows no control"},
           {"no name",
            body("9.9.9.9", with("reverse-address-lookup", R"("control":)" + dns(kValue))),
            "/control/name", kMalformed, "required"},
           {"control a text", bad(R"("dns-change")"), "/control/control", kMalformed, "object"},
           {"no method", bad("{}"), "/control/control/method", kMalformed, "required"},
           {"method unknown", bad(with("pigeon", "")), "/control/control/method", kMalformed,
            "pigeon"},
           {"a PTR behind the PTR", bad(reverse("a.example.com", dns(kValue))),
            "/control/control/method", kRefused, "no method"},
           {"a method of the caller", bad(with("constructed-email", "")), "/control/control/method",
            kRefused, "no method"},
           {"a method for addresses", bad(with("ip-contact-email", "")), "/control/control/method",
            kRefused, "no method"},
           {"a retired method", bad(with("ip-address", "")), "/control/control/method", kRefused,
            "no method"},
           {"an ADN of its own", bad(dns(kValue, R"("adn":"example.com")")), "/control/control/adn",
            kMalformed, "not a known member"},
           {"the confirmation of its contact in the future",
            bad(with("contact-email-txt",
                     R"("contact":"a@b.example","confirmed_at":"2026-12-22T17:00:00Z")")),
            "/control/control/confirmed_at", kRefused, "future"},
           {"a confirmation beside the address",
            body("9.9.9.9",
                 with("reverse-address-lookup",
                      R"("name":"dns.example.com","confirmed_at":"x","control":)" + dns(kValue))),
            "/control/confirmed_at", kMalformed, "not a known member"},
           {"a mail server", bad(dns(kValue, R"("mail_server":true)")),
            "/control/control/mail_server", kMalformed, "not a known member"},
           {"an ADN for the address",
            body("9.9.9.9",
                 with("reverse-address-lookup",
                      R"("name":"dns.example.com","adn":"example.com","control":)" + dns(kValue))),
            "/control/adn", kMalformed, "no Authorization Domain Name"},
           {"empty value", bad(dns("")), "/control/control/value", kMalformed, "empty"},
           {"short value", bad(dns("abc")), "/control/control/value", kRefused, "112"},
           {"no token", bad(with("acme-http-01", R"("key_authorization":"x")")),
            "/control/control/token", kMalformed, "required"},
           {"path upwards", bad(web("../x")), "/control/control/path", kRefused, ".."},
           {"a reverse zone", bad(dns(kValue), "9.9.9.9.in-addr.arpa"), "/control/name", kRefused,
            "reverse zone"},
           {"an Internal Name", bad(dns(kValue), "host.local"), "/control/name", kRefused,
            "Internal Name"},
           {"a public suffix", bad(dns(kValue), "co.uk"), "/control/name", kRefused,
            "public suffix"},
           {"no name at all", bad(dns(kValue), "a..b"), "/control/name", kMalformed, "empty"},
       })
    expect_refused(each);
}

TEST(ControlRequest, TakesAReverseLookupWithControlOfTheName) {
  const auto request = admit(body("9.9.9.9", reverse("Dns.Example.COM", http())));
  ASSERT_TRUE(request.has_value()) << describe(request.error());
  const auto& value = std::get<dcv::ReverseValue>(check_of(*request).challenge);
  EXPECT_EQ(value.name, domain("dns.example.com"));
  ASSERT_TRUE(value.control.has_value());
  EXPECT_EQ(value.control->method, ControlMethod::acme_http);
}

TEST(ControlRequest, NamesTheIssuersOfAPersistentRecordBehindAnAddress) {
  const auto request = admit(body(
      "9.9.9.9",
      reverse("dns.example.com",
              with("dns-persistent", R"("account_uri":"acct:a@b","issuers":["other.example"])"))));
  ASSERT_TRUE(request.has_value()) << describe(request.error());
  const auto issuers = issuers_named(request->order);
  EXPECT_NE(std::find(issuers.begin(), issuers.end(), domain("other.example")), issuers.end());
}

}  // namespace
}  // namespace parallax::service
