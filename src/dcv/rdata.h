// SPDX-License-Identifier: Apache-2.0
// RDATA as the methods compare it, and the reverse zone name of an address. Pure, total over any
// octets: what a perspective reports is foreign input.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "names/domain_name.h"
#include "names/ip_address.h"

namespace parallax::dcv {

// The text of one TXT record: its character-strings, joined without anything between them
// (RFC 1035 s3.3.14). Error: malformed (no character-string, or one that ends past the RDATA).
[[nodiscard]] Result<std::string> txt_text(std::string_view rdata);

// The name that is the whole RDATA of a CNAME or PTR record, uncompressed: lower-case presentation
// form without trailing dot, "." for the root. Octets that a host name or an underscored label
// cannot hold are escaped (RFC 1035 s5.1), so that no such name equals a DomainName. Error:
// malformed (cut short, surplus octets, compressed, longer than 255 octets).
[[nodiscard]] Result<std::string> name_text(std::string_view rdata);

// The name of the address in in-addr.arpa (RFC 1035 s3.5) or ip6.arpa (RFC 3596 s2.5).
[[nodiscard]] names::DomainName reverse_name(const names::IpAddress& address);

}  // namespace parallax::dcv
