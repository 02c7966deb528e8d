// SPDX-License-Identifier: Apache-2.0
// One persistent TXT record held against what it must say (TLS BR 3.2.2.4.22; in the hashed form
// draft-ietf-acme-dns-persist-02). Pure, total over any octets. Private to the methods.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dcv/check.h"

namespace parallax::dcv {

// The accounturi values that show the account of `value` in a record for `domain`, the preferred
// first. Plain: the account's URI. Hashed (draft-02 s4.1, s4.2): for each key, prefix + "sha-256/"
// + base64url(SHA-256(length || domain || thumbprint || account URI)), with the domain and then
// with
// "*" in its place; CAs must accept both.
[[nodiscard]] std::vector<std::string> account_uris(const PersistentValue& value,
                                                    std::string_view domain);

struct PersistentTerms {
  std::vector<names::DomainName> issuers;
  std::vector<std::string> account_uris;  // any of them
  // The name applied for lies below the ADN or is a wildcard, and the form asks for
  // `policy=wildcard` then (draft-02 s6; the TLS BR know no such parameter).
  bool below = false;
  Instant at{};
};

// What is wrong with a record, the nearest miss first.
enum class PersistentFinding {
  usable,
  expired,          // persistUntil has passed
  bad_expiry,       // persistUntil is no timestamp, or stands twice (house rule)
  not_below,        // lacks policy=wildcard
  account_differs,  // names another account
  account_missing,  // has no accounturi
  account_twice,    // has several: which one counts?
  other_issuer,     // a record for another CA, or for none
  malformed,        // does not follow the issue-value syntax
};

struct PersistentJudgement {
  PersistentFinding finding = PersistentFinding::malformed;
  std::size_t account = 0;  // usable: index into PersistentTerms::account_uris
};

// Parameters with unknown tags are ignored; tags compare without case, as everywhere in CAA here.
// A record is expired once `at` is after the second that persistUntil names.
[[nodiscard]] PersistentJudgement judge_persistent(std::string_view text,
                                                   const PersistentTerms& terms);

}  // namespace parallax::dcv
