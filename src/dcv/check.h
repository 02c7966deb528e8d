// SPDX-License-Identifier: Apache-2.0
// What a perspective is asked to look for: a method, a target and the challenge information, parsed
// once. The same value travels to every perspective of an attempt.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "dns/record.h"
#include "names/domain_name.h"
#include "names/ip_address.h"
#include "rules/method.h"

namespace parallax::dcv {

inline constexpr std::size_t kChallengeSizeMax = 4096;  // octets of an expected value
inline constexpr std::size_t kPathSizeMax = 512;        // of an HTTP token path
inline constexpr std::size_t kPatternSizeMax = 512;     // of a regular expression
inline constexpr std::size_t kHeadersMax = 8;           // extra request headers
inline constexpr std::size_t kHeaderSizeMax = 256;      // octets of a header's name, of its value
inline constexpr std::size_t kPersistentIssuersMax = 32;
inline constexpr std::size_t kPersistentKeysMax = 8;

// A value in the DNS, at the target or at one label below it (methods dns_change, acme_dns,
// dns_account).
struct DnsValue {
  dns::RecordType type = dns::RecordType::txt;  // txt, cname or caa
  // Labels in front of the target, without trailing dot; empty: the target itself. dns_change: one
  // label that begins with "_"; acme_dns: "_acme-challenge"; dns_account:
  // "_<base32>._acme-challenge".
  std::string prefix{};
  std::string value{};
  bool whole = true;       // false: the value may be part of a longer string
  bool exact_case = true;  // TXT; names always compare as names
  friend bool operator==(const DnsValue&, const DnsValue&) = default;
};

// How the account URI stands in a persistent record: as it is (TLS BR 3.2.2.4.22), or hashed with
// the account's key and the domain (draft-ietf-acme-dns-persist-02 s4.1).
enum class PersistentForm { plain, hashed };

// Persistent TXT: any of the issuer names, with this very account (3.2.2.4.22, 3.2.2.5.8).
struct PersistentValue {
  std::vector<names::DomainName> issuers;  // never empty
  std::string account_uri;
  PersistentForm form = PersistentForm::plain;
  // `hashed` needs both, `plain` has neither: the CA's accountHashPrefix, and the JWK thumbprints
  // (RFC 7638; unpadded base64url) of the account's keys, the current one first.
  std::string account_hash_prefix{};
  std::vector<std::string> key_thumbprints{};  // at most kPersistentKeysMax
  // `hashed` alone: control is for a wildcard name, so the record must say policy=wildcard (draft
  // s6). The TLS BR know no such parameter and let `plain` serve wildcards as it is.
  bool wildcard = false;
  friend bool operator==(const PersistentValue&, const PersistentValue&) = default;
};

// Contact published in the DNS (TLS BR Appendix A): the whole record is the contact.
struct ContactValue {
  std::string contact;  // mailbox or phone number as the CA means to use it
  friend bool operator==(const ContactValue&, const ContactValue&) = default;
};

enum class Scheme { http, https };

// A document on the target's web server.
struct HttpValue {
  Scheme scheme = Scheme::http;
  // Absolute, under /.well-known/pki-validation/ or /.well-known/acme-challenge/; no "..", no
  // query.
  std::string path{};
  std::string value{};  // http-01: the key authorization, alone; website_change: must appear
  std::optional<std::string> pattern{};  // RE2, website_change only; must match beside the value
  std::vector<std::pair<std::string, std::string>> headers{};  // allow list, no CR or LF
  friend bool operator==(const HttpValue&, const HttpValue&) = default;
};

// The acmeIdentifier extension of a certificate shown under ALPN "acme-tls/1" (RFC 8737 s3).
struct TlsAlpnValue {
  std::string digest;  // 32 octets: SHA-256 of the key authorization
  friend bool operator==(const TlsAlpnValue&, const TlsAlpnValue&) = default;
};

// How control of a name is shown, where another method has led to that name.
struct NameControl {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  std::variant<DnsValue, PersistentValue, ContactValue, HttpValue, TlsAlpnValue> challenge;
  friend bool operator==(const NameControl&, const NameControl&) = default;
};

// The name to which the address's PTR must point (3.2.2.5.3); there may be others beside it.
struct ReverseValue {
  names::DomainName name;
  // Looked for at exactly that name once the PTR leads there. Without it the address is not shown
  // to be controlled: that the PTR points there is half of the method.
  std::optional<NameControl> control{};
  friend bool operator==(const ReverseValue&, const ReverseValue&) = default;
};

using Challenge =
    std::variant<DnsValue, PersistentValue, ContactValue, HttpValue, TlsAlpnValue, ReverseValue>;

using Target = std::variant<names::DomainName, names::IpAddress>;
[[nodiscard]] std::string text_of(const Target& target);

// SBR 3.2.2.3: the target is the SMTP FQDN of a mail domain. The primary is asked without
// `smtp_host` and selects it; the remotes are asked with the primary's selection.
struct MailServerOf {
  names::DomainName mail_domain;
  std::optional<names::DomainName> smtp_host;
  friend bool operator==(const MailServerOf&, const MailServerOf&) = default;
};

struct ControlCheck {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  // The name or address applied for (a wildcard's base; a mailbox's domain part).
  Target applied_for;
  // The Authorization Domain Name the caller fixed; without it, the name applied for.
  std::optional<names::DomainName> adn;
  std::optional<MailServerOf> mail_server;
  // The way from the name to the ADN leads over CNAMEs (see adn.h): the perspective follows them
  // until it stands at or below the ADN. Never for a wildcard.
  bool follow_cnames = false;
  Challenge challenge;
  friend bool operator==(const ControlCheck&, const ControlCheck&) = default;
};

// 3.2.2.5.3: the check of the name that the PTR points to, a method of 3.2.2.4 at that very name,
// without pruning or CNAME steps; nullopt for every other check.
[[nodiscard]] std::optional<ControlCheck> check_of_pointed_name(const ControlCheck& check);

// The persistent value that is looked for, at the target or at the name its PTR points to; null if
// none is. Borrowed from the check.
[[nodiscard]] const PersistentValue* persistent_value(const ControlCheck& check);

// Holds a check against its method: the challenge is of the method's kind and complete, prefix,
// path, headers and pattern are what the method allows, values bear enough entropy to be a Random
// Value where they may be one (112 bits in their alphabet), the target is of a kind the method has
// a row for and no reserved address unless `lab`, the method is one that a perspective can look for
// and that the rules know on `at`; one that SHOULD NOT be used passes. The way to the ADN is not
// judged here (adn.h). Errors: malformed, unsupported, forbidden; the context names the field
// ("field": "method", "applied_for", "adn", "mail_server", "follow_cnames", "challenge" or
// "challenge.<member>" as in the JSON; "control." in front of what is about the name that a PTR
// points to) and the rule ("rule").
[[nodiscard]] Status validate(const ControlCheck& check, Date at, bool lab);

// Whether the challenge is of the kind that the method looks for. A check that came from elsewhere
// is held against this before a method sees it.
[[nodiscard]] bool challenge_fits(const ControlCheck& check);

// JSON of a check and back; exact inverses. Used between coordinator and perspectives.
// Errors: malformed, with the JSON pointer.
[[nodiscard]] boost::json::value to_json(const ControlCheck& check);
[[nodiscard]] Result<ControlCheck> control_check_from_json(const boost::json::value& value,
                                                           std::string pointer);

}  // namespace parallax::dcv
