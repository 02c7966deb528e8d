// SPDX-License-Identifier: Apache-2.0
// A name as a caller writes it, turned into a typed name that can be checked.
#pragma once

#include <string_view>

#include "base/result.h"
#include "caa/assess.h"
#include "names/certificate_name.h"
#include "names/public_suffix.h"

namespace parallax::service {

// What holds `@` is a mailbox (S/MIME only), what begins with `*.` a wildcard (TLS only), what
// reads as an IP address is one (and has no CAA), the rest is a domain name: in a TLS order the
// name itself, in an S/MIME order the domain part of whichever mailboxes there are at it.
// Errors: malformed (grammar, or a kind that the type cannot hold), unsupported (IP addresses and
// onion names: CAA does not exist for them), forbidden with "rule" (names::check_certifiable).
[[nodiscard]] Result<names::CertificateName> parse_requested_name(
    std::string_view text, caa::CertificateType type, const names::PublicSuffixList& suffixes);

// The same of a name that control is asked of: in a TLS order also an IP address, whatever it is
// for (planning refuses special-purpose addresses, outside the lab).
[[nodiscard]] Result<names::CertificateName> parse_controlled_name(
    std::string_view text, caa::CertificateType type, const names::PublicSuffixList& suffixes);

}  // namespace parallax::service
