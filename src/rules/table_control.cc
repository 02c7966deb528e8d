// SPDX-License-Identifier: Apache-2.0
// What holds for control checks whatever the method: the Authorization Domain Name, corroboration,
// reuse, the mail server of a mailbox.
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr Place kAdn[] = {{"2.2.9", "3.2.2.4", day(2026, 8, 6)}};
constexpr Place kCorroboration[] = {{"2.0.7", "3.2.2.9", day(2024, 9, 6)}};
constexpr Place kEmailDnssec[] = {{"2.2.3", "3.2.2.4", day(2026, 2, 16)},
                                  {"2.3.0", "4.2.2.2", day(2026, 9, 7)}};
constexpr Place kControlDnssec[] = {{"2.1.6", "3.2.2.4", day(2025, 7, 21)},
                                    {"2.3.0", "4.2.2.2", day(2026, 9, 7)}};
constexpr Place kDefinitions[] = {{"1.3.8", "1.6.1", day(2016, 8, 5)}};
constexpr Place kRecord[] = {{"1.5.2", "3.2.2.4", day(2017, 10, 19)}};
constexpr Place kRecordSmime[] = {{"1.0.0", "3.2.2", day(2023, 1, 1)}};
constexpr Place kWebsite[] = {{"1.6.8", "3.2.2.4.18", day(2020, 3, 3)}};

constexpr Place kReuse398[] = {{"1.7.5", "4.2.1", day(2021, 6, 2)}};
constexpr Place kReuseSchedule[] = {{"2.1.5", "4.2.1", day(2025, 5, 16)}};
constexpr Place kReusePersistent[] = {{"2.1.9", "3.2.2.4.22", day(2025, 11, 10)}};
constexpr Place kReuseRetired[] = {{"2.2.2", "3.2.2.4", day(2026, 1, 12)}};
constexpr Place kReuseSmime[] = {{"1.0.0", "4.2.1", day(2023, 1, 1)}};
constexpr Place kReuseMailboxAcme[] = {{"1.0.10", "3.2.2.4", day(2025, 7, 2)}};

constexpr Place kWindow[] = {{"1.6.4", "3.2.2.5", day(2019, 3, 16)}};

constexpr Place kMailboxDomain[] = {{"1.0.0", "3.2.2.1", day(2023, 1, 1)}};
constexpr Place kMailServer[] = {{"1.0.0", "3.2.2.3", day(2023, 1, 1)}};

constexpr Date kAdnMust = day(2026, 11, 15);
constexpr Date kMpicStart = day(2025, 3, 15);
constexpr Date kSmimeMpicStart = day(2025, 5, 15);
constexpr Date kDnssec = day(2026, 3, 15);
constexpr Date kSmimeStart = day(2023, 9, 1);
constexpr Date kReuse200 = day(2026, 3, 15);
constexpr Date kReuse100 = day(2027, 3, 15);
constexpr Date kReuse10 = day(2029, 3, 15);

constexpr std::string_view kReuseText =
    "Data and validations of a name or an address are reused for at most so many days before "
    "issuance.";

constexpr Phase reuse(std::string_view ballot, std::span<const Place> places, Date from, Date until,
                      int days) {
  return {"dcv.reuse-tls", Document::tls_br, ballot, places,    Scope::tls, false, from,
          until,           Force::must,      days,   kReuseText};
}

constexpr Phase smime(std::string_view id, std::span<const Place> places, std::optional<int> value,
                      std::string_view text) {
  return {id,          Document::sbr, "SMC01",     places, Scope::smime, false,
          kSmimeStart, kOpenEnd,      Force::must, value,  text};
}

