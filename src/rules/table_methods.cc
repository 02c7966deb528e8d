// SPDX-License-Identifier: Apache-2.0
// The methods that show control of a domain: TLS BR 3.2.2.4, which the SBR take over (3.2.2.1,
// 3.2.2.3). Dates of the sunsets are those of SC-090.
#include "rules/table.h"

namespace parallax::rules {
namespace {

constexpr Place kConstructedEmail[] = {{"1.5.2", "3.2.2.4.4", day(2017, 10, 19)}};
constexpr Place kDnsChange[] = {{"1.5.2", "3.2.2.4.7", day(2017, 10, 19)}};
constexpr Place kIpAddress[] = {{"1.5.2", "3.2.2.4.8", day(2017, 10, 19)}};
constexpr Place kDomainContact[] = {{"1.5.6", "3.2.2.4.12", day(2018, 3, 9)}};
constexpr Place kEmailCaa[] = {{"1.6.3", "3.2.2.4.13", day(2019, 2, 1)}};
constexpr Place kEmailTxt[] = {{"1.6.3", "3.2.2.4.14", day(2019, 2, 1)}};
constexpr Place kPhoneTxt[] = {{"1.6.4", "3.2.2.4.16", day(2019, 3, 16)}};
constexpr Place kPhoneCaa[] = {{"1.6.6", "3.2.2.4.17", day(2019, 9, 9)}};
constexpr Place kWebsite[] = {{"1.6.8", "3.2.2.4.18", day(2020, 3, 3)}};
constexpr Place kAcmeHttp[] = {{"1.6.8", "3.2.2.4.19", day(2020, 3, 3)}};
constexpr Place kAcmeTlsAlpn[] = {{"1.7.2", "3.2.2.4.20", day(2020, 9, 22)}};
constexpr Place kDnsAccount[] = {{"2.1.4", "3.2.2.4.21", day(2025, 3, 1)}};
constexpr Place kDnsPersistent[] = {{"2.1.9", "3.2.2.4.22", day(2025, 11, 10)}};

constexpr Date kSunsetPublished = day(2026, 1, 12);
constexpr Place kConstructedEmailSunset[] = {{"2.2.2", "3.2.2.4.4", kSunsetPublished}};
constexpr Place kIpAddressSunset[] = {{"2.2.2", "3.2.2.4.8", kSunsetPublished}};
constexpr Place kEmailCaaSunset[] = {{"2.2.2", "3.2.2.4.13", kSunsetPublished}};
constexpr Place kEmailTxtSunset[] = {{"2.2.2", "3.2.2.4.14", kSunsetPublished}};
constexpr Place kPhoneTxtSunset[] = {{"2.2.2", "3.2.2.4.16", kSunsetPublished}};
constexpr Place kPhoneCaaSunset[] = {{"2.2.2", "3.2.2.4.17", kSunsetPublished}};

constexpr Date kDiscouraged = day(2026, 3, 15);
constexpr Date kPhoneRetired = day(2027, 3, 15);
constexpr Date kEmailRetired = day(2028, 3, 15);

// A method from the day its section took effect, until its sunset if it has one.
constexpr Phase allowed(std::string_view id, std::string_view ballot, std::span<const Place> places,
                        std::string_view text, Date until = kOpenEnd) {
  return {id,    Document::tls_br,       ballot, places,      Scope::both,
          false, places.front().since,   until,  Force::must, std::nullopt,
          text,  MethodStanding::allowed};
}

constexpr Phase discouraged(std::string_view id, std::span<const Place> places, Date until,
                            std::string_view text) {
  return {id,
          Document::tls_br,
          "SC-090",
          places,
          Scope::both,
          false,
          kDiscouraged,
          until,
          Force::should,
          std::nullopt,
          text,
          MethodStanding::discouraged};
}

constexpr Phase retired(std::string_view id, std::span<const Place> places, Date from,
                        std::string_view text) {
  return {id,   Document::tls_br, "SC-090",    places,       Scope::both, false,
          from, kOpenEnd,         Force::must, std::nullopt, text,        MethodStanding::retired};
}

constexpr std::string_view kEmailSunsetText =
    "E-mail should no longer show control; from 2028-03-15 no certificate may rest on it.";
constexpr std::string_view kPhoneSunsetText =
    "A telephone call should no longer show control; from 2027-03-15 no certificate may rest on "
    "it.";
constexpr std::string_view kRetiredText =
    "No certificate rests on this method or on what was validated by it earlier.";

constexpr Phase kPhases[] = {
    allowed("dcv.acme-dns", "190", kDnsChange,
            "DNS change in the form of ACME dns-01 (RFC 8555 s8.4): the digest of the key "
            "authorization stands in a TXT record at _acme-challenge."),
    allowed("dcv.acme-http", "SC-025", kAcmeHttp,
            "ACME http-01 (RFC 8555 s8.3): the key authorization is served under "
            "/.well-known/acme-challenge/ with a 2xx status; the token is valid 30 days."),
    allowed("dcv.acme-tls-alpn", "SC-033", kAcmeTlsAlpn,
            "ACME tls-alpn-01 (RFC 8737): a certificate with the digest of the key authorization "
            "is shown under ALPN acme-tls/1 on port 443; the token is valid 30 days."),
    allowed("dcv.constructed-email", "190", kConstructedEmail,
            "A Random Value mailed to admin, administrator, webmaster, hostmaster or postmaster at "
            "the Authorization Domain Name is answered within 30 days.",
            kDiscouraged),
    discouraged("dcv.constructed-email", kConstructedEmailSunset, kEmailRetired, kEmailSunsetText),
    retired("dcv.constructed-email", kConstructedEmailSunset, kEmailRetired, kRetiredText),
    allowed("dcv.contact-email-caa", "SC-013", kEmailCaa,
            "A Random Value mailed to the contactemail of the relevant CAA set is answered within "
            "30 days.",
            kDiscouraged),
    discouraged("dcv.contact-email-caa", kEmailCaaSunset, kEmailRetired, kEmailSunsetText),
    retired("dcv.contact-email-caa", kEmailCaaSunset, kEmailRetired, kRetiredText),
    allowed("dcv.contact-email-txt", "SC-013", kEmailTxt,
            "A Random Value mailed to the address in a TXT record at _validation-contactemail is "
            "answered within 30 days.",
            kDiscouraged),
    discouraged("dcv.contact-email-txt", kEmailTxtSunset, kEmailRetired, kEmailSunsetText),
    retired("dcv.contact-email-txt", kEmailTxtSunset, kEmailRetired, kRetiredText),
    allowed("dcv.contact-phone-caa", "SC-019", kPhoneCaa,
            "The contactphone of the relevant CAA set is called and confirms.", kDiscouraged),
    discouraged("dcv.contact-phone-caa", kPhoneCaaSunset, kPhoneRetired, kPhoneSunsetText),
    retired("dcv.contact-phone-caa", kPhoneCaaSunset, kPhoneRetired, kRetiredText),
    allowed("dcv.contact-phone-txt", "SC-014", kPhoneTxt,
            "The number in a TXT record at _validation-contactphone is called and confirms.",
            kDiscouraged),
    discouraged("dcv.contact-phone-txt", kPhoneTxtSunset, kPhoneRetired, kPhoneSunsetText),
    retired("dcv.contact-phone-txt", kPhoneTxtSunset, kPhoneRetired, kRetiredText),
    allowed("dcv.dns-account", "SC-084", kDnsAccount,
            "ACME dns-account-01 (draft 00): the digest of the key authorization stands in a TXT "
            "record at a label of the account's below _acme-challenge; the token is valid 30 "
            "days."),
    allowed("dcv.dns-change", "190", kDnsChange,
            "A Random Value (valid 30 days) or Request Token stands in a TXT, CNAME or CAA record "
            "at the Authorization Domain Name or at one label below it that begins with an "
            "underscore."),
    allowed("dcv.dns-persistent", "SC-088", kDnsPersistent,
            "A TXT record at _validation-persist names an issuer that the CPS discloses and the "
            "Applicant's account; a remote must see the same accounturi."),
    allowed("dcv.domain-contact", "218", kDomainContact,
            "The Applicant is the Domain Contact; only for a CA that is the registrar of the Base "
            "Domain Name."),
    allowed("dcv.ip-address", "190", kIpAddress,
            "Control of an address to which the name resolves is shown; not for wildcards.",
            kDiscouraged),
    retired("dcv.ip-address", kIpAddressSunset, kDiscouraged, kRetiredText),
    allowed("dcv.website-change", "SC-025", kWebsite,
            "A Random Value (valid 30 days) or Request Token is served under "
            "/.well-known/pki-validation/ with a 2xx status; it is not part of the request."),
};

constexpr std::chrono::days kToken{30};
constexpr auto kDomain = TargetKind::domain;

constexpr MethodRow kMethods[] = {
    {.method = ControlMethod::dns_change,
     .target = kDomain,
     .id = "dcv.dns-change",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-7"},
    {.method = ControlMethod::acme_dns,
     .target = kDomain,
     .id = "dcv.acme-dns",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .acme_label = "dns-01",
     .ca_tbr_label = "ca-tbr-7"},
    {.method = ControlMethod::dns_account,
     .target = kDomain,
     .id = "dcv.dns-account",
     .wildcard = true,
     .prune = true,
     .token_valid = kToken,
     .acme_label = "dns-account-01",
     .ca_tbr_label = "ca-tbr-21"},
    {.method = ControlMethod::dns_persistent,
     .target = kDomain,
     .id = "dcv.dns-persistent",
     .wildcard = true,
     .prune = true,
     .acme_label = "dns-persist-01",
     .ca_tbr_label = "ca-tbr-22"},
    {.method = ControlMethod::website_change,
     .target = kDomain,
     .id = "dcv.website-change",
     .onion = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-18"},
    {.method = ControlMethod::acme_http,
     .target = kDomain,
     .id = "dcv.acme-http",
     .onion = true,
     .token_valid = kToken,
     .acme_label = "http-01",
     .ca_tbr_label = "ca-tbr-19"},
    {.method = ControlMethod::acme_tls_alpn,
     .target = kDomain,
     .id = "dcv.acme-tls-alpn",
     .onion = true,
     .token_valid = kToken,
     .acme_label = "tls-alpn-01",
     .ca_tbr_label = "ca-tbr-20"},
    {.method = ControlMethod::contact_email_txt,
     .target = kDomain,
     .id = "dcv.contact-email-txt",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-14"},
    {.method = ControlMethod::contact_email_caa,
     .target = kDomain,
     .id = "dcv.contact-email-caa",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-13"},
    {.method = ControlMethod::contact_phone_txt,
     .target = kDomain,
     .id = "dcv.contact-phone-txt",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-16"},
    {.method = ControlMethod::contact_phone_caa,
     .target = kDomain,
     .id = "dcv.contact-phone-caa",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-17"},
    {.method = ControlMethod::ip_address,
     .target = kDomain,
     .id = "dcv.ip-address",
     .ca_tbr_label = "ca-tbr-8"},
    {.method = ControlMethod::constructed_email,
     .target = kDomain,
     .id = "dcv.constructed-email",
     .wildcard = true,
     .prune = true,
     .cname = true,
     .mpic = false,
     .token_valid = kToken,
     .ca_tbr_label = "ca-tbr-4"},
    {.method = ControlMethod::domain_contact,
     .target = kDomain,
     .id = "dcv.domain-contact",
     .wildcard = true,
     .prune = true,
     .mpic = false,
     .ca_tbr_label = "ca-tbr-12"},
};

}  // namespace

std::span<const Phase> domain_method_phases() { return kPhases; }
std::span<const MethodRow> domain_methods() { return kMethods; }

}  // namespace parallax::rules
