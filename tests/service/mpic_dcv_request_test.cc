// SPDX-License-Identifier: Apache-2.0
// Control as Open MPIC's clients ask for it: defaults, echoes, and what is refused by schema and by
// logic.
#include "service/mpic_dcv_request.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"
#include "service/mpic_request.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::domain;

constexpr const char* kValue = "Zx7mQ2pL9vN4tR8sK1wBy3";
const std::string kDigest = base64url_encode(sha256("key authorization"));
const std::string kHex = hex_encode(sha256("key authorization"));

std::string dcv_body(std::string_view target, std::string_view method, std::string_view members) {
  return fmt::format(
      R"({{"domain_or_ip_target":"{}","dcv_check_parameters":{{"validation_method":"{}"{}{}}}}})",
      target, method, members.empty() ? "" : ",", members);
}

tl::expected<MpicRequest, json::array> parse(std::string_view body) {
  static const testing::FakeInfo info;
  const Caller caller{"portal", {domain("ca.example"), domain("ca.test")}};
  return parse_mpic_request(body, caller, info, date_of(testing::test_time()), testing::suffixes());
}

std::string value(std::string_view more = "") {
  return fmt::format(R"("challenge_value":"{}"{}{})", kValue, more.empty() ? "" : ",", more);
}

std::string txt(std::string_view more = "") {
  return fmt::format(R"("dns_record_type":"TXT",{})", value(more));
}

std::string web(std::string_view path, std::string_view more = "") {
  return fmt::format(R"("http_token_path":"{}",{})", path, value(more));
}

std::string http(std::string_view more = "") {
  return fmt::format(
      R"("token":"token-of-this-order","key_authorization":"token-of-this-order.{}"{}{})",
      std::string(43, 'A'), more.empty() ? "" : ",", more);
}

std::string hash(std::string_view text) {
  return fmt::format(R"("key_authorization_hash":"{}")", text);
}

struct Echo {
  const char* title;
  std::string body;
  std::string echo;
};

void expect_echo(const Echo& each) {
  SCOPED_TRACE(each.title);
  const auto request = parse(each.body);
  ASSERT_TRUE(request.has_value()) << json::serialize(request.error());
  ASSERT_TRUE(request->dcv.has_value());
  EXPECT_EQ(json::value(request->dcv->echo), parse_json(each.echo).value());
  EXPECT_TRUE(request->order.control_alone);
  ASSERT_EQ(request->order.controls.size(), 1u);
  EXPECT_EQ(request->order.issuers.size(), 2u);
}

TEST(MpicDcvRequest, EchoesWithDefaults) {
  const Echo cases[] = {
      {"dns-change", dcv_body("example.com", "dns-change", txt()),
       R"({"validation_method":"dns-change","dns_record_type":"TXT","dns_name_prefix":null,
           "challenge_value":"Zx7mQ2pL9vN4tR8sK1wBy3","require_exact_match":false,
           "require_exact_case":true})"},
      {"dns-change CAA",
       dcv_body("example.com", "dns-change",
                R"("dns_record_type":"CAA","dns_name_prefix":"_v",)" +
                    value(R"("require_exact_match":"true","require_exact_case":true)")),
       R"({"validation_method":"dns-change","dns_record_type":"CAA","dns_name_prefix":"_v",
           "challenge_value":"Zx7mQ2pL9vN4tR8sK1wBy3","require_exact_match":true,
           "require_exact_case":false})"},
      {"acme-dns-01", dcv_body("example.com", "acme-dns-01", hash(kDigest)),
       fmt::format(R"({{"validation_method":"acme-dns-01","key_authorization_hash":"{}",
           "dns_record_type":"TXT","dns_name_prefix":"_acme-challenge",
            "require_exact_case":true}})",
                   kDigest)},
      {"acme-http-01", dcv_body("example.com", "acme-http-01", http()),
       fmt::format(R"({{"validation_method":"acme-http-01","token":"token-of-this-order",
           "key_authorization":"token-of-this-order.{}","http_headers":null,
           "require_exact_case":true}})",
                   std::string(43, 'A'))},
      {"acme-tls-alpn-01", dcv_body("example.com", "acme-tls-alpn-01", hash(kHex)),
       fmt::format(R"({{"validation_method":"acme-tls-alpn-01","key_authorization_hash":"{}",
           "require_exact_case":false}})",
                   kHex)},
      {"website-change",
       dcv_body("example.com", "website-change",
                web("a.txt", R"("url_scheme":null,"http_headers":{"Accept-Language":"de"})")),
       R"({"validation_method":"website-change","http_token_path":"a.txt",
           "challenge_value":"Zx7mQ2pL9vN4tR8sK1wBy3","url_scheme":"http","match_regex":null,
           "http_headers":{"Accept-Language":"de"},"require_exact_case":true})"},
      {"dns-persistent",
       dcv_body("example.com", "dns-persistent",
                R"("issuer_domain_names":["CA.Example"],"expected_account_uri":"acct:a@b")"),
       R"({"validation_method":"dns-persistent","issuer_domain_names":["CA.Example"],
           "expected_account_uri":"acct:a@b","dns_record_type":"TXT",
           "dns_name_prefix":"_validation-persist","require_exact_case":false})"},
  };
  for (const Echo& each : cases) expect_echo(each);
}