constexpr Phase kPhases[] = {
    {"dcv.adn", Document::tls_br, "SC-101", kAdn, Scope::both, false, day(2026, 8, 6), kAdnMust,
     Force::should, std::nullopt,
     "The Authorization Domain Name is found by the algorithm of each method, CNAME steps before "
     "pruning; until 2026-11-15 the whole of version 2.2.7's may be followed instead."},
    {"dcv.adn", Document::tls_br, "SC-101", kAdn, Scope::both, false, kAdnMust, kOpenEnd,
     Force::must, std::nullopt,
     "The Authorization Domain Name is found by the algorithm of each method: CNAME steps first, "
     "then pruning down to the Base Domain Name; a wildcard takes no CNAME step."},
    {"dcv.corroboration", Document::tls_br, "SC-067", kCorroboration, Scope::both, false,
     kMpicStart, kOpenEnd, Force::must, std::nullopt,
     "A remote corroborates control when it observes the same challenge information as the "
     "primary."},
    {"dcv.dnssec-email", Document::tls_br, "SC-094", kEmailDnssec, Scope::both, false, kDnssec,
     kOpenEnd, Force::must, std::nullopt,
     "For e-mail methods the CNAME, CAA and TXT queries that find the Authorization Domain Name "
     "are validated back to the IANA root; for their other queries that is a SHOULD."},
    {"dcv.dnssec-everywhere", Document::tls_br, "SC-085", kControlDnssec, Scope::both, true,
     kDnssec, kOpenEnd, Force::must, std::nullopt,
     "Queries that select a mail server, and those made for an IP address, are validated like the "
     "others."},
    smime("dcv.mail-server", kMailServer, std::nullopt,
          "Control is shown of the mail server that RFC 5321 s5.1 selects for the mailbox's "
          "domain; a host that is an alias is never used."),
    {"dcv.mail-server-follow", Document::sbr, "SMC010", kMailServer, Scope::smime, true,
     kSmimeMpicStart, kOpenEnd, Force::must, std::nullopt,
     "Remotes check the mail server that the primary selected, and confirm that they could have "
     "selected it too."},
    smime("dcv.mailbox-domain", kMailboxDomain, std::nullopt,
          "Control of the mailbox's domain part is shown by a method of TLS BR 3.2.2.4 that is in "
          "force."),
    {"dcv.random-value", Document::tls_br, "169", kDefinitions, Scope::both, false, day(2017, 3, 1),
     kOpenEnd, Force::must, 112, "A Random Value holds at least so many bits of entropy."},
    {"dcv.record-method", Document::tls_br, "190", kRecord, Scope::tls, false, day(2017, 10, 19),
     kOpenEnd, Force::must, std::nullopt,
     "Records name the method, and the version of the requirements, by which each name was "
     "validated."},
    smime("dcv.record-method-smime", kRecordSmime, std::nullopt,
          "Records name the method, and the version of the TLS BR or SBR, by which each mailbox "
          "was validated."),
    smime("dcv.reuse-mailbox", kReuseSmime, 30,
          "A validation by mail to the mailbox is reused for at most so many days."),
    {"dcv.reuse-mailbox-acme", Document::sbr, "SMC012", kReuseMailboxAcme, Scope::smime, true,
     day(2025, 7, 2), kOpenEnd, Force::must, 0,
     "The SBR name no time: a validation by ACME email-reply-00 serves the certificate request it "
     "was made for."},
    {"dcv.reuse-persistent", Document::tls_br, "SC-088", kReusePersistent, Scope::tls, false,
     day(2025, 11, 10), kOpenEnd, Force::must, 10,
     "A validation by a persistent TXT record is reused for at most so many days."},
    {"dcv.reuse-persistent-smime", Document::tls_br, "SC-088", kReusePersistent, Scope::smime, true,
     day(2025, 11, 10), kOpenEnd, Force::must, 10,
     "A validation by a persistent TXT record is reused for at most so many days for S/MIME too."},
    {"dcv.reuse-retired", Document::tls_br, "SC-090", kReuseRetired, Scope::tls, false, kDnssec,
     kOpenEnd, Force::must, std::nullopt,
     "What was validated by a method is not reused once the method must not be relied on."},
    smime("dcv.reuse-smime", kReuseSmime, 398,
          "A validation of the mailbox's domain or mail server is reused for at most so many days, "
          "also after the TLS BR methods have changed."),
    reuse("SC-042", kReuse398, day(2021, 10, 1), kReuse200, 398),
    reuse("SC-081", kReuseSchedule, kReuse200, kReuse100, 200),
    reuse("SC-081", kReuseSchedule, kReuse100, kReuse10, 100),
    reuse("SC-081", kReuseSchedule, kReuse10, kOpenEnd, 10),
    {"dcv.tls-not-verified", Document::tls_br, "SC-025", kWebsite, Scope::both, true,
     day(2020, 3, 3), kOpenEnd, Force::must, std::nullopt,
     "The rules are silent on certificates of the web servers asked: they are not verified."},
    {"dcv.window", Document::tls_br, "SC-007", kWindow, Scope::tls, true, day(2019, 3, 16),
     kOpenEnd, Force::must, 8,
     "Permission to sign for an IP address, which has no CAA, lasts so many hours; how long its "
     "validation may be reused is another matter."},
};

}  // namespace

std::span<const Phase> control_phases() { return kPhases; }

}  // namespace parallax::rules
