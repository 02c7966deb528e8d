// SPDX-License-Identifier: Apache-2.0
// The committed form of a record: its parts stand in the log as salted commitments only, so that a
// part can be shown to somebody without the others, and forgotten without breaking the log. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/crypto.h"
#include "base/result.h"

namespace parallax::evidence {

inline constexpr std::size_t kSaltSize = 32;
inline constexpr std::size_t kPartsMax = 2048;

// What opens one commitment.
struct Part {
  std::string pointer;  // where it stands in the record: a JSON pointer (RFC 6901)
  std::string salt;     // kSaltSize octets
  std::string text;     // canonical JSON

  friend bool operator==(const Part&, const Part&) = default;
};

// SHA-256("parallax part v1" || 0x00 || salt || text): 32 octets. Nobody can guess the text from
// it without the salt, nor find another text for it.
[[nodiscard]] std::string commitment(std::string_view salt, std::string_view text);

struct CommittedBody {
  boost::json::value leaf;  // the body with {"commitment": base64url} in the place of each part
  std::vector<Part> parts;  // in the order of the pointers
};

// Takes the parts at `pointers`, none inside another, out of `body`. Errors: internal (there is
// nothing at a pointer, or too many parts), unsupported (a part has no canonical form).
[[nodiscard]] Result<CommittedBody> commit_parts(boost::json::value body,
                                                 std::span<const std::string> pointers,
                                                 Random& random);

// Puts parts back where they were; those not given stay commitments. Errors: untrusted (a part is
// not what the leaf committed to, or stands where it has no commitment), malformed.
[[nodiscard]] Result<boost::json::value> open_parts(boost::json::value leaf,
                                                    std::span<const Part> parts);

}  // namespace parallax::evidence
