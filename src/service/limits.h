// SPDX-License-Identifier: Apache-2.0
// Bounds of the HTTP interfaces. Sizes in octets.
#pragma once

#include <chrono>
#include <cstddef>

namespace parallax::service {

// 100 mailboxes of 254 octets, escaped six-fold, fit with room to spare.
inline constexpr std::size_t kRequestBodySizeMax = 256 * 1024;
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
