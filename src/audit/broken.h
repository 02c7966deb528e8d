// SPDX-License-Identifier: Apache-2.0
// What the audit says of what does not hold.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace parallax::audit {

// Something that can be read does not hold: ErrorCode::untrusted. The context says where, with
// "perspective", "part" and "record", from the inside out.
[[nodiscard]] inline tl::unexpected<Error> broken(std::string message) {
  return fail(ErrorCode::untrusted, std::move(message));
}

// The same error, with where it is.
[[nodiscard]] inline tl::unexpected<Error> at(Error error, std::string what, std::string where) {
  return fail(std::move(error).with(std::move(what), std::move(where)));
}

}  // namespace parallax::audit
