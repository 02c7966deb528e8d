// SPDX-License-Identifier: Apache-2.0
// An order and its answer as values: what comes in at the door and what goes out of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "caa/assess.h"
#include "dcv/adn.h"
#include "dcv/assess.h"
#include "dcv/check.h"
#include "dcv/observation.h"
#include "names/certificate_name.h"
#include "observe/check.h"
#include "rules/method.h"
#include "rules/rule.h"

namespace parallax::orders {

inline constexpr std::size_t kOrderIdSizeMax = 128;
inline constexpr std::size_t kNamesPerOrderMax = 100;
inline constexpr std::size_t kIssuersPerOrderMax = 32;

// How control of one name is to be shown.
struct ControlRequest {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  // None for the methods that the caller carries out itself (e-mail to the mailbox, for one).
  std::optional<dcv::ControlCheck> check{};
  // Of such a method for a domain: the Authorization Domain Name that the caller used, where it is
  // another than the name itself. That of a check stands in the check.
  std::optional<names::DomainName> adn{};
  // Of a method that finds a contact (rules::needs_confirmation), here or behind a PTR: when the
  // contact confirmed the Random Value, by the caller's statement. What perspectives see is only
  // that the contact is published.
  std::optional<Instant> confirmed_at{};
  friend bool operator==(const ControlRequest&, const ControlRequest&) = default;
};

// What a CA asks for. Every name is parsed; `issuers` is never empty.
struct Order {
  std::string id;              // unique per client; [A-Za-z0-9._:-]{1,128}
  std::string client;          // authenticated API client
  std::string request_digest;  // SHA-256 of the canonical request, hex
  bool fresh_id = false;       // made by this server for this request: surely unused
  caa::CertificateType type = caa::CertificateType::smime;
  std::vector<names::CertificateName> names;  // distinct, as asked
  // In parallel with `names`, or empty: control was not asked for.
  std::vector<std::optional<ControlRequest>> controls;
  // Search CAA also for names whose control was not shown.
  bool caa_regardless = false;
  // Of names that control is asked of, nothing but control: the caller asks for CAA in an order of
  // its own (Open MPIC), and the decision is no permission to sign.
  bool control_alone = false;
  std::vector<names::DomainName> issuers;
  std::optional<std::string> account_uri;
  std::optional<std::string> validation_method;  // RFC 8657 label
  std::string trace_id;                          // W3C trace context, carried through; may be empty
  // Open MPIC callers may ask for a subset of the roster; never below the rules' minimum.
  std::optional<unsigned> remote_count;
  std::optional<unsigned> corroborations_required;  // stricter than the rules only
};

enum class Outcome { permitted, refused, undetermined };
[[nodiscard]] std::string_view to_string(Outcome outcome);

// What one perspective contributed to one name's decision.
struct PerspectiveFinding {
  std::string code;
  bool primary = false;
  std::string rir;  // "ARIN" | "RIPE NCC" | "APNIC" | "LACNIC" | "AFRINIC"
  // "corroborated", or the kind of failure: "denied", "lookup-failed", "bogus", "timed-out",
  // "unreachable", "wrong-identity", "bad-signature"; "pending" if not needed any more.
  std::string result;
  std::string message;                                 // one sentence, empty when corroborated
  std::optional<caa::CaaDetermination> determination;  // none if nothing usable came back
  std::optional<caa::CaaObservation> observation;
  // The same of a control check, instead.
  std::optional<dcv::ControlDetermination> control;
  std::optional<dcv::ControlObservation> control_seen;
  std::chrono::milliseconds elapsed{0};
};

// What showing control of one name came to.
struct ControlDecision {
  rules::MethodRule method;  // as it stood on the day
  // 3.2.2.5.3: by what control of the name is shown that the address's PTR points to.
  std::optional<rules::MethodRule> name_method{};
  Outcome outcome = Outcome::undetermined;
  std::string reason{};  // a ControlReason, "quorum-not-met", "primary-unavailable",
                         // "shown-by-caller", "contact-unconfirmed"
  std::string explanation{};
  // As the caller states it; see ControlRequest.
  std::optional<Instant> confirmed_at{};
  // From the name applied for to the ADN, and how; of IP addresses, the name that the PTR points to
  // (3.2.2.5.3) or nothing; of a mail server, that alone.
  dcv::AdnDerivation derivation{};
  // SBR 3.2.2.3: what the primary selected, among how many of the same preference by its own
  // account, and which these were by the MX records that it saw.
  std::optional<names::DomainName> smtp_host{};
  unsigned equal_preference = 0;
  std::vector<names::DomainName> mail_servers{};
  std::optional<dcv::ControlDetermination> primary{};
  std::string quorum{};  // "4/5"; empty where the Primary alone checks
  unsigned corroborated = 0;
  unsigned remotes_used = 0;
  std::vector<std::string> rirs{};
  // Why no remote was asked: the clause; empty where they were.
  std::string without_remotes{};
  // Last instant at which this validation may be reused, if it shows control.
  std::optional<Instant> reuse_until{};
  std::vector<PerspectiveFinding> perspectives{};  // primary first
};

// Whether CAA is part of a name's decision.
enum class CaaPart {
  checked,
  not_asked,       // control was not shown
  not_applicable,  // IP addresses and onion names have no CAA
};
[[nodiscard]] std::string_view to_string(CaaPart part);  // "checked", "not-asked", ...

struct NameDecision {
  names::CertificateName name;
  Outcome outcome = Outcome::undetermined;
  // Stable code: a CaaReason, "quorum-not-met", or the reason of `control` if that decided.
  std::string reason{};
  std::string explanation{};                 // for people
  std::optional<ControlDecision> control{};  // if it was asked for
  CaaPart caa = CaaPart::checked;
  // From here to `rirs`: the CAA search. The Primary Network Perspective's determination.
  caa::CaaDetermination primary{};
  std::optional<Instant> permission_expires{};  // only when permitted
  std::string quorum{};                         // "4/5": remotes that corroborated / remotes used
  unsigned corroborated = 0;
  unsigned remotes_used = 0;
  std::vector<std::string> rirs{};   // regions among the corroborating remotes
  std::vector<std::string> rules{};  // ids of the rules applied
  // The rule that the outcome rests on, as it stood on the day: with its document and section.
  std::optional<rules::Rule> decided_by{};
  std::vector<PerspectiveFinding> perspectives{};  // primary first
};

struct Decision {
  std::string order_id;
  Outcome outcome = Outcome::undetermined;  // the worst over the names
  std::vector<NameDecision> names;
  std::optional<Instant> permission_expires;  // the earliest over the names, if permitted
  Instant received{};
  Instant decided{};
  std::uint64_t evidence_index = 0;
  std::string leaf_hash{};  // of the record, hex
  std::string permit{};     // JWS; empty unless the whole order is permitted and permits are made
  bool lab = false;
};

}  // namespace parallax::orders
