// SPDX-License-Identifier: Apache-2.0
// Multi-Perspective Issuance Corroboration: TLS BR 3.2.2.9 (ballot SC-067) and what S/MIME takes
// over from it (SBR 4.2.2.2, ballot SMC010).
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr Place kCorroboration[] = {{"2.0.7", "3.2.2.9", day(2024, 9, 6)}};
constexpr Place kCorroborationSmime[] = {{"1.0.8", "4.2.2.2", day(2024, 12, 22)}};
constexpr Place kAuditLog[] = {{"2.0.7", "5.4.1", day(2024, 9, 6)}};

// The dates of the phased implementation timeline.
constexpr Date kStart = day(2025, 3, 15);
constexpr Date kSmimeStart = day(2025, 5, 15);
constexpr Date kEnforced = day(2025, 9, 15);
constexpr Date kThree = day(2026, 3, 15);
constexpr Date kFour = day(2026, 6, 15);
constexpr Date kFive = day(2026, 12, 15);

constexpr Phase remotes(Date from, Date until, int count, std::string_view text) {
  return {"mpic.remotes-minimum", Document::tls_br, "SC-067", kCorroboration, Scope::both, false,
          from, until, Force::must, count, text};
}

// A rule of 3.2.2.9 that holds from the first phase on.
constexpr Phase standing(std::string_view id, std::optional<int> value, std::string_view text) {
  return {id, Document::tls_br, "SC-067", kCorroboration, Scope::both, false, kStart, kOpenEnd,
          Force::must, value, text};
}

constexpr Phase house(std::string_view id, std::string_view text) {
  return {id, Document::tls_br, "SC-067", kCorroboration, Scope::both, true, kStart, kOpenEnd,
          Force::must, std::nullopt, text};
}

constexpr std::string_view kQuorum =
    "Of 2 to 5 remotes used at most 1 may fail to corroborate, of 6 or more at most 2; silence, "
    "errors and timeouts are non-corroborations.";

constexpr Phase kPhases[] = {
    remotes(kStart, kEnforced, 2,
            "At least 2 remote Network Perspectives are used; advisory, since issuance may go on "
            "when the quorum is missed."),
    remotes(kEnforced, kThree, 2, "At least 2 remote Network Perspectives are used."),
    remotes(kThree, kFour, 3, "At least 3 remote Network Perspectives are used."),
    remotes(kFour, kFive, 4, "At least 4 remote Network Perspectives are used."),
    remotes(kFive, kOpenEnd, 5, "At least 5 remote Network Perspectives are used."),
    {"mpic.non-corroborations", Document::tls_br, "SC-067", kCorroboration, Scope::both, false,
     kStart, kEnforced, Force::should, std::nullopt, kQuorum},
    {"mpic.non-corroborations", Document::tls_br, "SC-067", kCorroboration, Scope::both, false,
     kEnforced, kOpenEnd, Force::must, std::nullopt, kQuorum},
    {"mpic.rir-regions", Document::tls_br, "SC-067", kCorroboration, Scope::both, false, kThree,
     kOpenEnd, Force::must, 2,
     "The remotes that corroborate lie in the service regions of at least 2 Regional Internet "
     "Registries; the primary's region does not count."},
    standing("mpic.primary", std::nullopt,
             "The Primary Network Perspective makes the determination; remotes corroborate it and "
             "never override it."),
    standing("mpic.distance-minimum", 500,
             "A remote lies at least 500 km in a straight line from the primary and from every "
             "other remote of the quorum."),
    standing("mpic.resolver-distance", 500,
             "Any two DNS resolvers used on one attempt, the primary's included, lie at least "
             "500 km apart."),
    standing("mpic.resolver-region", std::nullopt,
             "A perspective's DNS resolver lies in the same Regional Internet Registry's service "
             "region as the perspective."),
    standing("mpic.no-shared-results", std::nullopt,
             "Nothing learned at one perspective is reused or cached for another."),
    standing("mpic.channel", std::nullopt,
             "Remotes and the CA talk over an authenticated and encrypted channel of modern make."),
    standing("mpic.retry-from-nothing", std::nullopt,
             "Corroborations of an earlier attempt do not count in a retry."),
    standing("mpic.caa-corroboration", std::nullopt,
             "A remote corroborates CAA when its own answer is permission to issue; its records "
             "need not equal the primary's."),
    {"mpic.smime", Document::sbr, "SMC010", kCorroborationSmime, Scope::smime, false, kStart,
     kSmimeStart, Force::should, std::nullopt,
     "S/MIME CAs implement TLS BR 3.2.2.9 in its current version."},
    {"mpic.smime", Document::sbr, "SMC010", kCorroborationSmime, Scope::smime, false, kSmimeStart,
     kOpenEnd, Force::must, std::nullopt,
     "S/MIME CAs implement TLS BR 3.2.2.9 in its current version."},
    {"mpic.records", Document::tls_br, "SC-067", kAuditLog, Scope::tls, false, kStart, kOpenEnd,
     Force::must, std::nullopt,
     "Each attempt is logged: per perspective an identifier, the name and the result; per name "
     "the quorum, 3/4 meaning that three of four remotes corroborated."},
    {"mpic.records-smime", Document::tls_br, "SC-067", kAuditLog, Scope::smime, true, kStart,
     kOpenEnd, Force::must, std::nullopt,
     "The SBR name no such log items; those of TLS BR 5.4.1 are kept for S/MIME too."},
    house("mpic.distance-reading",
          "A straight line is the chord through the Earth, the smaller of the two readings."),
    house("mpic.fixed-set",
          "The remotes of an attempt are fixed before it starts; none is added to gain a second "
          "allowed non-corroboration."),
    house("mpic.bogus-remote",
          "An answer that fails DNSSEC validation at a remote is a non-corroboration."),
};

}  // namespace

std::span<const Phase> mpic_phases() { return kPhases; }

}  // namespace parallax::rules
