// SPDX-License-Identifier: Apache-2.0
// The methods that show control of an IP address (TLS BR 3.2.2.5) and of a mailbox itself (SBR
// 3.2.2.2, 3.2.2.4).
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr Date kIpMethods = day(2019, 3, 16);
constexpr Place kWebsite[] = {{"1.6.4", "3.2.2.5.1", kIpMethods}};
constexpr Place kContactEmail[] = {{"1.6.4", "3.2.2.5.2", kIpMethods}};
constexpr Place kReverse[] = {{"1.6.4", "3.2.2.5.3", kIpMethods}};
constexpr Place kContactPhone[] = {{"1.6.4", "3.2.2.5.5", kIpMethods}};
constexpr Place kAcmeHttp[] = {{"1.6.4", "3.2.2.5.6", kIpMethods}};
constexpr Place kAcmeTlsAlpn[] = {{"1.6.4", "3.2.2.5.7", kIpMethods}};
constexpr Place kPersistent[] = {{"2.2.1", "3.2.2.5.8", day(2025, 12, 16)}};

constexpr Place kReverseSunset[] = {{"2.2.1", "3.2.2.5.3", day(2025, 12, 16)}};
constexpr Place kContactEmailSunset[] = {{"2.2.2", "3.2.2.5.2", day(2026, 1, 12)}};
constexpr Place kContactPhoneSunset[] = {{"2.2.2", "3.2.2.5.5", day(2026, 1, 12)}};

constexpr Place kMailboxEmail[] = {{"1.0.0", "3.2.2.2", day(2023, 1, 1)}};
constexpr Place kMailboxAcme[] = {{"1.0.10", "3.2.2.4", day(2025, 7, 2)}};

constexpr Date kDiscouraged = day(2026, 3, 15);
constexpr Date kRetired = day(2027, 3, 15);
constexpr Date kSmimeStart = day(2023, 9, 1);

constexpr Phase phase(std::string_view id, std::string_view ballot, std::span<const Place> places,
                      Date from, Date until, MethodStanding standing, std::string_view text) {
  const Force force = standing == MethodStanding::discouraged ? Force::should : Force::must;
  return {id,    Document::tls_br, ballot, places,  Scope::tls, false, from, until,
          force, std::nullopt,     text,   standing};
}

constexpr Phase allowed(std::string_view id, std::string_view ballot, std::span<const Place> places,
                        std::string_view text, Date until = kOpenEnd) {
  return phase(id, ballot, places, places.front().since, until, MethodStanding::allowed, text);
}

constexpr Phase discouraged(std::string_view id, std::span<const Place> places,
                            std::string_view text) {
  return phase(id, "SC-090", places, kDiscouraged, kRetired, MethodStanding::discouraged, text);
}

constexpr Phase retired(std::string_view id, std::string_view ballot,
                        std::span<const Place> places) {
  return phase(id, ballot, places, kRetired, kOpenEnd, MethodStanding::retired,
               "No certificate rests on this method or on what was validated by it earlier.");
}

constexpr Phase mailbox(std::string_view id, std::string_view ballot, std::span<const Place> places,
                        Date from, std::string_view text) {
  return {id,   Document::sbr, ballot,      places,       Scope::smime, false,
          from, kOpenEnd,      Force::must, std::nullopt, text};
}

constexpr Phase kPhases[] = {
    allowed("dcv.acme-http-ip", "SC-007", kAcmeHttp, "ACME http-01 for an IP address (RFC 8738)."),
    allowed("dcv.acme-tls-alpn-ip", "SC-007", kAcmeTlsAlpn,
            "ACME tls-alpn-01 for an IP address (RFC 8738): the server name sent is the address's "
            "reverse name."),
    allowed("dcv.dns-persistent-ip", "SC-091", kPersistent,
            "A TXT record at _ip-validation-persist in the address's reverse zone names an issuer "
            "that the CPS discloses and the Applicant's account."),
    allowed("dcv.ip-contact-email", "SC-007", kContactEmail,
            "A Random Value sent to the IP Address Contact by e-mail, fax, SMS or post is answered "
            "within 30 days.",
            kDiscouraged),
    discouraged("dcv.ip-contact-email", kContactEmailSunset,
                "Messages to the IP Address Contact should no longer show control; from 2027-03-15 "
                "no certificate may rest on them."),
    retired("dcv.ip-contact-email", "SC-090", kContactEmailSunset),
    allowed("dcv.ip-contact-phone", "SC-007", kContactPhone,
            "The IP Address Contact is called and confirms.", kDiscouraged),
    discouraged("dcv.ip-contact-phone", kContactPhoneSunset,
                "A telephone call to the IP Address Contact should no longer show control; from "
                "2027-03-15 no certificate may rest on it."),
    retired("dcv.ip-contact-phone", "SC-090", kContactPhoneSunset),
    mailbox("dcv.mailbox-acme", "SMC012", kMailboxAcme, day(2025, 7, 2),
            "ACME email-reply-00 (RFC 8823): both parts of the token return from the mailbox "
            "within 24 hours; a Random Value serves one certificate request."),
    mailbox("dcv.mailbox-email", "SMC01", kMailboxEmail, kSmimeStart,
            "A Random Value mailed to the mailbox alone, another in each mail, is answered within "
            "24 hours."),
    allowed("dcv.reverse-lookup", "SC-007", kReverse,
            "The address's PTR names a domain, and control of that very domain is shown.",
            kRetired),
    retired("dcv.reverse-lookup", "SC-091", kReverseSunset),
    allowed("dcv.website-change-ip", "SC-007", kWebsite,
            "A Random Value (valid 30 days) or Request Token is served on the address under "
            "/.well-known/pki-validation/ or another path registered for it; it is not part of the "
            "request."),
};

constexpr std::chrono::days kToken{30};
constexpr std::chrono::days kMailToken{1};  // 24 hours
constexpr auto kIp = TargetKind::ip_address;

constexpr MethodRow kMethods[] = {
    {.method = ControlMethod::dns_persistent, .target = kIp, .id = "dcv.dns-persistent-ip"},
    {.method = ControlMethod::website_change,
     .target = kIp,
     .id = "dcv.website-change-ip",
     .token_valid = kToken},
    {.method = ControlMethod::acme_http,
     .target = kIp,
     .id = "dcv.acme-http-ip",
     .acme_label = "http-01"},
    {.method = ControlMethod::acme_tls_alpn,
     .target = kIp,
     .id = "dcv.acme-tls-alpn-ip",
     .acme_label = "tls-alpn-01"},
    {.method = ControlMethod::reverse_lookup, .target = kIp, .id = "dcv.reverse-lookup"},
    {.method = ControlMethod::ip_contact_email,
     .target = kIp,
     .id = "dcv.ip-contact-email",
     .mpic = false,
     .token_valid = kToken},
    {.method = ControlMethod::ip_contact_phone,
     .target = kIp,
     .id = "dcv.ip-contact-phone",
     .mpic = false,
     .token_valid = kToken},
    {.method = ControlMethod::mailbox_email,
     .target = TargetKind::mailbox,
     .id = "dcv.mailbox-email",
     .mpic = false,
     .token_valid = kMailToken},
    {.method = ControlMethod::mailbox_acme,
     .target = TargetKind::mailbox,
     .id = "dcv.mailbox-acme",
     .mpic = false,
     .token_valid = kMailToken,
     .acme_label = "email-reply-00"},
};

}  // namespace

std::span<const Phase> ip_and_mailbox_method_phases() { return kPhases; }
std::span<const MethodRow> ip_and_mailbox_methods() { return kMethods; }

}  // namespace parallax::rules
