// SPDX-License-Identifier: Apache-2.0
// Bounds on what is taken from the network about one search.
#pragma once

#include <cstddef>

namespace parallax::caa {

inline constexpr std::size_t kLookupsMax = 127;       // labels of a name (RFC 1035 s3.1)
inline constexpr std::size_t kPacketSizeMax = 65535;  // a DNS message over TCP
// A CAA record takes 15 octets of a message or more (compressed owner, header, one-letter tag).
inline constexpr std::size_t kRecordsMax = 4400;
inline constexpr std::size_t kAliasesMax = 64;
inline constexpr std::size_t kProofStepsMax = 256;  // two questions per label of the name
inline constexpr std::size_t kTextSizeMax = 4096;   // reasons and names in presentation form
inline constexpr std::size_t kElementSizeMax = 2 * kPacketSizeMax;  // one hex RDATA

// The label of a validation method, as a caller names it.
inline constexpr std::size_t kMethodLabelSizeMax = 64;

// What an explanation quotes from the DNS.
inline constexpr std::size_t kQuotedSizeMax = 120;
inline constexpr std::size_t kIssuersQuotedMax = 3;

}  // namespace parallax::caa