TEST(MpicDcvRequest, EchoesContactsAndNamesWithDefaults) {
  const Echo cases[] = {
      {"contact-email-txt",
       dcv_body("example.com", "contact-email-txt", R"("challenge_value":"a@b.example")"),
       R"({"validation_method":"contact-email-txt","challenge_value":"a@b.example",
           "dns_record_type":"TXT","dns_name_prefix":"_validation-contactemail",
           "require_exact_case":false})"},
      {"contact-phone-txt",
       dcv_body("example.com", "contact-phone-txt", R"("challenge_value":"+15551234567")"),
       R"({"validation_method":"contact-phone-txt","challenge_value":"+15551234567",
           "dns_record_type":"TXT","dns_name_prefix":"_validation-contactphone",
           "require_exact_case":false})"},
      {"contact-email-caa",
       dcv_body("example.com", "contact-email-caa", R"("challenge_value":"a@b.example")"),
       R"({"validation_method":"contact-email-caa","challenge_value":"a@b.example",
           "dns_record_type":"CAA","dns_name_prefix":null,"require_exact_case":false})"},
      {"contact-phone-caa",
       dcv_body("example.com", "contact-phone-caa", R"("challenge_value":"+15551234567")"),
       R"({"validation_method":"contact-phone-caa","challenge_value":"+15551234567",
           "dns_record_type":"CAA","dns_name_prefix":null,"require_exact_case":false})"},
      {"reverse-address-lookup",
       dcv_body("9.9.9.9.in-addr.arpa", "reverse-address-lookup",
                R"("challenge_value":"dns.example")"),
       R"({"validation_method":"reverse-address-lookup","challenge_value":"dns.example",
           "dns_record_type":"PTR","dns_name_prefix":null,"require_exact_case":false})"},
  };
  for (const Echo& each : cases) expect_echo(each);
}

TEST(MpicDcvRequest, AsksForTheSameAsOpenMpic) {
  const auto check = [](const std::string& body) {
    const auto request = parse(body);
    EXPECT_TRUE(request.has_value()) << json::serialize(request.error());
    return *request.value().order.controls.at(0)->check;
  };
  const auto record =
      check(dcv_body("*.example.com", "dns-change", txt(R"("dns_name_prefix":"_v")")));
  EXPECT_EQ(record.applied_for, dcv::Target(domain("example.com")));
  EXPECT_EQ(record.challenge,
            dcv::Challenge(dcv::DnsValue{dns::RecordType::txt, "_v", kValue, false, true}));
  const auto reverse =
      check(dcv_body("9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.f.0.0.0.2.6.2.ip6.arpa",
                     "reverse-address-lookup", R"("challenge_value":"dns.example")"));
  EXPECT_EQ(dcv::text_of(reverse.applied_for), "2620:fe::9");
  const auto page = check(dcv_body("9.9.9.9", "website-change",
                                   web("a.txt", R"("url_scheme":"https","match_regex":"")")));
  const auto& document = std::get<dcv::HttpValue>(page.challenge);
  EXPECT_EQ(document.scheme, dcv::Scheme::https);
  EXPECT_FALSE(document.pattern.has_value());
  const auto alpn = check(dcv_body("example.com", "acme-tls-alpn-01", hash(kHex)));
  EXPECT_EQ(std::get<dcv::TlsAlpnValue>(alpn.challenge).digest, sha256("key authorization"));
}

