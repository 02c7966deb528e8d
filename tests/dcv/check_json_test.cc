// SPDX-License-Identifier: Apache-2.0
// A check as it travels: exact both ways, and refused with its place.
#include <type_traits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns_test::address;
using dns_test::name;
using http_test::kHost;
using http_test::website_check;

constexpr const char* kPublic4 = "9.9.9.9";
constexpr const char* kPublic6 = "2620:fe::fe";

// Any check, whether or not its method would take it.
Challenge any_challenge() {
  const auto text = rc::gen::map(rc::gen::string<std::string>(), [](std::string raw) {
    for (char& c : raw) c = static_cast<char>(c & 0x7f);  // UTF-8
    return raw.substr(0, 100);
  });
  std::optional<std::string> maybe_text;
  if (*rc::gen::arbitrary<bool>()) maybe_text = *text;
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return DnsValue{
          *rc::gen::element(dns::RecordType::txt, dns::RecordType::cname, dns::RecordType::caa),
          *text, *text, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
    case 1:
      return PersistentValue{{name("ca.example"), name("_x.ca.example")},
                             *text,
                             *rc::gen::element(PersistentForm::plain, PersistentForm::hashed),
                             *text,
                             {*text, *text},
                             *rc::gen::arbitrary<bool>()};
    case 2: return ContactValue{*text};
    case 3:
      return HttpValue{
          *rc::gen::element(Scheme::http, Scheme::https), *text, *text, maybe_text,
          *rc::gen::resize(kHeadersMax,
                           rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
                               rc::gen::pair(text, text)))};
    case 4: return TlsAlpnValue{*rc::gen::string<std::string>()};
    default: return ReverseValue{name("host.example.com")};
  }
}

// The same, or the name of an address with it.
Challenge any_challenge_or_nested() {
  Challenge out = any_challenge();
  if (std::holds_alternative<ReverseValue>(out) || *rc::gen::arbitrary<bool>()) return out;
  NameControl control{*rc::gen::elementOf(rules::control_methods()), {}};
  std::visit(
      [&control](auto& each) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(each)>, ReverseValue>)
          control.challenge = each;
      },
      out);
  return ReverseValue{name("host.example.com"), std::move(control)};
}

RC_GTEST_PROP(CheckJson, IsAnExactInverse, ()) {
  ControlCheck check = website_check();
  check.method = *rc::gen::elementOf(rules::control_methods());
  check.challenge = any_challenge_or_nested();
  check.applied_for = *rc::gen::element<Target>(name(kHost), address(kPublic4), address(kPublic6));
  if (*rc::gen::arbitrary<bool>()) check.adn = name("_a.example.com");
  if (*rc::gen::arbitrary<bool>()) check.mail_server = MailServerOf{name("example.com"), {}};
  if (check.mail_server && *rc::gen::arbitrary<bool>())
    check.mail_server->smtp_host = name("mx.example.com");
  check.follow_cnames = *rc::gen::arbitrary<bool>();
  const auto text = json::serialize(to_json(check));
  const auto decoded = control_check_from_json(parse_json(text).value(), "");
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == check);
}

struct BadJson {
  const char* name;
  const char* pointer;
  void (*spoil)(json::object& check, json::object& challenge);
};

void expect_refused(const BadJson& each) {
  SCOPED_TRACE(each.name);
  auto value = to_json(website_check());
  auto& check = value.as_object();
  each.spoil(check, check["challenge"].as_object());
  const auto decoded = control_check_from_json(value, "/c");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
  EXPECT_EQ(decoded.error().context.at(0).second, each.pointer) << describe(decoded.error());
}

