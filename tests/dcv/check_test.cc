// SPDX-License-Identifier: Apache-2.0
// What a check may ask for (dcv::validate).
#include "dcv/check.h"

#include <functional>

#include <gtest/gtest.h>

#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns_test::address;
using dns_test::check_of;
using dns_test::name;
using http_test::acme_check;
using http_test::kHost;
using http_test::kToken;
using http_test::website_check;
using rules::ControlMethod;

const Date kToday = date_of(http_test::kNow);
constexpr const char* kPublic4 = "9.9.9.9";
constexpr const char* kPublic6 = "2620:fe::fe";

std::string context(const Error& error, std::string_view name_of_entry) {
  for (const auto& [key, value] : error.context)
    if (key == name_of_entry) return value;
  return {};
}

HttpValue& http(ControlCheck& check) { return std::get<HttpValue>(check.challenge); }

ControlCheck dns_change(std::string value) {
  return check_of(ControlMethod::dns_change, name(kHost), DnsValue{.value = std::move(value)});
}

ControlCheck alpn_check(Target target) {
  return check_of(ControlMethod::acme_tls_alpn, std::move(target),
                  TlsAlpnValue{std::string(32, 'd')});
}

ControlCheck with(ControlCheck check, const std::function<void(ControlCheck&)>& change) {
  change(check);
  return check;
}

struct GoodCase {
  const char* name;
  ControlCheck check;
};

TEST(ValidateCheck, AcceptsWhatTheRulesAllow) {
  const GoodCase cases[] = {
      {"website change", website_check()},
      {"website change by https",
       with(website_check(), [](auto& c) { http(c).scheme = Scheme::https; })},
      {"website change in a folder",
       with(website_check(),
            [](auto& c) { http(c).path = "/.well-known/pki-validation/a/b.txt"; })},
      {"website change with a pattern",
       with(website_check(), [](auto& c) { http(c).pattern = "^token=[a-z]+$"; })},
      {"website change with headers",
       with(website_check(), [](auto& c) { http(c).headers = {{"Accept-Language", "de, en"}}; })},
      {"website change on IPv4",
       with(website_check(), [](auto& c) { c.applied_for = address(kPublic4); })},
      {"website change on IPv6",
       with(website_check(), [](auto& c) { c.applied_for = address(kPublic6); })},
      {"a long Request Token",
       with(website_check(), [](auto& c) { http(c).value = std::string(4000, 'x'); })},
      {"http-01", acme_check()},
      {"http-01 on IPv4", with(acme_check(), [](auto& c) { c.applied_for = address(kPublic4); })},
      {"tls-alpn-01", alpn_check(name(kHost))},
      {"tls-alpn-01 on IPv6", alpn_check(address(kPublic6))},
      {"dns change", dns_change("u4D0GvKfTzYB2mLq8sXw5ohR")},
      {"dns change at an ADN",
       with(dns_change("u4D0GvKfTzYB2mLq8sXw5ohR"), [](auto& c) { c.adn = name("example.com"); })},
      {"dns change behind CNAMEs", with(dns_change("u4D0GvKfTzYB2mLq8sXw5ohR"),
                                        [](auto& c) {
                                          c.adn = name("other.example");
                                          c.follow_cnames = true;
                                        })},
      {"website change on a mail server",
       with(website_check(), [](auto& c) { c.mail_server = MailServerOf{name(kHost), {}}; })},
      {"website change on a mail server that was chosen",
       with(website_check(),
            [](auto& c) { c.mail_server = MailServerOf{name(kHost), name("mx.example.com")}; })},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto valid = validate(each.check, kToday, false);
    EXPECT_TRUE(valid) << describe(valid.error());
  }
}

struct BadCase {
  const char* name;
  ControlCheck check;
  ErrorCode code;
  const char* field;
};

