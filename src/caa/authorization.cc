// SPDX-License-Identifier: Apache-2.0
#include "caa/authorization.h"

#include <algorithm>
#include <array>

#include "caa/ascii.h"
#include "caa/limits.h"
#include "caa/parameters.h"

namespace parallax::caa {
namespace {

constexpr std::array<std::string_view, 6> kSupportedTags = {
    "issue", "issuewild", "issuemail", "iodef", "contactemail", "contactphone"};

constexpr std::uint8_t kFlagOne = 1;  // AssessmentSettings::flag_one_is_critical

bool prohibits_by_flag(const Property& property, const AssessmentSettings& settings) {
  const bool critical =
      property.critical() || (settings.flag_one_is_critical && (property.flags & kFlagOne) != 0);
  return critical && !is_supported_tag(property.tag);
}

// One more than an explanation quotes is enough to know that there are more.
void remember(std::vector<std::string>& issuers, const std::string& issuer) {
  if (issuers.size() > kIssuersQuotedMax) return;
  if (std::find(issuers.begin(), issuers.end(), issuer) == issuers.end()) issuers.push_back(issuer);
}

}  // namespace

bool is_supported_tag(std::string_view tag) {
  return std::any_of(kSupportedTags.begin(), kSupportedTags.end(),
                     [&](std::string_view known) { return equal_ignoring_case(tag, known); });
}

std::string_view restricting_tag(const std::vector<Property>& set, const CaaQuestion& question) {
  // RFC 9495 s4: only issuemail restricts mail certificates; they know no wildcards.
  if (question.type == CertificateType::smime) return "issuemail";
  const bool any_wild = std::any_of(set.begin(), set.end(), [](const Property& property) {
    return property.has_tag("issuewild");
  });
  return question.wildcard && any_wild ? "issuewild" : "issue";
}

Authorization authorize(const CaaLookup& lookup, const CaaQuestion& question,
                        const AssessmentSettings& settings) {
  const auto& set = lookup.properties;
  Authorization out{CaaReason::no_restricting_property, set.size(), {}, false};
  for (std::size_t i = 0; i < set.size(); ++i)
    if (prohibits_by_flag(set[i], settings)) {
      out.reason = CaaReason::critical_property;
      out.property = i;
      return out;
    }
  // House rule: what cannot be read may have been critical.
  if (!lookup.malformed_rdata.empty()) {
    out.reason = CaaReason::malformed_record;
    return out;
  }
  const auto tag = restricting_tag(set, question);
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (!set[i].has_tag(tag)) continue;
    if (out.reason == CaaReason::no_restricting_property)
      out.reason = CaaReason::issuance_forbidden;
    const auto value = parse_issue_value(set[i].value);
    // RFC 8659 s4.2: a malformed value is as good as an empty issuer.
    if (!value) out.malformed_value = true;
    if (!value || !value->issuer) continue;
    const bool ours = std::find(question.issuers.begin(), question.issuers.end(), *value->issuer) !=
                      question.issuers.end();
    if (!ours) {
      remember(out.other_issuers, value->issuer->text());
      if (out.reason == CaaReason::issuance_forbidden)
        out.reason = CaaReason::issuer_not_authorized;
      continue;
    }
    if (parameters_satisfied(value->parameters, question.account_uri, question.validation_method)) {
      out.reason = CaaReason::issuer_authorized;
      out.property = i;
      return out;
    }
    if (out.reason != CaaReason::parameters_not_satisfied) out.property = i;
    out.reason = CaaReason::parameters_not_satisfied;
  }
  return out;
}

}  // namespace parallax::caa