TEST(CheckJson, IsRefusedWithItsPlace) {
  using Object = json::object;
  const BadJson cases[] = {
      {"no method", "/c/method", [](Object& c, Object&) { c.erase("method"); }},
      {"unknown method", "/c/method", [](Object& c, Object&) { c["method"] = "magic"; }},
      {"no target", "/c/applied_for", [](Object& c, Object&) { c.erase("applied_for"); }},
      {"empty target", "/c/applied_for/domain",
       [](Object& c, Object&) { c["applied_for"] = Object{}; }},
      {"target in capitals", "/c/applied_for/domain",
       [](Object& c, Object&) { c["applied_for"] = Object{{"domain", "A.example"}}; }},
      {"target that is no address", "/c/applied_for/ip",
       [](Object& c, Object&) { c["applied_for"] = Object{{"ip", "1.2.3"}}; }},
      {"address in long form", "/c/applied_for/ip",
       [](Object& c, Object&) { c["applied_for"] = Object{{"ip", "2620:00fe::fe"}}; }},
      {"two targets", "/c/applied_for/domain",
       [](Object& c, Object&) {
         c["applied_for"] = Object{{"ip", "9.9.9.9"}, {"domain", "a.example"}};
       }},
      {"ADN with a dot behind", "/c/adn", [](Object& c, Object&) { c["adn"] = "a.example."; }},
      {"mail server without a domain", "/c/mail_server/mail_domain",
       [](Object& c, Object&) { c["mail_server"] = Object{}; }},
      {"unknown member", "/c/extra", [](Object& c, Object&) { c["extra"] = 1; }},
      {"follow_cnames no boolean", "/c/follow_cnames",
       [](Object& c, Object&) { c["follow_cnames"] = "yes"; }},
      {"no challenge", "/c/challenge", [](Object& c, Object&) { c.erase("challenge"); }},
      {"unknown kind", "/c/challenge/kind", [](Object&, Object& v) { v["kind"] = "magic"; }},
      {"unknown scheme", "/c/challenge/scheme", [](Object&, Object& v) { v["scheme"] = "ftp"; }},
      {"long path", "/c/challenge/path",
       [](Object&, Object& v) { v["path"] = std::string(kPathSizeMax + 1, 'x'); }},
      {"long value", "/c/challenge/value",
       [](Object&, Object& v) { v["value"] = std::string(kChallengeSizeMax + 1, 'x'); }},
      {"long pattern", "/c/challenge/pattern",
       [](Object&, Object& v) { v["pattern"] = std::string(kPatternSizeMax + 1, 'x'); }},
      {"too many headers", "/c/challenge/headers",
       [](Object&, Object& v) { v["headers"].as_array().resize(kHeadersMax + 1); }},
      {"header without a name", "/c/challenge/headers/0/name",
       [](Object&, Object& v) { v["headers"] = json::array{Object{{"value", "x"}}}; }},
      {"digest no hex", "/c/challenge/digest",
       [](Object&, Object& v) { v = Object{{"kind", "tls-alpn"}, {"digest", "XY"}}; }},
      {"no issuers", "/c/challenge/issuers",
       [](Object&, Object& v) {
         v = Object{{"kind", "persistent"},      {"issuers", json::array{}},
                    {"account_uri", "x"},        {"hashed", false},
                    {"account_hash_prefix", ""}, {"key_thumbprints", json::array{}}};
       }},
      {"type that nobody asks", "/c/challenge/type",
       [](Object&, Object& v) {
         v = Object{{"kind", "dns"}, {"type", "MX"},  {"prefix", ""},
                    {"value", "x"},  {"whole", true}, {"exact_case", true}};
       }},
  };
  for (const auto& each : cases) expect_refused(each);
}

TEST(CheckJson, OfAnAddressIsRefusedWithItsPlace) {
  using Object = json::object;
  const BadJson cases[] = {
      {"a PTR behind a PTR", "/c/challenge/control/challenge/kind",
       [](Object&, Object& v) {
         v = Object{{"kind", "reverse"},
                    {"name", "a.example"},
                    {"control",
                     Object{{"method", "dns-change"},
                            {"challenge", Object{{"kind", "reverse"}, {"name", "b.example"}}}}}};
       }},
      {"control of a name by no method", "/c/challenge/control/method",
       [](Object&, Object& v) {
         v = Object{{"kind", "reverse"},
                    {"name", "a.example"},
                    {"control", Object{{"method", "magic"},
                                       {"challenge",
                                        Object{{"kind", "contact"}, {"contact", "a@b.example"}}}}}};
       }},
  };
  for (const auto& each : cases) expect_refused(each);
}

}  // namespace
}  // namespace parallax::dcv