ControlCheck bad_path(const char* path) {
  return with(website_check(), [&](auto& c) { http(c).path = path; });
}
ControlCheck bad_header(std::string key, std::string value) {
  return with(website_check(), [&](auto& c) { http(c).headers = {{key, value}}; });
}
ControlCheck bad_value(std::string value) {
  return with(website_check(), [&](auto& c) { http(c).value = value; });
}
ControlCheck bad_acme(std::string value) {
  return with(acme_check(), [&](auto& c) { http(c).value = value; });
}

std::vector<BadCase> bad_paths() {
  const auto malformed = ErrorCode::malformed;
  const auto forbidden = ErrorCode::forbidden;
  const char* path = "challenge.path";
  return {
      {"path elsewhere", bad_path("/index.html"), forbidden, path},
      {"path without a file", bad_path("/.well-known/pki-validation/"), malformed, path},
      {"path of http-01", bad_path("/.well-known/acme-challenge/x"), forbidden, path},
      {"path with ..", bad_path("/.well-known/pki-validation/../../x"), forbidden, path},
      {"path with .", bad_path("/.well-known/pki-validation/./x"), forbidden, path},
      {"path ending in ..", bad_path("/.well-known/pki-validation/x/.."), forbidden, path},
      {"path with an encoded ..", bad_path("/.well-known/pki-validation/%2e%2e/x"), malformed,
       path},
      {"path with a query", bad_path("/.well-known/pki-validation/x?y"), malformed, path},
      {"path with a fragment", bad_path("/.well-known/pki-validation/x#y"), malformed, path},
      {"path with a line end", bad_path("/.well-known/pki-validation/x\r\nHost: y"), malformed,
       path},
      {"path with a backslash", bad_path("/.well-known/pki-validation/..\\x"), malformed, path},
      {"path with two slashes", bad_path("/.well-known/pki-validation//x"), malformed, path},
      {"path with a blank", bad_path("/.well-known/pki-validation/x y"), malformed, path},
      {"path too long",
       bad_path(("/.well-known/pki-validation/" + std::string(kPathSizeMax, 'x')).c_str()),
       malformed, path},
      {"no path", bad_path(""), forbidden, path},
  };
}

std::vector<BadCase> bad_headers() {
  const auto malformed = ErrorCode::malformed;
  const auto forbidden = ErrorCode::forbidden;
  const char* headers = "challenge.headers";
  return {
      {"header injection in a value", bad_header("From", "a\r\nHost: b"), malformed, headers},
      {"header injection in a name", bad_header("From: a\r\nHost", "b"), forbidden, headers},
      {"header without a value", bad_header("From", ""), malformed, headers},
      {"header with a long value", bad_header("From", std::string(kHeaderSizeMax + 1, 'x')),
       malformed, headers},
      {"Host header", bad_header("host", "x"), forbidden, headers},
      {"Cookie header", bad_header("Cookie", "x"), forbidden, headers},
      {"User-Agent header", bad_header("User-Agent", "x"), forbidden, headers},
      {"forwarding header", bad_header("X-Original-URL", "/x"), forbidden, headers},
      {"a header twice",
       with(website_check(), [](auto& c) { http(c).headers = {{"From", "a"}, {"FROM", "b"}}; }),
       malformed, headers},
      {"too many headers",
       with(website_check(),
            [](auto& c) { http(c).headers.assign(kHeadersMax + 1, {"From", "a"}); }),
       malformed, headers},
  };
}

