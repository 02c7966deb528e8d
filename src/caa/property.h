// SPDX-License-Identifier: Apache-2.0
// CAA properties (RFC 8659 s4.1) and the grammar of issue values (RFC 8659 s4.2, RFC 9495 s4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "names/domain_name.h"

namespace parallax::caa {

// Flag bit 0, "Issuer Critical" (RFC 8659 s4.1). All other bits MUST be ignored.
inline constexpr std::uint8_t kIssuerCritical = 128;

struct Property {
  std::uint8_t flags = 0;
  std::string tag;    // as it came; compares case-insensitively (RFC 8659 s4.1)
  std::string value;  // octets, as they came
  [[nodiscard]] bool critical() const { return (flags & kIssuerCritical) != 0; }
  // True if the tag is `name` (given in lower case), compared without case.
  [[nodiscard]] bool has_tag(std::string_view name) const;
  friend bool operator==(const Property&, const Property&) = default;
};

// The RDATA of one CAA record. Error: malformed (too short, tag length 0 or beyond the end, a tag
// with an octet outside letters and digits).
[[nodiscard]] Result<Property> parse_rdata(std::string_view rdata);

// `0 issuemail "ca.example; accounturi=..."`: zone file form; octets outside printable ASCII,
// quotes and backslashes escaped as RFC 1035 s5.1 asks.
[[nodiscard]] std::string to_text(const Property& property);

// Values as JSON strings: the escapes of to_text, without quotes. unescape_value is the exact
// inverse; its error: malformed.
[[nodiscard]] std::string escape_value(std::string_view octets);
[[nodiscard]] Result<std::string> unescape_value(std::string_view text);

struct Parameter {
  std::string tag;
  std::string value;  // may be empty
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// A well-formed issue value. No issuer: `;`, which authorizes nobody.
struct IssueValue {
  std::optional<names::DomainName> issuer;
  std::vector<Parameter> parameters;  // in order, duplicates kept
  friend bool operator==(const IssueValue&, const IssueValue&) = default;
};

// The `issue-value` production. Error: malformed; such a value authorizes nobody (RFC 8659 s4.2).
[[nodiscard]] Result<IssueValue> parse_issue_value(std::string_view value);

}  // namespace parallax::caa