struct Bad {
  const char* name;
  std::string body;
  const char* kind;  // "type" or "issue_type"
  const char* says;  // a part of "loc", or of the message
};

TEST(MpicDcvRequest, RefusesBySchema) {
  for (const Bad& bad : std::vector<Bad>{
           {"no method", R"({"domain_or_ip_target":"a.example","dcv_check_parameters":{}})",
            "missing", "validation_method"},
           {"parameters a list", R"({"domain_or_ip_target":"a.example","dcv_check_parameters":[]})",
            "model_type", "dcv_check_parameters"},
           {"method unknown", dcv_body("a.example", "pigeon", ""), "literal_error",
            "validation_method"},
           {"method a number",
            R"({"domain_or_ip_target":"a.example","dcv_check_parameters":{"validation_method":1}})",
            "literal_error", "validation_method"},
           {"no value", dcv_body("a.example", "dns-change", R"("dns_record_type":"TXT")"),
            "missing", "challenge_value"},
           {"no record type", dcv_body("a.example", "dns-change", value()), "missing",
            "dns_record_type"},
           {"record type",
            dcv_body("a.example", "dns-change", R"("dns_record_type":"MX",)" + value()),
            "literal_error", "dns_record_type"},
           {"no token", dcv_body("a.example", "acme-http-01", R"("key_authorization":"x")"),
            "missing", "token"},
           {"no key authorization", dcv_body("a.example", "acme-http-01", R"("token":"x")"),
            "missing", "key_authorization"},
           {"no hash", dcv_body("a.example", "acme-dns-01", ""), "missing",
            "key_authorization_hash"},
           {"hash a number",
            dcv_body("a.example", "acme-tls-alpn-01", R"("key_authorization_hash":1)"),
            "string_type", "key_authorization_hash"},
           {"no path", dcv_body("a.example", "website-change", value()), "missing",
            "http_token_path"},
           {"scheme", dcv_body("a.example", "website-change", web("a", R"("url_scheme":"ftp")")),
            "literal_error", "url_scheme"},
           {"headers a list", dcv_body("a.example", "acme-http-01", http(R"("http_headers":[])")),
            "model_type", "http_headers"},
           {"header a number",
            dcv_body("a.example", "acme-http-01", http(R"("http_headers":{"Accept":1})")),
            "string_type", "Accept"},
           {"no issuers",
            dcv_body("a.example", "dns-persistent", R"("expected_account_uri":"acct:a@b")"),
            "missing", "issuer_domain_names"},
           {"issuers a text",
            dcv_body("a.example", "dns-persistent",
                     R"("issuer_domain_names":"x","expected_account_uri":"acct:a@b")"),
            "list_type", "issuer_domain_names"},
           {"exact case", dcv_body("a.example", "dns-change", txt(R"("require_exact_case":"so")")),
            "bool_parsing", "require_exact_case"},
           {"prefix of a contact",
            dcv_body("a.example", "contact-email-txt",
                     R"("challenge_value":"a@b.example","dns_name_prefix":"_x")"),
            "literal_error", "dns_name_prefix"},
           {"prefix of a CAA contact",
            dcv_body("a.example", "contact-email-caa",
                     R"("challenge_value":"a@b.example","dns_name_prefix":"_x")"),
            "literal_error", "dns_name_prefix"},
       }) {
    SCOPED_TRACE(bad.name);
    const auto request = parse(bad.body);
    ASSERT_FALSE(request.has_value());
    const json::object& issue = request.error().at(0).as_object();
    ASSERT_TRUE(issue.contains("type")) << json::serialize(issue);
    EXPECT_EQ(issue.at("type").as_string(), bad.kind);
    EXPECT_NE(json::serialize(issue.at("loc")).find(bad.says), std::string::npos)
        << json::serialize(issue);
  }
}

