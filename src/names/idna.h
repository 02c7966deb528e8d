// SPDX-License-Identifier: Apache-2.0
// Internationalised labels through libidn2. Private to the names layer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax::names::idna {

// The lower-case ASCII form of one label that holds other than ASCII (UTF-8): mapped by UTS 46
// (non-transitional), then encoded. What comes back may still be no LDH label (fullwidth signs
// map to ASCII ones, ignorable characters to nothing): the caller checks it like any ASCII label.
// Error: malformed with libidn2's reason.
[[nodiscard]] Result<std::string> to_ascii_label(std::string_view label);

// Whether a lower-case label that begins with `xn--` is an A-label: it decodes to a U-label that
// follows every rule of RFC 5891 s4.2 (NFC, hyphens, combining marks, disallowed and unassigned
// code points, CONTEXTJ, CONTEXTO, bidi) and encodes back to the same text. Error: malformed.
[[nodiscard]] Status check_alabel(std::string_view label);

// The U-label form, UTF-8, of a name made of valid labels; nullopt if it cannot be decoded.
[[nodiscard]] std::optional<std::string> to_unicode(const std::string& name);

}  // namespace parallax::names::idna
