// SPDX-License-Identifier: Apache-2.0
// JSON Web Signatures in compact form with Ed25519 (RFC 7515, RFC 8037), and nothing more of JOSE:
// one algorithm, one type, keys given by who verifies.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/crypto.h"
#include "base/result.h"

namespace parallax::permit {

inline constexpr std::size_t kJwsSizeMax = std::size_t{1024} * 1024;

// The JWK thumbprint (RFC 7638, RFC 8037 s2), base64url: what names a key.
[[nodiscard]] std::string key_id(const VerifyingKey& key);
// The public key as a JWK: kty, crv, x, kid, alg, use.
[[nodiscard]] boost::json::object to_jwk(const VerifyingKey& key);
// The keys of a JWK Set (RFC 7517 s5) that are Ed25519 keys; others are left out. Error: malformed.
[[nodiscard]] Result<std::vector<VerifyingKey>> keys_from_jwks(std::string_view text);

// header.payload.signature, the header {"alg":"EdDSA","kid":...,"typ":type}. `payload` is canonical
// JSON.
[[nodiscard]] std::string sign_jws(std::string_view type, std::string_view payload,
                                   const SigningKey& key);

struct OpenedJws {
  std::string payload;
  std::string key_id;  // whose signature it is
};

// Opens what one of `keys` signed. The header must hold alg, kid and typ as above and nothing that
// this build does not know (RFC 7515 s4.1.11). Errors: malformed, untrusted (no key has that id,
// or the signature does not hold), unsupported (another algorithm or type).
[[nodiscard]] Result<OpenedJws> open_jws(std::string_view jws, std::string_view type,
                                         std::span<const VerifyingKey> keys);

}  // namespace parallax::permit
