// SPDX-License-Identifier: Apache-2.0
// The names inside what is about to be signed: a PKCS#10 request (RFC 2986), a certificate or its
// to-be-signed part (RFC 5280), in DER or PEM.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "permit/permit.h"

namespace parallax::permit {

inline constexpr std::size_t kRequestSizeMax = std::size_t{1024} * 1024;

// Every name that the permit must cover, as canonical text: dNSName, iPAddress, rfc822Name and
// SmtpUTF8Mailbox (RFC 9598) of the subjectAltName; emailAddress of the subject; its commonName
// where that is a name (a mailbox; for TLS whatever it is); and the permitted subtrees of a name
// constraint, without leading dot. directoryName and other kinds of otherName say nothing that a
// permit covers. Other kinds of names, names that do not parse and extensions that stand twice are
// refused: nobody knows what they would certify.
// Errors: malformed (not DER or PEM of these, or no name in it), forbidden (a name that no permit
// can cover).
[[nodiscard]] Result<NameSet> requested_names(std::string_view octets,
                                              std::string_view certificate_type);

}  // namespace parallax::permit
