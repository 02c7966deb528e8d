// SPDX-License-Identifier: Apache-2.0
// From what was seen to whether it shows control, and whether two perspectives saw the same
// challenge information (TLS BR 3.2.2.9). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "dcv/check.h"
#include "dcv/observation.h"
#include "dns/lookup.h"

namespace parallax::dcv {

enum class ControlOutcome { shown, not_shown, undetermined };
[[nodiscard]] std::string_view to_string(ControlOutcome outcome);

// Why. The text form is stable: it is in answers, records and metrics.
enum class ControlReason {
  challenge_found,       // shown
  challenge_missing,     // not shown: nothing there (NODATA, NXDOMAIN, 404, no certificate)
  challenge_differs,     // not shown: something else is there
  record_unusable,       // not shown: malformed, expired, or for another account
  adn_not_reached,       // not shown: the ADN the caller fixed is not reachable
  mail_server_unusable,  // not shown: null MX, alias, target without address
  http_status,           // not shown: no 2xx
  redirect_refused,      // not shown: scheme, port, target or count of redirects
  address_refused,       // not shown: a special-purpose or the operator's own address
  certificate_unusable,  // not shown: RFC 8737 s3 is not met
  protocol_error,        // not shown: not HTTP/1.1, no TLS, wrong ALPN
  connection_failed,     // undetermined: refused, reset, unreachable
  timed_out,             // undetermined
  lookup_failed,         // undetermined
  bogus,                 // undetermined: DNSSEC validation failed
};
[[nodiscard]] std::string_view to_string(ControlReason reason);  // "challenge-found", ...
[[nodiscard]] Result<ControlReason> parse_control_reason(std::string_view text);

struct ControlDetermination {
  ControlOutcome outcome = ControlOutcome::undetermined;
  ControlReason reason = ControlReason::lookup_failed;
  // For people: what was looked for, where, what was found instead, what to change.
  std::string explanation;
  // Canonical text of what shows control, equal at two perspectives if and only if they saw the
  // same challenge information by the method's own comparison: by assess() with the name or address
  // that it was seen at in front of it; empty unless shown. Never holds the
  // whole of an HTTP body.
  std::string challenge_information;
  // Weakest verdict over the lookups that decided.
  dns::Verdict verdict = dns::Verdict::indeterminate;
};

// Judges one perspective's facts against the check. `at` is the instant of the check (persistUntil,
// 3.2.2.4.22). Facts that do not answer the check, as a lying remote may send, are undetermined.
[[nodiscard]] ControlDetermination assess(const ControlObservation& observation,
                                          const ControlCheck& check, Instant at);

// Whether a remote corroborates the primary: both show control by the same challenge information.
[[nodiscard]] bool corroborates(const ControlDetermination& primary,
                                const ControlDetermination& remote);

}  // namespace parallax::dcv
