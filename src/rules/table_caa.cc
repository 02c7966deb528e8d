// SPDX-License-Identifier: Apache-2.0
// CAA: TLS BR 3.2.2.8, since version 2.2.8 4.2.2.1, and SBR 4.2.2.1; DNSSEC at the Primary Network
// Perspective where CAA is looked up.
#include "rules/table.h"

namespace parallax::rules {
namespace {

// Version 2.2.8 took effect when its first SHOULD did (SC-098), 2.3.0 with SC-100.
constexpr Date kMovedToApproval = day(2026, 6, 16);
constexpr Date kMovedToDnssec = day(2026, 9, 7);

constexpr Place kCaa[] = {{"1.4.3", "3.2.2.8", day(2017, 9, 8)},
                          {"2.2.8", "4.2.2.1", kMovedToApproval}};
constexpr Place kCaaSmime[] = {{"1.0.3", "4.2.2.1", day(2024, 2, 20)}};
constexpr Place kCaaParameters[] = {{"2.2.8", "4.2.2.1.2", kMovedToApproval}};
constexpr Place kCaaDnssec[] = {{"2.1.6", "3.2.2.8.1", day(2025, 7, 21)},
                                {"2.2.8", "4.2.2.1.3", kMovedToApproval},
                                {"2.3.0", "4.2.2.2", kMovedToDnssec}};
constexpr Place kCaaDnssecSmime[] = {{"1.0.12", "4.2.2.1.1", day(2026, 3, 15)}};

constexpr Date kMandatory = day(2017, 9, 8);
constexpr Date kSmimeShould = day(2024, 9, 15);
constexpr Date kSmimeShall = day(2025, 3, 15);
constexpr Date kDnssec = day(2026, 3, 15);
constexpr Date kParametersShould = day(2026, 6, 16);
constexpr Date kParametersMust = day(2027, 3, 15);

constexpr Phase tls(std::string_view id, std::optional<int> value, std::string_view text) {
  return {id, Document::tls_br, "187", kCaa, Scope::tls, false, kMandatory, kOpenEnd, Force::must,
          value, text};
}

constexpr Phase smime(std::string_view id, std::optional<int> value, std::string_view text) {
  return {id, Document::sbr, "SMC05", kCaaSmime, Scope::smime, false, kSmimeShould, kOpenEnd,
          Force::must, value, text};
}

constexpr std::string_view kIssuemail =
    "CAA is looked up at the domain part of each mailbox, and only issuemail (RFC 9495) restricts.";
constexpr std::string_view kParameters =
    "The parameters accounturi and validationmethods (RFC 8657) of issue and issuewild are obeyed.";
constexpr std::string_view kNeverPermission =
    "A DNSSEC validation error at the Primary Network Perspective is never permission to issue.";

constexpr Phase kPhases[] = {
    tls("caa.issue", std::nullopt,
        "CAA (RFC 8659) is looked up and obeyed for every dNSName that is no onion name: issue, "
        "and issuewild for wildcards."),
    tls("caa.critical", std::nullopt,
        "A critical property with an unrecognized tag forbids issuance."),
    tls("caa.window", 8,
        "The certificate is issued within the TTL of the CAA record or 8 hours, whichever is "
        "greater."),
    tls("caa.lookup-failure", std::nullopt,
        "A failed lookup may count as permission only if the fault lies outside the CA, the lookup "
        "was retried at least once and the domain is confirmed Insecure (RFC 4035 s4.3)."),
    tls("caa.prevented", std::nullopt,
        "Issuances that CAA prevented are recorded, and should be reported to the iodef contacts."),
    {"caa.issuemail", Document::sbr, "SMC05", kCaaSmime, Scope::smime, false, kSmimeShould,
     kSmimeShall, Force::should, std::nullopt, kIssuemail},
    {"caa.issuemail", Document::sbr, "SMC05", kCaaSmime, Scope::smime, false, kSmimeShall,
     kOpenEnd, Force::must, std::nullopt, kIssuemail},
    smime("caa.window-smime", 8,
          "The certificate is issued within the TTL of the CAA record or 8 hours, whichever is "
          "greater."),
    smime("caa.lookup-failure-smime", std::nullopt,
          "A failed lookup may count as permission only if the fault lies outside the CA, the "
          "lookup was retried at least once and the zone has no DNSSEC chain to the root."),
    smime("caa.prevented-smime", std::nullopt,
          "Issuances that CAA prevented are recorded, all CAA actions are logged, and the iodef "
          "contacts should be told."),
    {"caa.parameters", Document::tls_br, "SC-098", kCaaParameters, Scope::tls, false,
     kParametersShould, kParametersMust, Force::should, std::nullopt, kParameters},
    {"caa.parameters", Document::tls_br, "SC-098", kCaaParameters, Scope::tls, false,
     kParametersMust, kOpenEnd, Force::must, std::nullopt, kParameters},
    {"caa.parameters-issuemail", Document::sbr, "SMC05", kCaaSmime, Scope::smime, true,
     kSmimeShall, kOpenEnd, Force::must, std::nullopt,
     "accounturi and validationmethods are obeyed on issuemail as well."},
    {"caa.parameter-repeated", Document::tls_br, "SC-098", kCaaParameters, Scope::both, true,
     kParametersShould, kOpenEnd, Force::must, std::nullopt,
     "A property that carries accounturi or validationmethods twice is never satisfied."},
    {"caa.window-no-record", Document::tls_br, "187", kCaa, Scope::both, true, kMandatory,
     kOpenEnd, Force::must, 8,
     "Permission that rests on the absence of records lasts 8 hours from the check."},
    {"caa.lookup-failure-climbs", Document::tls_br, "187", kCaa, Scope::both, true, kMandatory,
     kOpenEnd, Force::must, std::nullopt,
     "A failed lookup that counts as permission counts as an empty set: the climb goes on, so "
     "that a parent's prohibition stands."},
    {"dnssec.caa", Document::tls_br, "SC-085", kCaaDnssec, Scope::tls, false, kDnssec, kOpenEnd,
     Force::must, std::nullopt,
     "Every DNS query of a CAA lookup at the Primary Network Perspective is validated back to the "
     "IANA root; no local policy switches that off."},
    {"dnssec.error", Document::tls_br, "SC-085", kCaaDnssec, Scope::tls, false, kDnssec, kOpenEnd,
     Force::must, std::nullopt, kNeverPermission},
    {"dnssec.caa-smime", Document::sbr, "SMC014", kCaaDnssecSmime, Scope::smime, false, kDnssec,
     kOpenEnd, Force::must, std::nullopt,
     "Every DNS query of a CAA lookup at the Primary Network Perspective is validated back to the "
     "IANA root."},
    {"dnssec.error-smime", Document::sbr, "SMC014", kCaaDnssecSmime, Scope::smime, false, kDnssec,
     kOpenEnd, Force::must, std::nullopt, kNeverPermission},
};

}  // namespace

std::span<const Phase> caa_phases() { return kPhases; }

}  // namespace parallax::rules
