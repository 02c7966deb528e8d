// SPDX-License-Identifier: Apache-2.0
// The Public Suffix List, ICANN section only (TLS BR 3.2.2.6 and "Base Domain Name").
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "names/domain_name.h"

namespace parallax::names {

// An immutable list, read once from a dated file; thread safe to ask.
class PublicSuffixList {
 public:
  // Reads `public_suffix_list.dat` (the text form) through libpsl. The date is the file's own
  // `// VERSION: 2024-..` line, or else its modification time. Errors: configuration.
  [[nodiscard]] static Result<PublicSuffixList> load(const std::string& path);

  [[nodiscard]] Date dated() const;
  // True if `name` itself is a public suffix of the ICANN section. An unlisted top-level domain is
  // one as well (the list's default rule `*`).
  [[nodiscard]] bool is_public_suffix(const DomainName& name) const;
  // The Base Domain Name: one label below the public suffix; nullopt for a public suffix itself.
  [[nodiscard]] std::optional<DomainName> base_domain(const DomainName& name) const;

 private:
  struct Impl;
  explicit PublicSuffixList(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;  // shared: every worker reads the same immutable list
};

// Debian's `publicsuffix` package.
inline constexpr const char* kDefaultPublicSuffixFile =
    "/usr/share/publicsuffix/public_suffix_list.dat";

}  // namespace parallax::names
