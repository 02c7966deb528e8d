// SPDX-License-Identifier: Apache-2.0
// What a relevant set says about one request (RFC 8659 s4, RFC 9495 s4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "caa/assess.h"
#include "caa/observation.h"

namespace parallax::caa {

// True for tags whose meaning Parallax knows, so that a critical flag on them is no obstacle:
// issue, issuewild, iodef (RFC 8659), issuemail (RFC 9495), contactemail, contactphone (TLS BR
// Appendix A.1; they restrict nothing). Any case.
[[nodiscard]] bool is_supported_tag(std::string_view tag);

// The tag that restricts a request: issue, issuewild or issuemail. For a wildcard it depends on
// the set (RFC 8659 s4.3): issuewild alone if there is any, else issue.
[[nodiscard]] std::string_view restricting_tag(const std::vector<Property>& set,
                                               const CaaQuestion& question);

struct Authorization {
  CaaReason reason = CaaReason::issuer_not_authorized;
  // The property behind the reason, as an index into the set: the one that authorizes, the first
  // that names our issuer with parameters that differ, or the critical one. Else set.size().
  std::size_t property = 0;
  std::vector<std::string> other_issuers;  // the first few others that are named, distinct
  bool malformed_value = false;            // a restricting property has a malformed value
};

// Judges a non-empty set. The order of precedence: an unsupported critical property, unreadable
// RDATA, then the restricting properties, of which one that authorizes is enough.
[[nodiscard]] Authorization authorize(const CaaLookup& lookup, const CaaQuestion& question,
                                      const AssessmentSettings& settings);

}  // namespace parallax::caa
