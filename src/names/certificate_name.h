// SPDX-License-Identifier: Apache-2.0
// A name of a certificate request, and whether the rules let anybody certify it at all.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "names/domain_name.h"
#include "names/ip_address.h"
#include "names/mailbox_address.h"
#include "names/public_suffix.h"

namespace parallax::names {

using CertificateName = std::variant<DomainName, WildcardName, MailboxAddress, IpAddress>;

// The canonical text of whichever name it is.
[[nodiscard]] std::string text_of(const CertificateName& name);

// What a domain name is besides being well formed. The order is that of the checks.
enum class DomainClass {
  ordinary,
  single_label,  // no dot: an Internal Name unless it is a top-level domain
  reverse_zone,  // under in-addr.arpa or ip6.arpa (TLS BR 4.2.2)
  onion,         // under .onion: exempt from CAA, Tor only (TLS BR Appendix B)
  special_use,   // RFC 6761 names that no top-level domain delegates: localhost, local, ...
};
[[nodiscard]] DomainClass classify(const DomainName& name);

// Refusals that need no lookup, each as an Error{forbidden} whose sentence names the rule and
// whose context has "rule": reverse-zone names and single labels / special-use names (Internal
// Names, TLS BR 4.2.2; a house rule for mailboxes), a wildcard directly over a public suffix
// (TLS BR 3.2.2.6), special-purpose IP addresses (TLS BR 4.2.2). Onion names pass: whether CAA or
// a method applies is decided elsewhere.
[[nodiscard]] Status check_certifiable(const CertificateName& name,
                                       const PublicSuffixList& suffixes);

// The domain that CAA is searched for: the name itself, a wildcard's base, a mailbox's domain part
// (requirements of RFC 8659 s3, SBR 4.2.2.1). Error: unsupported for IP addresses and onion names,
// for which CAA does not exist.
[[nodiscard]] Result<DomainName> caa_domain(const CertificateName& name);

}  // namespace parallax::names
