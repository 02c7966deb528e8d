// SPDX-License-Identifier: Apache-2.0
// Parameters that narrow an authorization: accounturi and validationmethods (RFC 8657; TLS BR
// 4.2.2.1.2 for the ca-tbr-N labels). RFC 8657 defines them for issue and issuewild; enforcing
// them on issuemail is a house rule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "caa/property.h"

namespace parallax::caa {

// True if the parameters do not stand in the way of a request from `account_uri`, validated with
// `validation_method`. Parameters with other tags are ignored; tags compare case-insensitively, so
// that no spelling loosens a restriction.
// - accounturi (RFC 8657 s3): must be a URI and equal the account's octet for octet; twice, or
//   without an account to compare with, it cannot be satisfied.
// - validationmethods (RFC 8657 s4): must list the label of the method or an equal one; an empty
//   or malformed list permits none; twice it cannot be satisfied (house rule).
[[nodiscard]] bool parameters_satisfied(const std::vector<Parameter>& parameters,
                                        const std::optional<std::string>& account_uri,
                                        const std::optional<std::string>& validation_method);

// True if both labels name one method: the same text, or an ACME label and the ca-tbr-N label that
// TLS BR 4.2.2.1.2 makes equal to it. Exact case.
[[nodiscard]] bool same_method(std::string_view a, std::string_view b);

// Whether a caller may name `label` as the method that validated a name: one of the IANA registry
// "ACME Validation Methods" (RFC 8657 s4), or one that begins with `ca-`, as the methods absent
// from it have (ca-tbr-N of TLS BR 4.2.2.1.2). Exact case, at most kMethodLabelSizeMax octets.
// Error: malformed, for people.
[[nodiscard]] Status check_method_label(std::string_view label);

// A URI by the look of it (RFC 3986 s3): a scheme, a colon, something behind it, and only the
// octets a URI may hold.
[[nodiscard]] bool is_uri(std::string_view text);

}  // namespace parallax::caa
