// SPDX-License-Identifier: Apache-2.0
// DNSSEC beyond CAA, records and their retention, names that nobody may certify.
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr Place kControlDnssec[] = {{"2.1.6", "3.2.2.4", day(2025, 7, 21)},
                                    {"2.3.0", "4.2.2.2", day(2026, 9, 7)}};
constexpr Place kDnssecEvidence[] = {{"2.3.0", "4.2.2.2.7", day(2026, 9, 7)}};
constexpr Place kRetention[] = {{"1.8.3", "5.4.3", day(2022, 4, 15)}};
constexpr Place kAttempts[] = {{"2.0.7", "5.4.3", day(2024, 9, 6)}};
constexpr Place kAuditLog[] = {{"2.2.7", "5.4.1", day(2026, 7, 15)}};
constexpr Place kInternalNames[] = {{"1.8.0", "4.2.2", day(2021, 8, 25)}};
constexpr Place kReverseZones[] = {{"2.2.0", "4.2.2", day(2025, 12, 15)}};
constexpr Place kWildcards[] = {{"1.3.0", "3.2.2.6", day(2015, 4, 16)}};

constexpr Phase kPhases[] = {
    {"dnssec.control", Document::tls_br, "SC-085", kControlDnssec, Scope::both, false,
     day(2026, 3, 15), kOpenEnd, Force::must, std::nullopt,
     "Every DNS query of a domain control validation at the Primary Network Perspective is "
     "validated back to the IANA root."},
    {"dnssec.evidence", Document::tls_br, "SC-100", kDnssecEvidence, Scope::tls, false,
     day(2026, 9, 7), kOpenEnd, Force::must, std::nullopt,
     "The CA retains information sufficient to verify that DNSSEC validation is being carried "
     "out."},
    {"dnssec.evidence-smime", Document::tls_br, "SC-100", kDnssecEvidence, Scope::smime, true,
     day(2026, 9, 7), kOpenEnd, Force::must, std::nullopt,
     "The same information is retained for S/MIME."},
    {"evidence.retention", Document::tls_br, "SC-051", kRetention, Scope::both, false,
     day(2022, 4, 15), kOpenEnd, Force::must, 2,
     "Records of a certificate's life are kept at least 2 years beyond its expiry."},
    {"evidence.retention-attempts", Document::tls_br, "SC-067", kAttempts, Scope::both, true,
     day(2025, 3, 15), kOpenEnd, Force::must, 2,
     "Records of attempts that led to no certificate are kept at least 2 years too."},
    {"evidence.validation", Document::tls_br, "SC-099", kAuditLog, Scope::tls, false,
     day(2026, 7, 15), kOpenEnd, Force::must, std::nullopt,
     "Records hold the information validated, the Authorization Domain Name where it differs, and "
     "the method used."},
    {"names.internal", Document::tls_br, "SC-048", kInternalNames, Scope::tls, false,
     day(2021, 8, 25), kOpenEnd, Force::must, std::nullopt,
     "No certificate holds an Internal Name or a reserved IP address."},
    {"names.internal-mailbox", Document::tls_br, "SC-048", kInternalNames, Scope::smime, true,
     day(2021, 8, 25), kOpenEnd, Force::must, std::nullopt,
     "No mailbox whose domain part is an Internal Name is certified."},
    {"names.reverse-zone", Document::tls_br, "SC-086", kReverseZones, Scope::tls, false,
     day(2026, 3, 15), kOpenEnd, Force::must, std::nullopt,
     "No certificate holds a name under in-addr.arpa or ip6.arpa."},
    {"names.reverse-zone-mailbox", Document::tls_br, "SC-086", kReverseZones, Scope::smime, true,
     day(2026, 3, 15), kOpenEnd, Force::must, std::nullopt,
     "No mailbox at a name under in-addr.arpa or ip6.arpa is certified."},
    {"names.wildcard-public-suffix", Document::tls_br, "62", kWildcards, Scope::tls, false,
     day(2012, 7, 1), kOpenEnd, Force::must, std::nullopt,
     "A wildcard directly over a public suffix is refused."},
};

}  // namespace

std::span<const Phase> other_phases() { return kPhases; }

}  // namespace parallax::rules
