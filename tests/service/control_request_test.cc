// SPDX-License-Identifier: Apache-2.0
// Control as /v1 asks for it: what a body becomes, and where and why a bad one is refused, at the
// door or when it is planned.
#include "service/control_request.h"

#include <gtest/gtest.h>

#include "service/control_bodies.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

using control_test::admit;
using control_test::Bad;
using control_test::body;
using control_test::check_of;
using control_test::dns;
using control_test::expect_refused;
using control_test::hash;
using control_test::http;
using control_test::kDigest;
using control_test::kMalformed;
using control_test::kNot;
using control_test::kRefused;
using control_test::kValue;
using control_test::parse;
using control_test::reverse;
using control_test::web;
using control_test::with;
using rules::ControlMethod;
using testing::domain;

TEST(ControlRequest, RefusesWhatIsNoRequest) {
  const std::string host = "b.example.com";
  for (const Bad& bad : std::vector<Bad>{
           {"control a text", body(host, R"("dns-change")"), "/control", kMalformed, "object"},
           {"no method", body(host, R"({"value":"x"})"), "/control/method", kMalformed, "required"},
           {"method unknown", body(host, with("pigeon", "")), "/control/method", kMalformed,
            "pigeon"},
           {"method a number", body(host, R"({"method":7})"), "/control/method", kMalformed,
            "string"},
           {"unknown member", body(host, dns(kValue, R"("colour":1)")), "/control/colour",
            kMalformed, "not a known member"},
           {"member of another method", body(host, dns(kValue, R"("token":"x")")), "/control/token",
            kMalformed, "not a known member"},
           {"no value", body(host, with("dns-change", "")), "/control/value", kMalformed,
            "required"},
           {"no token", body(host, with("acme-http-01", R"("key_authorization":"x")")),
            "/control/token", kMalformed, "required"},
           {"no contact", body(host, with("contact-email-txt", "")), "/control/contact", kMalformed,
            "required"},
           {"no account", body(host, with("dns-persistent", "")), "/control/account_uri",
            kMalformed, "required"},
           {"value too long", body(host, dns(std::string(5000, 'a'))), "/control/value", kMalformed,
            "4096"},
           {"record type", body(host, dns(kValue, R"("record_type":"MX")")), "/control/record_type",
            kMalformed, "TXT, CNAME or CAA"},
           {"match", body(host, dns(kValue, R"("match":"regex")")), "/control/match", kMalformed,
            "whole"},
           {"hash not base64url",
            body(host, with("acme-dns-01", R"("key_authorization_hash":"abc")")),
            "/control/key_authorization_hash", kMalformed, "SHA-256"},
           {"hash of tls-alpn in hex",
            body(host, with("acme-tls-alpn-01",
                            fmt::format(R"("key_authorization_hash":"{}")", std::string(64, 'a')))),
            "/control/key_authorization_hash", kMalformed, "SHA-256"},
           {"account no URI",
            body(host,
                 with("dns-account-01",
                      fmt::format(R"("account_uri":"x","key_authorization_hash":"{}")", kDigest))),
            "/control/account_uri", kMalformed, "URI"},
           {"no issuers",
            body(host, with("dns-persistent", R"("account_uri":"acct:a@b","issuers":[])")),
            "/control/issuers", kMalformed, "1 to 32"},
           {"issuer no name",
            body(host, with("dns-persistent", R"("account_uri":"acct:a@b","issuers":["a..b"])")),
            "/control/issuers", kMalformed, "empty"},
           {"form", body(host, with("dns-persistent", R"("account_uri":"acct:a@b","form":"x")")),
            "/control/form", kMalformed, "plain"},
           {"hashed without keys",
            body(host, with("dns-persistent", R"("account_uri":"acct:a@b","form":"hashed",)"
                                              R"("account_hash_prefix":"https://a/")")),
            "/control/key_thumbprints", kMalformed, "required"},
       })
    expect_refused(bad);
}

TEST(ControlRequest, RefusesMembersOfTheWrongForm) {
  const std::string host = "b.example.com";
  for (const Bad& bad : std::vector<Bad>{
           {"scheme", body(host, web("a.txt", R"("scheme":"ftp")")), "/control/scheme", kMalformed,
            "https"},
           {"path absolute", body(host, web("/a.txt")), "/control/path", kMalformed, "slash"},
           {"headers a list", body(host, http(R"("headers":["Accept"])")), "/control/headers",
            kMalformed, "object"},
           {"header a number", body(host, http(R"("headers":{"Accept":1})")), "/control/headers",
            kMalformed, "strings"},
           {"nine headers",
            body(host, http(R"("headers":{"a":"","b":"","c":"","d":"",)"
                            R"("e":"","f":"","g":"","h":"","i":""})")),
            "/control/headers", kMalformed, "8"},
           {"adn no name", body(host, dns(kValue, R"("adn":"a..b")")), "/control/adn", kMalformed,
            "empty"},
           {"mail server in a TLS order", body(host, dns(kValue, R"("mail_server":true)")),
            "/control/mail_server", kMalformed, "S/MIME"},
           {"mail server a text", body(host, dns(kValue, R"("mail_server":"yes")"), "smime"),
            "/control/mail_server", kMalformed, "true or false"},
           {"surplus beside what the caller does",
            body(host, with("constructed-email", R"("value":"x")")), "/control/value", kMalformed,
            "not a known member"},
           {"name missing",
            R"({"type":"tls","issuers":["ca.example"],"names":["a.example.com",{"control":null}]})",
            "/name", kMalformed, "required"},
           {"one name, two ways",
            fmt::format(R"({{"type":"tls","issuers":["ca.example"],"names":["b.example.com",)"
                        R"({{"name":"B.example.com","control":{}}}]}})",
                        hash("acme-dns-01")),
            "", kMalformed, "twice"},
       })
    expect_refused(bad);
}

TEST(ControlRequest, RefusesWhatTheRulesDo) {
  const std::string host = "b.example.com";
  for (const Bad& bad : std::vector<Bad>{
           {"empty value", body(host, dns("")), "/control/value", kMalformed, "empty"},
           {"short value", body(host, dns("abcdefgh")), "/control/value", kRefused, "112"},
           {"short digits", body(host, dns(std::string(33, '1'))), "/control/value", kRefused,
            "112"},
           {"short hex", body(host, dns(std::string(27, 'a'))), "/control/value", kRefused, "112"},
           {"short website value",
            body(host, with("website-change", R"("path":"a.txt","value":"abc")")), "/control/value",
            kRefused, "112"},
           {"prefix without underscore", body(host, dns(kValue, R"("prefix":"code")")),
            "/control/prefix", kRefused, "underscore"},
           {"retired method", body(host, with("ip-address", R"("value":"192.0.2.1")")),
            "/control/method", kRefused, "2026-03-15"},
           {"retired method by its ballot", body(host, with("ip-address", "")), "/control/method",
            kRefused, "SC-09"},
           {"wildcard with http-01", body("*.example.com", http()), "/control/method", kRefused,
            "wildcard"},
           {"wildcard with tls-alpn-01", body("*.example.com", hash("acme-tls-alpn-01")),
            "/control/method", kRefused, "wildcard"},
           {"wildcard with website-change", body("*.example.com", web("a.txt")), "/control/method",
            kRefused, "wildcard"},
           {"address with dns-01", body("9.9.9.9", hash("acme-dns-01")), "/control/method",
            kRefused, "9.9.9.9"},
           {"name with reverse lookup", body(host, reverse("b.example.com", dns(kValue))),
            "/control/method", kRefused, "reverse-address-lookup"},
           {"mailbox method for a domain", body(host, with("mailbox-email", "")), "/control/method",
            kRefused, "mailbox-email"},
           {"reserved address", body("127.0.0.1", http()), "/name", kNot, "127.0.0.1"},
           {"private address", body("10.1.2.3", http()), "/name", kNot, "10.1.2.3"},
           {"private IPv6", body("fd00::1", hash("acme-tls-alpn-01")), "/name", kNot, "fd00::1"},
           {"private in IPv4-mapped form", body("::ffff:10.0.0.1", http()), "/name", kNot,
            "special-purpose"},
           {"private behind NAT64", body("64:ff9b::a00:1", http()), "/name", kNot,
            "special-purpose"},
           {"private in 6to4", body("2002:a00:1::", http()), "/name", kNot, "special-purpose"},
           {"multicast", body("ff02::1", http()), "/name", kNot, "special-purpose"},
           {"private behind a PTR", body("10.1.2.3", reverse("host.example.com", dns(kValue))),
            "/name", kNot, "10.1.2.3"},
           {"reserved address shown by the caller",
            body("192.168.1.1", with("ip-contact-email", "")), "/name", kNot, "192.168.1.1"},
           {"path upwards", body(host, web("../a")), "/control/path", kRefused, ".."},
           {"header injection", body(host, http(R"("headers":{"Accept":"a\r\nHost: b"})")),
            "/control/headers", kMalformed, "header"},
           {"header off the list", body(host, http(R"("headers":{"Cookie":"a"})")),
            "/control/headers", kRefused, "Cookie"},
           {"user agent", body(host, http(R"("headers":{"User-Agent":"a"})")), "/control/headers",
            kRefused, "User-Agent"},
           {"pattern that RE2 refuses", body(host, web("a.txt", R"("pattern":"(")")),
            "/control/pattern", kMalformed, ""},
           {"contact no mailbox", body(host, with("contact-email-txt", R"("contact":"nobody")")),
            "/control/contact", kMalformed, "e-mail"},
           {"adn not reachable",
            body(host, with("acme-tls-alpn-01",
                            fmt::format(R"("key_authorization_hash":"{}","adn":"example.org")",
                                        kDigest))),
            "/control/adn", kRefused, "example.org"},
       })
    expect_refused(bad);
}

TEST(ControlRequest, RefusesStatementsOfTheCallerThatDoNotFit) {
  const std::string host = "b.example.com";
  for (const Bad& bad : std::vector<Bad>{
           {"confirmation no time",
            body(host, with("contact-email-txt",
                            R"("contact":"a@b.example","confirmed_at":"yesterday")")),
            "/control/confirmed_at", kMalformed, "RFC 3339"},
           {"confirmation in the future",
            body(host, with("contact-email-txt",
                            R"("contact":"a@b.example","confirmed_at":"2026-12-22T17:00:00Z")")),
            "/control/confirmed_at", kRefused, "future"},
           {"confirmation too old",
            body(host, with("contact-email-txt",
                            R"("contact":"a@b.example","confirmed_at":"2026-10-01T00:00:00Z")")),
            "/control/confirmed_at", kRefused, "30 days"},
           {"confirmation of a method without contact",
            body(host, dns(kValue, R"("confirmed_at":"2026-11-22T16:00:00Z")")),
            "/control/confirmed_at", kMalformed, "not a known member"},
           {"domain contact of no registrar", body(host, with("domain-contact", "")),
            "/control/method", kRefused, "registrar"},
           {"ADN of the caller's out of reach",
            body(host, with("constructed-email", R"("adn":"example.org")")), "/control/adn",
            kRefused, "example.org"},
           {"ADN of the caller's no name", body(host, with("constructed-email", R"("adn":"a b")")),
            "/control/adn", kMalformed, "adn"},
       })
    expect_refused(bad);
}

TEST(ControlRequest, FillsInDefaults) {
  const auto text = admit(body("b.example.com", dns(kValue)));
  ASSERT_TRUE(text.has_value()) << describe(text.error());
  EXPECT_FALSE(text->order.controls.at(0).has_value());
  EXPECT_FALSE(text->order.caa_regardless);
  EXPECT_EQ(check_of(*text).challenge,
            dcv::Challenge(dcv::DnsValue{dns::RecordType::txt, "", kValue, true, true}));

  const auto persistent =
      admit(body("b.example.com", with("dns-persistent", R"("account_uri":"acct:a@b")")));
  ASSERT_TRUE(persistent.has_value()) << describe(persistent.error());
  EXPECT_EQ(std::get<dcv::PersistentValue>(check_of(*persistent).challenge).issuers,
            std::vector{domain("ca.example")});

  const auto page = admit(body("b.example.com", web("a.txt")));
  ASSERT_TRUE(page.has_value()) << describe(page.error());
  const auto& document = std::get<dcv::HttpValue>(check_of(*page).challenge);
  EXPECT_EQ(document.scheme, dcv::Scheme::http);
  EXPECT_EQ(document.path, "/.well-known/pki-validation/a.txt");
  EXPECT_FALSE(document.pattern.has_value());
}

TEST(ControlRequest, ReadsEveryMethod) {
  const std::string account = fmt::format(
      R"("account_uri":"https://ca.example/acct/1","key_authorization_hash":"{}")", kDigest);
  const struct {
    const char* title;
    std::string body;
    ControlMethod method;
    bool looked;
  } cases[] = {
      {"dns-change CNAME",
       body("b.example.com",
            dns("zx7mq2pl9vn4tr8sk1wb.ca.example", R"("record_type":"CNAME","prefix":"_v")")),
       ControlMethod::dns_change, true},
      {"dns-change for a wildcard", body("*.example.com", dns(kValue, R"("match":"contains")")),
       ControlMethod::dns_change, true},
      {"pruned ADN", body("b.example.com", dns(kValue, R"("adn":"example.com")")),
       ControlMethod::dns_change, true},
      {"acme-dns-01", body("b.example.com", hash("acme-dns-01")), ControlMethod::acme_dns, true},
      {"dns-account-01", body("b.example.com", with("dns-account-01", account)),
       ControlMethod::dns_account, true},
      {"dns-persistent for an address",
       body("9.9.9.9", with("dns-persistent", R"("account_uri":"acct:a@b")")),
       ControlMethod::dns_persistent, true},
      {"website-change",
       body("b.example.com",
            web("a.txt", R"("scheme":"https","pattern":"^x","headers":{"accept-language":"de"})")),
       ControlMethod::website_change, true},
      {"acme-http-01 for an address", body("2620:fe::fe", http()), ControlMethod::acme_http, true},
      {"acme-tls-alpn-01", body("b.example.com", hash("acme-tls-alpn-01")),
       ControlMethod::acme_tls_alpn, true},
      {"contact-phone-caa",
       body("b.example.com", with("contact-phone-caa", R"("contact":"+1 555 123 4567")")),
       ControlMethod::contact_phone_caa, true},
      {"reverse-address-lookup", body("9.9.9.9", reverse("dns.example.com", dns(kValue))),
       ControlMethod::reverse_lookup, true},
      {"mail server", body("u@b.example.com", dns(kValue, R"("mail_server":true)"), "smime"),
       ControlMethod::dns_change, true},
      {"mailbox-email", body("u@b.example.com", with("mailbox-email", ""), "smime"),
       ControlMethod::mailbox_email, false},
      {"acme-email-reply-00", body("u@b.example.com", with("acme-email-reply-00", ""), "smime"),
       ControlMethod::mailbox_acme, false},
      {"constructed-email", body("b.example.com", with("constructed-email", "")),
       ControlMethod::constructed_email, false},
      {"constructed-email at a parent",
       body("b.example.com", with("constructed-email", R"("adn":"example.com")")),
       ControlMethod::constructed_email, false},
      {"contact-email-txt that confirmed",
       body("b.example.com",
            with("contact-email-txt",
                 R"("contact":"a@b.example","confirmed_at":"2026-11-22T15:00:00+01:00")")),
       ControlMethod::contact_email_txt, true},
      {"ip-contact-phone", body("9.9.9.9", with("ip-contact-phone", "")),
       ControlMethod::ip_contact_phone, false},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    std::string text = each.body;
    if (text.find("smime") != std::string::npos)
      text.replace(text.find("a.example.com"), 13, "a@example.com");
    const auto request = admit(text);
    ASSERT_TRUE(request.has_value()) << describe(request.error());
    const auto& control = request->order.controls.at(1);
    EXPECT_EQ(control->method, each.method);
    EXPECT_EQ(control->check.has_value(), each.looked);
    EXPECT_EQ(request->places.at(1).methods->method, each.method);
  }
}

// What POST /v1/corroborations takes holds every order within the limits of its members.
TEST(ControlRequest, AHundredNamesWithTheLargestControlFitIntoABody) {
  const std::string label(62, 'a');
  std::string headers;
  for (const char* name : {"accept-language", "cache-control", "from", "pragma", "traceparent",
                           "x-correlation-id", "x-request-id"})
    headers += fmt::format(R"({}"{}":"{}")", headers.empty() ? "" : ",", name,
                           std::string(dcv::kHeaderSizeMax, 'h'));
  const std::string control = with(
      "website-change", fmt::format(R"("path":"{}","value":"{}","pattern":"{}","headers":{{{}}})",
                                    std::string(dcv::kPathSizeMax - kPkiValidationPath.size(), 'p'),
                                    std::string(dcv::kChallengeSizeMax, 'v'),
                                    std::string(dcv::kPatternSizeMax, 'x'), headers));
  std::string names;
  for (unsigned i = 0; i < orders::kNamesPerOrderMax; ++i)
    names += fmt::format(R"({}{{"name":"{}.{}.{}.{:02}.example.com","control":{}}})",
                         i == 0 ? "" : ",", label, label, label, i, control);
  std::string issuers;
  for (unsigned i = 0; i < orders::kIssuersPerOrderMax; ++i)
    issuers +=
        fmt::format(R"({}"{}.{}.{}.{:02}.example.com")", i == 0 ? "" : ",", label, label, label, i);
  const std::string text =
      fmt::format(R"({{"type":"tls","issuers":[{}],"names":[{}]}})", issuers, names);
  EXPECT_LE(text.size(), kOrderBodySizeMax);
  const auto request = admit(text);
  ASSERT_TRUE(request.has_value()) << describe(request.error());
  EXPECT_EQ(request->order.names.size(), orders::kNamesPerOrderMax);
}

TEST(ControlRequest, AsksTheDomainOfAMailbox) {
  const auto request = admit(R"({"type":"smime","issuers":["ca.example"],)"
                             R"("names":["a@b.example",{"name":"u@B.example.com","control":)" +
                             dns(kValue, R"("mail_server":true)") + "}]}");
  ASSERT_TRUE(request.has_value()) << describe(request.error());
  EXPECT_EQ(check_of(*request).applied_for, dcv::Target(domain("b.example.com")));
  EXPECT_EQ(check_of(*request).mail_server->mail_domain, domain("b.example.com"));
}

TEST(ControlRequest, AnAddressNeedsControl) {
  const auto request =
      parse(R"({"type":"tls","issuers":["ca.example"],"names":[{"name":"9.9.9.9"}]})");
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().code, ErrorCode::unsupported);
}

TEST(ControlRequest, DecidesTheDigest) {
  const auto digest = [](const std::string& text) { return request_digest(parse(text)->order); };
  const std::string first = body("b.example.com", dns(kValue));
  EXPECT_EQ(digest(first), digest(body("B.example.com", dns(kValue, R"("match":"whole")"))));
  EXPECT_NE(digest(first), digest(body("b.example.com", dns("another-value-of-this-kind"))));
  EXPECT_NE(digest(first), digest(body("b.example.com", hash("acme-dns-01"))));
  EXPECT_NE(
      digest(first),
      digest(
          R"({"type":"tls","issuers":["ca.example"],"names":["a.example.com","b.example.com"]})"));
  const auto contact = [&](const char* more) {
    return digest(body("b.example.com", with("contact-email-txt",
                                             std::string(R"("contact":"a@b.example")") + more)));
  };
  EXPECT_NE(contact(""), contact(R"(,"confirmed_at":"2026-11-22T16:00:00Z")"));
  EXPECT_NE(digest(body("b.example.com", with("constructed-email", ""))),
            digest(body("b.example.com", with("constructed-email", R"("adn":"example.com")"))));
  std::string regardless = first;
  regardless.insert(1, R"("caa_regardless":true,)");
  EXPECT_NE(digest(first), digest(regardless));
}

TEST(ControlRequest, NamesEveryIssuer) {
  const auto request =
      parse(body("b.example.com", with("dns-persistent",
                                       R"("account_uri":"acct:a@b","issuers":["rival.example"])")));
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(issuers_named(request->order),
            (std::vector{domain("ca.example"), domain("rival.example")}));
}

}  // namespace
}  // namespace parallax::service
