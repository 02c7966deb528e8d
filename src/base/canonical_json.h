// SPDX-License-Identifier: Apache-2.0
// JSON Canonicalization Scheme (RFC 8785): one text per value, so that digests and signatures over
// JSON mean something.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace parallax {

// Keys sorted by UTF-16 code units (RFC 8785 s3.2.3), shortest escapes, no white space. Numbers
// must be integers within +-(2^53 - 1): the house keeps fractions out of signed text, so the
// number rules of ECMAScript are not needed. Strings must be UTF-8. Error: unsupported.
[[nodiscard]] Result<std::string> canonical_json(const boost::json::value& value);

}  // namespace parallax