std::vector<BadCase> bad_values() {
  const auto malformed = ErrorCode::malformed;
  const auto forbidden = ErrorCode::forbidden;
  const char* path = "challenge.path";
  const char* headers = "challenge.headers";
  const char* value = "challenge.value";
  return {
      {"pattern that RE2 refuses",
       with(website_check(), [](auto& c) { http(c).pattern = "(?<=x)y"; }), malformed,
       "challenge.pattern"},
      {"pattern that is a bomb",
       with(website_check(), [](auto& c) { http(c).pattern = "((a{100}){100}){100}"; }), malformed,
       "challenge.pattern"},
      {"empty pattern", with(website_check(), [](auto& c) { http(c).pattern = ""; }), malformed,
       "challenge.pattern"},
      {"pattern too long",
       with(website_check(),
            [](auto& c) { http(c).pattern = std::string(kPatternSizeMax + 1, 'a'); }),
       malformed, "challenge.pattern"},
      {"empty value", bad_value(""), malformed, value},
      {"hex of 27 digits", bad_value(std::string(27, 'a')), ErrorCode::forbidden, value},
      {"18 characters", bad_value("u4D0GvKfTzYB2mLq8s"), forbidden, value},
      {"33 decimal digits", bad_value(std::string(33, '1')), forbidden, value},
      {"value with a line end", bad_value("u4D0GvKfTzYB2mLq8sXw5ohR\n"), malformed, value},
      {"value that is no UTF-8", bad_value(std::string(30, '\xff')), malformed, value},
      {"value too long", bad_value(std::string(kChallengeSizeMax + 1, 'x')), malformed, value},
      {"value in the path", bad_path("/.well-known/pki-validation/U4D0GvKfTzYB2mLq8sXw5ohR.txt"),
       forbidden, path},
      {"value in a header", bad_header("From", "x u4D0GvKfTzYB2mLq8sXw5ohR"), forbidden, headers},
      {"value in the name",
       with(website_check(),
            [](auto& c) { c.applied_for = name("u4d0gvkftzyb2mlq8sxw5ohr.example.com"); }),
       forbidden, value},
      {"dns change with a short value", dns_change("abc"), forbidden, value},
  };
}

std::vector<BadCase> bad_challenges() {
  const auto malformed = ErrorCode::malformed;
  const auto forbidden = ErrorCode::forbidden;
  const std::string token(kToken);
  return {
      {"http-01 by https", with(acme_check(), [](auto& c) { http(c).scheme = Scheme::https; }),
       forbidden, "challenge.scheme"},
      {"http-01 with a pattern", with(acme_check(), [](auto& c) { http(c).pattern = "x"; }),
       malformed, "challenge.pattern"},
      {"http-01 elsewhere", with(acme_check(), [](auto& c) { http(c).path = "/x"; }), forbidden,
       "challenge.path"},
      {"http-01 with another token in the path",
       with(acme_check(), [](auto& c) { http(c).path = "/.well-known/acme-challenge/x"; }),
       malformed, "challenge.path"},
      {"http-01 without a key authorization", bad_acme(""), malformed, "challenge.value"},
      {"http-01 without a thumbprint", bad_acme(token), malformed, "challenge.value"},
      {"http-01 with an empty thumbprint", bad_acme(token + "."), malformed, "challenge.value"},
      {"http-01 with two dots", bad_acme(token + ".a.b"), malformed, "challenge.value"},
      {"http-01 with white space", bad_acme(token + ".a b"), malformed, "challenge.value"},
      {"http-01 with a short token",
       with(acme_check(),
            [](auto& c) {
              http(c).path = "/.well-known/acme-challenge/abc";
              http(c).value = "abc.def";
            }),
       forbidden, "challenge.value"},
      {"tls-alpn-01 with a short digest",
       with(alpn_check(name(kHost)), [](auto& c) { c.challenge = TlsAlpnValue{"short"}; }),
       malformed, "challenge.digest"},
      {"another kind of challenge",
       with(website_check(), [](auto& c) { c.challenge = DnsValue{.value = "x"}; }), malformed,
       "challenge"},
  };
}

