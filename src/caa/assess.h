// SPDX-License-Identifier: Apache-2.0
// From what was seen to whether it permits: a pure function (RFC 8659 s4, RFC 9495, RFC 8657,
// TLS BR 4.2.2.1, SBR 4.2.2.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "caa/observation.h"
#include "caa/property.h"
#include "names/domain_name.h"

namespace parallax::caa {

enum class CertificateType { tls_server, smime };
[[nodiscard]] std::string_view to_string(CertificateType type);  // "tls", "smime"
[[nodiscard]] Result<CertificateType> parse_certificate_type(std::string_view text);

// Who wants to issue what, against which the facts are held.
struct CaaQuestion {
  CertificateType type = CertificateType::smime;
  bool wildcard = false;                         // TLS only
  std::vector<names::DomainName> issuers;        // the CA's issuer domain names; never empty
  std::optional<std::string> account_uri;        // RFC 8657 s3
  std::optional<std::string> validation_method;  // RFC 8657 s4 label that validated this name
};

struct AssessmentSettings {
  // TLS BR 4.2.2.1: a lookup failure may count as permission if the name is proved Insecure and
  // the lookup was retried. Off unless the operator turned it on.
  bool permit_insecure_lookup_failure = false;
  // Deviates knowingly from RFC 8659: flag bit value 1 treated as critical too.
  bool flag_one_is_critical = false;
};

enum class CaaOutcome { permitted, prohibited, undetermined };
[[nodiscard]] std::string_view to_string(CaaOutcome outcome);

// Why. The text form is stable: it is in answers, records and metrics.
enum class CaaReason {
  no_caa_records,            // permitted: the climb found no set
  no_restricting_property,   // permitted: the relevant set says nothing about this kind
  issuer_authorized,         // permitted
  insecure_lookup_failure,   // permitted: failed, retried, proved Insecure, and turned on
  issuer_not_authorized,     // prohibited: restricting properties name others
  issuance_forbidden,        // prohibited: only empty or malformed values (";")
  parameters_not_satisfied,  // prohibited: issuer named, accounturi or validationmethods differ
  critical_property,         // prohibited: unknown or unsupported tag marked critical
  malformed_record,          // prohibited: RDATA that does not parse
  internal_name,             // prohibited: the top-level domain provably does not exist
  lookup_failed,             // undetermined
  lookup_timed_out,          // undetermined
  bogus,                     // undetermined: DNSSEC validation failed
};
[[nodiscard]] std::string_view to_string(CaaReason reason);  // "no-caa-records", ...
[[nodiscard]] Result<CaaReason> parse_caa_reason(std::string_view text);

struct CaaDetermination {
  CaaOutcome outcome = CaaOutcome::undetermined;
  CaaReason reason = CaaReason::lookup_failed;
  // One or two sentences for people; names the record that would change the outcome.
  std::string explanation;
  std::optional<names::DomainName> found_at;  // where the relevant set was found
  std::vector<Property> records;              // the relevant set
  std::uint32_t ttl_s = 0;                    // of the relevant set
  // How long permission lasts from the check: max(TTL, 8 h); 8 h without records (house rule).
  // Zero unless permitted.
  std::chrono::seconds permission_window{0};
  // Weakest verdict over the lookups that decided: bogus, indeterminate, insecure, secure.
  dns::Verdict verdict = dns::Verdict::indeterminate;
  std::vector<std::string> iodef;  // report targets found in the relevant set
};

// Judges one perspective's facts. `observation.lookups` may be incomplete or out of order if a
// remote lies: a climb with a gap, a foreign name or a missing top-level domain (when no set was
// found) is undetermined/lookup_failed, never permitted.
[[nodiscard]] CaaDetermination assess(const CaaObservation& observation,
                                      const CaaQuestion& question,
                                      const AssessmentSettings& settings);

}  // namespace parallax::caa
