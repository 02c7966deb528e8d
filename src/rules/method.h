// SPDX-License-Identifier: Apache-2.0
// The methods by which control is shown: one row each per kind of target, with section, dates and
// what the rules allow with it (TLS BR 3.2.2.4, 3.2.2.5; SBR 3.2.2). Pure data.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "rules/rule.h"

namespace parallax::rules {

enum class ControlMethod {
  dns_change,         // TLS BR 3.2.2.4.7
  acme_dns,           // 3.2.2.4.7 in the form of ACME dns-01 (RFC 8555 s8.4)
  dns_account,        // 3.2.2.4.21
  dns_persistent,     // 3.2.2.4.22; 3.2.2.5.8 for an IP address
  website_change,     // 3.2.2.4.18; 3.2.2.5.1
  acme_http,          // 3.2.2.4.19; 3.2.2.5.6
  acme_tls_alpn,      // 3.2.2.4.20; 3.2.2.5.7
  contact_email_txt,  // 3.2.2.4.14
  contact_email_caa,  // 3.2.2.4.13
  contact_phone_txt,  // 3.2.2.4.16
  contact_phone_caa,  // 3.2.2.4.17
  reverse_lookup,     // 3.2.2.5.3
  ip_address,         // 3.2.2.4.8
  constructed_email,  // 3.2.2.4.4: shown by the caller, no perspective looks
  domain_contact,     // 3.2.2.4.12: likewise
  ip_contact_email,   // 3.2.2.5.2: likewise
  ip_contact_phone,   // 3.2.2.5.5: likewise
  mailbox_email,      // SBR 3.2.2.2: likewise
  mailbox_acme,       // SBR 3.2.2.4, ACME email-reply-00 (RFC 8823): likewise
};
// Stable: in requests, answers, records and metrics. "dns-change", "acme-dns-01", ... Where Open
// MPIC or ACME name the method, as they do.
[[nodiscard]] std::string_view to_string(ControlMethod method);
// Error: malformed; names what is nearest.
[[nodiscard]] Result<ControlMethod> parse_control_method(std::string_view text);
[[nodiscard]] const std::vector<ControlMethod>& control_methods();

// The methods that find a contact in the DNS (TLS BR 3.2.2.4.13, .14, .16, .17): control is shown
// once the contact was written to or called and has confirmed, which nobody but the CA can see.
[[nodiscard]] bool needs_confirmation(ControlMethod method);

// What control is shown of. A mailbox's domain part, and the SMTP FQDN chosen for it (SBR 3.2.2.3),
// are domains; `mailbox` is for the methods that show control of the mailbox itself.
enum class TargetKind { domain, ip_address, mailbox };
[[nodiscard]] std::string_view to_string(TargetKind kind);  // "domain", "ip-address", "mailbox"

enum class MethodStanding {
  not_yet,  // its first day lies ahead
  allowed,
  discouraged,  // SHOULD NOT be used: allowed, marked, may be switched off
  retired,      // MUST NOT be used
};
[[nodiscard]] std::string_view to_string(MethodStanding standing);

// A method for one kind of target, as it stands on one day.
struct MethodRule {
  ControlMethod method = ControlMethod::dns_change;
  TargetKind target = TargetKind::domain;
  // id "dcv.dns-change", document, version, section, ballot, dates, text. Before its first day, as
  // it will stand then.
  Rule rule;
  MethodStanding standing = MethodStanding::allowed;
  std::optional<Date> discouraged_from;  // first day of SHOULD NOT, if one is known
  std::optional<Date> retired_from;      // first day of MUST NOT
  std::string_view retired_by;           // ballot; empty if retired_from is not set
  bool wildcard = false;                 // W: may show control for a wildcard name
  bool prune = false;                    // P: ADN may be an ancestor, down to the Base Domain Name
  bool cname = false;                    // C: ADN may be found by CNAME lookups
  bool onion = false;                    // may be used on onion names
  bool mpic = true;                      // remotes must corroborate
  // Random Values and tokens are valid so long; nullopt where the method has none.
  std::optional<std::chrono::days> token_valid;
  // RFC 8657 s4 labels of the method: the IANA ACME label if it has one, and ca-tbr-N (TLS BR
  // 4.2.2.1.2; CAA does not apply to IP addresses). Empty where the rules name none.
  std::string_view acme_label;
  std::string_view ca_tbr_label;
};

// The row of `method` for `target` on `at`; nullopt if the rules know no such pair.
[[nodiscard]] std::optional<MethodRule> method_rule(ControlMethod method, TargetKind target,
                                                    Date at);

// How long a validation completed by `row` may be reused for a certificate issued on `issued`,
// counted from the earliest data (TLS BR 4.2.1, SBR 4.2.1; requirements differ by scope, `both` is
// the stricter). 0: not beyond the certificate request that it was made for.
[[nodiscard]] std::chrono::days reuse_limit(const MethodRule& row, Scope scope, Date issued);

// The last instant at which a certificate may rest on a validation by `row` whose earliest data is
// of `data`: lawful up to there by the limit of every day on the way, the method's retirement
// included, and not after. Where nothing may be reused, `data` itself.
[[nodiscard]] Instant reuse_until(const MethodRule& row, Scope scope, Instant data);

// The last instant before no certificate may rest on the method any more, however fresh the
// validation; nullopt if no such day is known, and for S/MIME, which outlives the TLS methods.
[[nodiscard]] std::optional<Instant> relied_on_until(const MethodRule& row, Scope scope);

// How long permission to sign lasts where it rests on control alone: IP addresses have no CAA
// (house rule "dcv.window").
[[nodiscard]] std::chrono::hours control_window(Date at);

// How a mailbox's domain is reached: its domain part (SBR 3.2.2.1), or the mail server that RFC
// 5321 s5.1 selects for it (SBR 3.2.2.3). Everything else is by name.
enum class ControlRoute { name, mail_server };

// The ids of the rules that bear on a control check made on `at` for one kind of certificate (tls
// or smime), ordered by id: the method's own, MPIC where remotes must corroborate, the ADN, DNSSEC,
// reuse and evidence. What a record cites; nothing of CAA. Empty for a pair without a row.
[[nodiscard]] std::vector<std::string_view> control_rules(Scope scope, ControlMethod method,
                                                          TargetKind target, Date at,
                                                          ControlRoute route = ControlRoute::name);

}  // namespace parallax::rules
