// SPDX-License-Identifier: Apache-2.0
// The root's trust anchors: only IANA's outside a lab (TLS BR 4.2.2.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parallax::dns {

inline constexpr std::size_t kTrustAnchorFileSizeMax = 64 * 1024;
inline constexpr std::size_t kTrustAnchorsMax = 32;

struct TrustAnchors {
  std::vector<std::string> records;     // one DS or DNSKEY each, presentation form, one line
  std::vector<std::uint16_t> key_tags;  // in the same order (RFC 4034 appendix B)
};

enum class AnchorPolicy {
  iana,  // every anchor is KSK-2017 or KSK-2024, and KSK-2024 is among them
  any,   // a lab's root: any DS or DNSKEY of the root
};

// Reads zone-file text. Errors: configuration, if the text does not parse, names another owner than
// the root, holds no anchor or breaks the policy.
[[nodiscard]] Result<TrustAnchors> parse_trust_anchors(const std::string& text,
                                                       AnchorPolicy policy);
// The same for a file. Errors: configuration.
[[nodiscard]] Result<TrustAnchors> read_trust_anchors(const std::string& path, AnchorPolicy policy);

}  // namespace parallax::dns