std::vector<BadCase> bad_targets() {
  const auto malformed = ErrorCode::malformed;
  const auto forbidden = ErrorCode::forbidden;
  const auto unsupported = ErrorCode::unsupported;
  return {
      {"a method for names on an address",
       with(dns_change("u4D0GvKfTzYB2mLq8sXw5ohR"),
            [](auto& c) { c.applied_for = address(kPublic4); }),
       unsupported, "method"},
      {"a method for addresses on a name",
       check_of(ControlMethod::reverse_lookup, name(kHost), ReverseValue{name(kHost)}), unsupported,
       "method"},
      {"a method that the CA carries out",
       with(website_check(), [](auto& c) { c.method = ControlMethod::constructed_email; }),
       unsupported, "method"},
      {"a retired method",
       with(website_check(), [](auto& c) { c.method = ControlMethod::ip_address; }), forbidden,
       "method"},
      {"a private address", alpn_check(address("10.0.0.1")), forbidden, "applied_for"},
      {"a loopback address", alpn_check(address("::1")), forbidden, "applied_for"},
      {"an onion name",
       alpn_check(name("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
                       ".onion")),
       unsupported, "applied_for"},
      {"a name with an underscore", alpn_check(name("_x.example.com")), malformed, "applied_for"},
      {"an ADN of an address",
       with(alpn_check(address(kPublic4)), [](auto& c) { c.adn = name("example.com"); }), malformed,
       "adn"},
      {"CNAMEs without an ADN",
       with(dns_change("u4D0GvKfTzYB2mLq8sXw5ohR"), [](auto& c) { c.follow_cnames = true; }),
       malformed, "follow_cnames"},
      {"CNAMEs for a method without them",
       with(website_check(),
            [](auto& c) {
              c.adn = name("other.example");
              c.follow_cnames = true;
            }),
       forbidden, "follow_cnames"},
      {"mail servers of another domain",
       with(website_check(), [](auto& c) { c.mail_server = MailServerOf{name("a.example"), {}}; }),
       malformed, "mail_server"},
      {"mail servers of an address",
       with(alpn_check(address(kPublic4)),
            [](auto& c) { c.mail_server = MailServerOf{name("a.example"), {}}; }),
       malformed, "mail_server"},
      {"an ADN beside a mail server",
       with(website_check(),
            [](auto& c) {
              c.mail_server = MailServerOf{name(kHost), {}};
              c.adn = name("example.com");
            }),
       malformed, "adn"},
  };
}

void expect_refused(const BadCase& each) {
  SCOPED_TRACE(each.name);
  const auto valid = validate(each.check, kToday, false);
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().code, each.code) << describe(valid.error());
  EXPECT_EQ(context(valid.error(), "field"), each.field) << describe(valid.error());
  EXPECT_NE(context(valid.error(), "rule"), "");
  EXPECT_TRUE(dns_test::is_printable(valid.error().message)) << valid.error().message;
}

TEST(ValidateCheck, RefusesARequestThatTheRulesDoNotAllow) {
  for (const auto& cases : {bad_paths(), bad_headers(), bad_values()})
    for (const auto& each : cases) expect_refused(each);
}

TEST(ValidateCheck, RefusesAMethodThatDoesNotFit) {
  for (const auto& cases : {bad_challenges(), bad_targets()})
    for (const auto& each : cases) expect_refused(each);
}

TEST(ValidateCheck, NamesBallotAndDateOfARetiredMethod) {
  auto check = website_check();
  check.method = ControlMethod::ip_address;
  const auto valid = validate(check, kToday, false);
  ASSERT_FALSE(valid);
  EXPECT_NE(valid.error().message.find("2026-03-15"), std::string::npos) << valid.error().message;
  EXPECT_NE(valid.error().message.find("SC-"), std::string::npos) << valid.error().message;
}

TEST(ValidateCheck, LetsTheLabUseReservedAddresses) {
  EXPECT_TRUE(validate(alpn_check(address("127.0.0.1")), kToday, true));
}

TEST(ValidateCheck, LetsDiscouragedMethodsPassUntilTheyAreRetired) {
  const auto check = check_of(ControlMethod::reverse_lookup, address(kPublic4),
                              ReverseValue{name("host.example.com")});
  EXPECT_TRUE(validate(check, kToday, false));
  EXPECT_FALSE(validate(check, parse_date("2027-03-15").value(), false));
}

}  // namespace
}  // namespace parallax::dcv
