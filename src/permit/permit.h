// SPDX-License-Identifier: Apache-2.0
// A permit: the decision to permit, in a form that whoever signs the certificate can check by
// itself. It binds the exact set of names, so that a name never checked cannot slip in, and it
// expires, so that a stale check cannot be used.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "base/time.h"
#include "names/certificate_name.h"

namespace parallax::permit {

// The JWS header's typ.
inline constexpr std::string_view kPermitType = "parallax-permit+jwt";
inline constexpr std::string_view kTls = "tls";
inline constexpr std::string_view kSmime = "smime";
inline constexpr std::size_t kPermitNamesMax = 1000;

// Names as canonical text (names::text_of).
using NameSet = std::set<std::string>;

struct Permit {
  std::string order_id;
  std::string client;
  std::string certificate_type;                // kTls or kSmime
  NameSet names;                               // never empty
  std::map<std::string, std::string> methods;  // name -> how control was shown; not of every name
  std::vector<std::string> issuers;            // CAA issuer domain names, never empty
  std::optional<std::string> account_uri;
  Instant decided{};
  Instant not_after{};  // the certificate is signed by then, or not at all
  std::string rules;    // digest of the rules in force (rules::digest)
  std::string log;      // origin of the evidence log
  std::uint64_t index = 0;
  std::string leaf_hash;  // hex
  bool lab = false;

  friend bool operator==(const Permit&, const Permit&) = default;
};

// The permit as a compact JWS (RFC 7519 claims iat, exp, jti, sub, and its own). Times are cut to
// whole seconds, towards less permission. Requires names that are UTF-8.
[[nodiscard]] std::string sign_permit(const Permit& permit, const SigningKey& key);

// Opens a permit that one of `keys` signed; whether it has expired is not asked here.
// Errors: as open_jws(), and malformed for claims that are not a permit's.
[[nodiscard]] Result<Permit> open_permit(std::string_view jws, std::span<const VerifyingKey> keys);

// What the signer holds the permit against.
struct SigningRequest {
  std::string certificate_type;
  NameSet names;
  Instant at{};
  bool lab = false;  // a lab's permit is worth something only in a lab
};

// Whether the permit covers the request: valid now, of that type, the same set of names, neither
// one more nor one less. Error: forbidden, with a sentence that says what differs.
[[nodiscard]] Status check_permit(const Permit& permit, const SigningRequest& request);

}  // namespace parallax::permit
