// SPDX-License-Identifier: Apache-2.0
// RDATA that a perspective reported, as text.
#pragma once

#include <string>
#include <string_view>

#include "dns/record.h"

namespace parallax::service {

// Zone file form (RFC 1035 s5.1) of the types that checks ask for; RDATA of another type, or that
// does not parse, in the form for unknown types (RFC 3597 s5).
[[nodiscard]] std::string record_text(dns::RecordType type, std::string_view rdata);

}  // namespace parallax::service
