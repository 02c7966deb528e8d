// SPDX-License-Identifier: Apache-2.0
// What one perspective saw when it looked for a challenge: facts, no judgement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "dns/lookup.h"
#include "names/domain_name.h"
#include "net/guarded_client.h"

namespace parallax::dcv {

inline constexpr std::size_t kSeenRecordsMax = 1024;          // records of one answer
inline constexpr std::size_t kSeenLookupsMax = 256;           // of one check
inline constexpr std::size_t kSeenNamesMax = 64;              // aliases in a row
inline constexpr std::size_t kSeenHopsMax = 11;               // the first request and ten redirects
inline constexpr std::size_t kSeenTextMax = 16 * 1024;        // octets of a URL, a name or a reason
inline constexpr std::size_t kSeenCertificateMax = 6 * 1024;  // octets of DER
// Octets kept of an HTTP body: the longest expected value, and what stands around it.
inline constexpr std::size_t kSeenBodyMax = 5 * 1024;
// Octets looked at of an HTTP body, the most that a perspective may be set to.
inline constexpr std::size_t kSeenBodyReadMax = 256 * 1024;

// One DNS question of the check, whatever it was for.
struct SeenLookup {
  std::string purpose;  // "adn", "challenge", "address", "mx", "mx-address", "reverse"
  std::string name;     // asked, presentation form, no trailing dot
  dns::RecordType type = dns::RecordType::txt;
  dns::LookupStatus status = dns::LookupStatus::failed;
  dns::Rcode rcode = dns::Rcode::servfail;
  dns::Verdict verdict = dns::Verdict::indeterminate;
  std::uint32_t ttl_s = 0;
  std::string reason{};
  std::vector<std::string> alias_chain{};
  // RDATA, wire octets (JSON: base64); data of a bogus answer is never here.
  std::vector<std::string> rdata{};
  std::string packet{};  // wire octets
  // What the bounds of an observation left out (see seen_bounds.h); in JSON where it is not 0.
  std::size_t records_left_out = 0;  // of the answer, besides those in `rdata`
  std::size_t aliases_left_out = 0;  // in front of those in `alias_chain`
  std::size_t packet_left_out = 0;   // octets of the packet, which is kept whole or not at all
};

// One HTTP exchange; redirects make several.
struct SeenHop {
  std::string url;
  std::string address;     // connected to; empty if none was
  unsigned status = 0;     // 0: no response
  std::string location{};  // of a redirect, as sent (printable)
  // Why the trail ends here, for programs and in one sentence; none for the last good response.
  net::GuardedFailure failure = net::GuardedFailure::none;
  std::string message{};
};

struct SeenHttp {
  std::vector<SeenHop> hops;
  // Of the last response: all that was looked at, or an excerpt of at most kSeenBodyMax octets that
  // holds the expected value if the whole does, else the beginning.
  std::string body{};
  bool body_truncated = false;  // the body was longer than what was looked at
  // Octets looked at in front of the excerpt and behind it.
  std::size_t body_before = 0;
  std::size_t body_after = 0;
  std::string body_sha256{};  // 32 octets: of all that was looked at; empty: not reported

  // Whether `body` is all there is of it.
  [[nodiscard]] bool whole() const {
    return !body_truncated && body_before == 0 && body_after == 0;
  }
  [[nodiscard]] std::size_t body_size() const { return body_before + body.size() + body_after; }
};

// The TLS handshake under "acme-tls/1".
struct SeenTls {
  std::string address;        // connected to; empty if none was
  std::string server_name;    // SNI sent
  std::string protocol{};     // "TLSv1.3"
  std::string alpn{};         // negotiated; empty: none
  std::string certificate{};  // DER of the end entity certificate
  // Why there is no certificate, for programs and in one sentence; none if there is one.
  net::GuardedFailure failure = net::GuardedFailure::none;
  std::string message{};
};

struct ControlObservation {
  bool validating = true;  // did this perspective's resolver validate DNSSEC?
  // From the name applied for (SBR 3.2.2.3: the SMTP FQDN) over the CNAMEs followed, if any were to
  // be. Pruning is not here: it needs no looking.
  std::vector<names::DomainName> aliases{};
  std::vector<SeenLookup> lookups{};
  std::optional<SeenHttp> http{};
  std::optional<SeenTls> tls{};
  // Mail server selection (RFC 5321 s5.1): what was chosen, among how many of equal preference.
  std::optional<names::DomainName> smtp_host{};
  unsigned equal_preference = 0;
};

// JSON of an observation and back; exact inverses. Packets are present only when `packets`.
// Errors: malformed, with the JSON pointer; beyond the bounds above and those of seen_bounds.h is
// malformed too.
[[nodiscard]] boost::json::value to_json(const ControlObservation& observation, bool packets);
[[nodiscard]] Result<ControlObservation> control_observation_from_json(
    const boost::json::value& value, std::string pointer);

}  // namespace parallax::dcv
