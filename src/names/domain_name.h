// SPDX-License-Identifier: Apache-2.0
// Domain names as certificates and CAA know them: lower-case A-labels, no trailing dot.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parallax::names {

inline constexpr std::size_t kDomainNameSizeMax = 253;  // RFC 1035 s2.3.4, text form
inline constexpr std::size_t kLabelSizeMax = 63;

enum class Underscores { refuse, allow };

// A fully qualified domain name of one label or more. Immutable; compares by its canonical text.
class DomainName {
 public:
  // Accepts LDH labels in any case, U-labels (UTF-8; mapped by UTS 46 non-transitional and turned
  // into A-labels by IDNA2008, RFC 5891) and one trailing dot. A-labels must be valid IDNA2008.
  // Underscores only where asked for (RFC 8552 names). Errors: malformed with a sentence that says
  // which label is wrong and why (empty label, too long, bad octet, hyphen at an end, wildcard,
  // not IDNA, looks like an IP address).
  [[nodiscard]] static Result<DomainName> parse(std::string_view text,
                                                Underscores underscores = Underscores::refuse);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t label_count() const;
  [[nodiscard]] std::vector<std::string_view> labels() const;  // leftmost first, borrowed
  // The name without its leftmost label; nullopt for a single label (the root is no DomainName).
  [[nodiscard]] std::optional<DomainName> parent() const;
  [[nodiscard]] DomainName top_level() const;
  // True if this name is `ancestor` or lies below it (RFC 8499 "subdomain", reflexive).
  [[nodiscard]] bool is_at_or_below(const DomainName& ancestor) const;
  // This name with `label` (a single valid label, underscores allowed) in front.
  // Error: malformed if the result is too long or the label is invalid.
  [[nodiscard]] Result<DomainName> with_label(std::string_view label) const;
  // U-label form for people, UTF-8; the A-label form if it cannot be decoded.
  [[nodiscard]] std::string unicode() const;

  friend bool operator==(const DomainName&, const DomainName&) = default;
  friend auto operator<=>(const DomainName&, const DomainName&) = default;

 private:
  explicit DomainName(std::string canonical) : text_(std::move(canonical)) {}
  std::string text_;
};

// `*.base`: a certificate's wildcard name (TLS BR 1.6.1 "Wildcard Domain Name"). The asterisk is a
// whole leftmost label and stands nowhere else.
class WildcardName {
 public:
  [[nodiscard]] static Result<WildcardName> parse(std::string_view text);
  explicit WildcardName(DomainName base) : base_(std::move(base)) {}
  [[nodiscard]] const DomainName& base() const { return base_; }
  [[nodiscard]] std::string text() const { return "*." + base_.text(); }
  friend bool operator==(const WildcardName&, const WildcardName&) = default;
  friend auto operator<=>(const WildcardName&, const WildcardName&) = default;

 private:
  DomainName base_;
};

// True for a text that begins with `*.`: decides which parser a caller means.
[[nodiscard]] bool looks_like_wildcard(std::string_view text);

}  // namespace parallax::names