void expect_issue(const Bad& bad) {
  SCOPED_TRACE(bad.name);
  const auto request = parse(bad.body);
  ASSERT_FALSE(request.has_value());
  const json::object& issue = request.error().at(0).as_object();
  ASSERT_TRUE(issue.contains("issue_type")) << json::serialize(issue);
  EXPECT_EQ(issue.at("issue_type").as_string(), bad.kind) << json::serialize(issue);
  EXPECT_NE(std::string(issue.at("message").as_string()).find(bad.says), std::string::npos)
      << json::serialize(issue);
}

constexpr const char* kTarget = "invalid-domain-or-ip-target";
constexpr const char* kMethod = "invalid-validation-method";
constexpr const char* kEmpty = "empty-challenge-value";
constexpr const char* kInvalid = "invalid-challenge-value";
constexpr const char* kParameter = "invalid-dcv-parameter";

TEST(MpicDcvRequest, RefusesByLogic) {
  for (const Bad& bad : std::vector<Bad>{
           {"empty value",
            dcv_body("a.example.com", "dns-change",
                     R"("dns_record_type":"TXT","challenge_value":"")"),
            kEmpty, "challenge_value"},
           {"empty website value",
            dcv_body("a.example.com", "website-change",
                     R"("http_token_path":"a","challenge_value":"")"),
            kEmpty, "challenge_value"},
           {"empty hash", dcv_body("a.example.com", "acme-dns-01", hash("")), kEmpty,
            "key_authorization_hash"},
           {"empty key authorization",
            dcv_body("a.example.com", "acme-http-01", R"("token":"x","key_authorization":"")"),
            kEmpty, "key_authorization"},
           {"empty contact",
            dcv_body("a.example.com", "contact-phone-caa", R"("challenge_value":"")"), kEmpty,
            "challenge_value"},
           {"short value",
            dcv_body("a.example.com", "dns-change",
                     R"("dns_record_type":"TXT","challenge_value":"abcdef")"),
            kInvalid, "112"},
           {"hash no digest", dcv_body("a.example.com", "acme-dns-01", hash("abc")), kInvalid,
            "SHA-256"},
           {"tls hash in base64url", dcv_body("a.example.com", "acme-tls-alpn-01", hash(kDigest)),
            kInvalid, "64 hex digits"},
           {"contact no mailbox",
            dcv_body("a.example.com", "contact-email-txt", R"("challenge_value":"nobody")"),
            kInvalid, "e-mail"},
           {"reverse name no name",
            dcv_body("9.9.9.9.in-addr.arpa", "reverse-address-lookup",
                     R"("challenge_value":"a..b")"),
            kInvalid, "empty"},
       })
    expect_issue(bad);
}

