// SPDX-License-Identifier: Apache-2.0
// Bounds of the HTTP interfaces. Sizes in octets.
#pragma once

#include <chrono>
#include <cstddef>

namespace parallax::service {

// POST /mpic, and /caa and /dcv at a perspective: one name, 32 issuer names, one challenge.
inline constexpr std::size_t kRequestBodySizeMax = 256 * 1024;
// One entry of `names` with everything that control may take, as JSON without escapes.
inline constexpr std::size_t kNameWithControlSizeMax = 10 * 1024;
// POST /v1/corroborations: 100 of those, with issuers and the rest, fit; so do 100 mailboxes
// escaped six-fold. What all messages under way may hold together is another bound, and no larger
// for it (net::HttpLimits::messages_bytes_max).
inline constexpr std::size_t kOrderBodySizeMax = 1024 * 1024;
inline constexpr std::size_t kAccountUriSizeMax = 512;
inline constexpr std::size_t kTraceIdentifierSizeMax = 256;
inline constexpr std::size_t kClientsMax = 1000;
inline constexpr std::size_t kTokensPerClientMax = 16;
inline constexpr std::size_t kClientFileSizeMax = 4 * 1024 * 1024;
inline constexpr std::size_t kBearerTokenSizeMax = 256;

// What Retry-After says: a full queue empties within a second, a full disk needs an operator.
inline constexpr std::chrono::seconds kRetryAfterOverload{1};
inline constexpr std::chrono::seconds kRetryAfterStorage{30};

}  // namespace parallax::service
