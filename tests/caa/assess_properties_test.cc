// SPDX-License-Identifier: Apache-2.0
// Properties of the grammar and of the judgement that hold for every input.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "caa/facts.h"

namespace parallax::caa {
namespace {

using test::property;

constexpr const char* kOurs = "ca.example";

rc::Gen<std::string> wsp() { return rc::gen::container<std::string>(rc::gen::element(' ', '\t')); }

rc::Gen<std::string> tag() {
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', 'Z', '0', '-'))),
      [](std::string text) { return "a" + text + "1"; });
}

rc::Gen<std::string> parameter_value() {
  return rc::gen::container<std::string>(rc::gen::suchThat(
      rc::gen::map(rc::gen::inRange(0x21, 0x7f), [](int c) { return static_cast<char>(c); }),
      [](char c) { return c != ';'; }));
}

rc::Gen<Property> any_property() {
  return rc::gen::build<Property>(
      rc::gen::set(&Property::flags, rc::gen::element<std::uint8_t>(0, 1, 128)),
      rc::gen::set(&Property::tag,
                   rc::gen::element<std::string>("issue", "issuewild", "issuemail", "ISSUE",
                                                 "iodef", "contactemail", "tbs")),
      rc::gen::set(&Property::value,
                   rc::gen::oneOf(rc::gen::element<std::string>(
                                      ";", "ca.example", "other.example", "ca.example;", "%%",
                                      "CA.example; accounturi=https://ca.example/1",
                                      "ca.example; validationmethods=dns-01", "xca.example"),
                                  rc::gen::string<std::string>())));
}

CaaQuestion any_question() {
  CaaQuestion question = test::tls(kOurs);
  question.type = *rc::gen::element(CertificateType::tls_server, CertificateType::smime);
  question.wildcard = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) question.account_uri = "https://ca.example/1";
  if (*rc::gen::arbitrary<bool>()) question.validation_method = "dns-01";
  return question;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

RC_GTEST_PROP(IssueValue, AWellFormedValueParsesToItsParts, ()) {
  const bool with_issuer = *rc::gen::arbitrary<bool>();
  const auto count = *rc::gen::inRange<std::size_t>(0, 4);
  std::string text = *wsp() + (with_issuer ? kOurs + *wsp() : "");
  if (count > 0 || *rc::gen::arbitrary<bool>()) text += ";" + *wsp();
  std::vector<Parameter> parameters;
  for (std::size_t i = 0; i < count; ++i) {
    parameters.push_back({*tag(), *parameter_value()});
    if (i > 0) text += ";" + *wsp();
    text += parameters.back().tag + *wsp() + "=" + *wsp() + parameters.back().value + *wsp();
  }
  const auto parsed = parse_issue_value(text);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->issuer.has_value() == with_issuer);
  RC_ASSERT(parsed->parameters == parameters);
}

RC_GTEST_PROP(IssueValue, AMutationNeverNamesAnIssuerThatIsNotThere, ()) {
  std::string text = "other.example; accounturi=https://other.example/1; a=b";
  const auto edits = *rc::gen::inRange(1, 8);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::arbitrary<char>();
  }
  const auto parsed = parse_issue_value(text);
  if (parsed && parsed->issuer)
    RC_ASSERT(lower(text).find(parsed->issuer->text()) != std::string::npos);
  if (lower(text).find(kOurs) == std::string::npos)
    RC_ASSERT(test::reason(test::set_at("example.com", {property("issue", text)}),
                           test::tls(kOurs)) != CaaReason::issuer_authorized);
}

RC_GTEST_PROP(Assess, AuthorizesOnlyByARecordThatNamesTheIssuer, ()) {
  const auto set = *rc::gen::container<std::vector<Property>>(any_property());
  const auto made = assess(test::set_at("example.com", set), any_question(), {});
  if (made.reason != CaaReason::issuer_authorized) return;
  const bool named = std::any_of(set.begin(), set.end(), [](const Property& one) {
    const auto value = parse_issue_value(one.value);
    return value && value->issuer && value->issuer->text() == kOurs;
  });
  RC_ASSERT(named);
}

RC_GTEST_PROP(Assess, ARecordThatNamesOurIssuerNeverTurnsPermissionAway, ()) {
  auto set = *rc::gen::container<std::vector<Property>>(any_property());
  const auto question = any_question();
  const auto before = assess(test::set_at("example.com", set), question, {});
  RC_PRE(before.outcome == CaaOutcome::permitted);
  const auto at = *rc::gen::inRange<std::size_t>(0, set.size() + 1);
  const auto added = *rc::gen::element<std::string>("issue", "issuewild", "issuemail");
  set.insert(set.begin() + static_cast<std::ptrdiff_t>(at), property(added, kOurs));
  RC_ASSERT(assess(test::set_at("example.com", set), question, {}).outcome ==
            CaaOutcome::permitted);
}

RC_GTEST_PROP(Assess, AnUnknownCriticalPropertyAlwaysProhibits, ()) {
  auto set = *rc::gen::container<std::vector<Property>>(any_property());
  const auto at = *rc::gen::inRange<std::size_t>(0, set.size() + 1);
  set.insert(set.begin() + static_cast<std::ptrdiff_t>(at), property("future", "", 128));
  RC_ASSERT(test::reason(test::set_at("example.com", set), any_question()) ==
            CaaReason::critical_property);
}

RC_GTEST_PROP(Assess, TheOrderOfRecordsDoesNotMatter, ()) {
  auto set = *rc::gen::container<std::vector<Property>>(any_property());
  const auto question = any_question();
  const auto before = test::reason(test::set_at("example.com", set), question);
  std::reverse(set.begin(), set.end());
  RC_ASSERT(test::reason(test::set_at("example.com", set), question) == before);
}

RC_GTEST_PROP(Assess, ABogusLookupAtTheNameIsNeverPermission, ()) {
  auto lookup = test::failure("example.com", dns::LookupStatus::bogus);
  lookup.properties = *rc::gen::container<std::vector<Property>>(any_property());
  RC_ASSERT(test::reason(test::climb("example.com", {lookup}), any_question(),
                         {.permit_insecure_lookup_failure = true}) == CaaReason::bogus);
}

}  // namespace
}  // namespace parallax::caa
