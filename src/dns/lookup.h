// SPDX-License-Identifier: Apache-2.0
// What came of one question: a value that keeps everything evidence needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dns/record.h"

namespace parallax::dns {

// The DNSSEC verdict on a lookup (RFC 4035 s4.3, RFC 4033 s5). Bogus and indeterminate are never
// permission to issue.
enum class Verdict {
  secure,         // chain of trust to the root validated
  insecure,       // proved: an insecure delegation, an opt-out span or unsupported algorithms only
  bogus,          // should be signed, and does not validate
  indeterminate,  // nothing was established (a failed lookup without proof)
};
[[nodiscard]] std::string_view to_string(Verdict verdict);
// The inverse of to_string. Error: malformed.
[[nodiscard]] Result<Verdict> parse_verdict(std::string_view text);

// Whether an answer arrived, apart from whether it can be trusted.
enum class LookupStatus {
  answered,   // NOERROR (records or NODATA) or NXDOMAIN in the packet, and not bogus
  bogus,      // validation failed
  failed,     // SERVFAIL, REFUSED, FORMERR, or a resolver error
  timed_out,  // our deadline passed first
};
[[nodiscard]] std::string_view to_string(LookupStatus status);
[[nodiscard]] Result<LookupStatus> parse_lookup_status(std::string_view text);

struct Lookup {
  Question question;
  LookupStatus status = LookupStatus::failed;
  Rcode rcode = Rcode::servfail;  // from the packet header, never the callback's
  Verdict verdict = Verdict::indeterminate;
  // Records of the asked type at the end of the alias chain. Empty unless answered: data of a
  // bogus answer is never handed on.
  std::vector<ResourceRecord> records;
  // Smallest original TTL over the RRset and the aliases that led to it; 0 if there are none.
  std::uint32_t ttl_s = 0;
  std::vector<std::string> alias_chain;  // targets in order, presentation form, no trailing dot
  std::string reason;                    // why it is bogus or failed; empty for a good answer
  std::string packet;                    // the response as it came, wire octets; may be empty
  unsigned attempts = 0;                 // how often it was asked, retries included
  Instant started{};
  std::chrono::nanoseconds elapsed{0};

  [[nodiscard]] bool nxdomain() const {
    return status == LookupStatus::answered && rcode == Rcode::nxdomain;
  }
};

// One cut of the walk that proves a name Insecure (RFC 4035 s4.3, s5.2; RFC 5155 s8.9 opt-out).
struct InsecurityStep {
  std::string zone_cut;  // owner of the DS question, presentation form
  std::string finding;   // e.g. "DS validated", "no DS: NSEC with NS bit", "opt-out span", ...
  std::string packet;    // the DS response, wire octets
};

// The outcome of the walk. Only `proved` turns a failure into an Insecure name.
struct InsecurityProof {
  bool proved = false;
  std::string reason;                 // one sentence: what proved it, or why it is not proved
  std::string insecure_at;            // the delegation that is insecure; empty if not proved
  std::vector<InsecurityStep> steps;  // root first
};

}  // namespace parallax::dns