TEST(MpicDcvRequest, RefusesParametersByLogic) {
  for (const Bad& bad : std::vector<Bad>{
           {"path upwards", dcv_body("a.example.com", "website-change", web("../a")), kParameter,
            "http_token_path"},
           {"path upwards, escaped", dcv_body("a.example.com", "website-change", web("%2e%2e/a")),
            kParameter, "http_token_path"},
           {"empty path", dcv_body("a.example.com", "website-change", web("")), kParameter,
            "http_token_path"},
           {"token with slash",
            dcv_body("a.example.com", "acme-http-01",
                     R"("token":"../x","key_authorization":"../x.y")"),
            kParameter, "token"},
           {"prefix without underscore",
            dcv_body("a.example.com", "dns-change", txt(R"("dns_name_prefix":"code")")), kParameter,
            "dns_name_prefix"},
           {"pattern that RE2 refuses",
            dcv_body("a.example.com", "website-change", web("a", R"("match_regex":"(")")),
            kParameter, "match_regex"},
           {"header injection",
            dcv_body("a.example.com", "acme-http-01",
                     http(R"("http_headers":{"Accept":"a\r\nHost: b"})")),
            kParameter, "http_headers"},
           {"user agent",
            dcv_body("a.example.com", "acme-http-01", http(R"("http_headers":{"User-Agent":"a"})")),
            kParameter, "http_headers"},
           {"empty issuers",
            dcv_body("a.example.com", "dns-persistent",
                     R"("issuer_domain_names":[],"expected_account_uri":"acct:a@b")"),
            kParameter, "issuer_domain_names"},
       })
    expect_issue(bad);
}

TEST(MpicDcvRequest, RefusesMethodsAndTargetsByLogic) {
  for (const Bad& bad : std::vector<Bad>{
           {"retired method",
            dcv_body("a.example.com", "ip-address",
                     R"("dns_record_type":"A","challenge_value":"9.9.9.9")"),
            kMethod, "must not be used since 2026-03-15 (ballot SC-09"},
           {"wildcard with http-01", dcv_body("*.example.com", "acme-http-01", http()), kMethod,
            "wildcard"},
           {"wildcard with tls-alpn-01", dcv_body("*.example.com", "acme-tls-alpn-01", hash(kHex)),
            kMethod, "wildcard"},
           {"wildcard with website-change", dcv_body("*.example.com", "website-change", web("a")),
            kMethod, "wildcard"},
           {"address with dns-01", dcv_body("9.9.9.9", "acme-dns-01", hash(kDigest)), kMethod,
            "9.9.9.9"},
           {"private address", dcv_body("10.0.0.1", "acme-http-01", http()), kTarget, "10.0.0.1"},
           {"unique local address", dcv_body("fd00::1", "acme-http-01", http()), kTarget,
            "special-purpose"},
           {"private in IPv4-mapped form", dcv_body("::ffff:10.0.0.1", "acme-http-01", http()),
            kTarget, "special-purpose"},
           {"private behind NAT64", dcv_body("64:ff9b::a00:1", "acme-http-01", http()), kTarget,
            "special-purpose"},
           {"private in 6to4", dcv_body("2002:a00:1::", "acme-http-01", http()), kTarget,
            "special-purpose"},
           {"loopback", dcv_body("::1", "acme-http-01", http()), kTarget, "::1"},
           {"mailbox", dcv_body("u@example.com", "acme-dns-01", hash(kDigest)), kTarget,
            "domain part"},
           {"no name", dcv_body("a..b", "acme-dns-01", hash(kDigest)), kTarget, "empty"},
           {"onion", dcv_body("abc.onion", "acme-http-01", http()), kTarget, "onion"},
           {"single label", dcv_body("localhost", "acme-http-01", http()), kTarget, "label"},
           {"reverse zone for dns-01",
            dcv_body("9.9.9.9.in-addr.arpa", "acme-dns-01", hash(kDigest)), kTarget, "reverse"},
           {"reverse lookup of a name",
            dcv_body("a.example.com", "reverse-address-lookup", R"("challenge_value":"b.example")"),
            kTarget, "in-addr.arpa"},
           {"reverse lookup of half an address",
            dcv_body("9.9.in-addr.arpa", "reverse-address-lookup",
                     R"("challenge_value":"b.example")"),
            kTarget, "in-addr.arpa"},
       })
    expect_issue(bad);
}

TEST(MpicDcvRequest, CountsAreHeldAgainstTheRulesAsOfCaa) {
  std::string body = dcv_body("a.example.com", "acme-dns-01", hash(kDigest));
  body.insert(1, R"("check_type":"dcv","orchestration_parameters":{"quorum_count":1},)");
  const auto request = parse(body);
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().at(0).at("issue_type").as_string(), "invalid-quorum-count");
}

}  // namespace
}  // namespace parallax::service
