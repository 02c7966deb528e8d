// SPDX-License-Identifier: Apache-2.0
// Text forms of octets: hex and base64 (RFC 4648). Decoders are strict: no white space, no
// missing or surplus padding, no non-zero pad bits.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax {

// Lower-case hex.
[[nodiscard]] std::string hex_encode(std::string_view octets);
// Either case; an odd length or another character is malformed.
[[nodiscard]] Result<std::string> hex_decode(std::string_view text);

// RFC 4648 s4, with padding.
[[nodiscard]] std::string base64_encode(std::string_view octets);
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

// RFC 4648 s5, without padding (RFC 7515 s2).
[[nodiscard]] std::string base64url_encode(std::string_view octets);
[[nodiscard]] Result<std::string> base64url_decode(std::string_view text);

// `text` cut to `limit` octets with every octet outside printable ASCII written \xNN: hostile
// input on its way into a log or a message.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

// True if `text` is well-formed UTF-8 (RFC 3629: shortest form, no surrogates).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace parallax
