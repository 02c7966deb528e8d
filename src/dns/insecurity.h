// SPDX-License-Identifier: Apache-2.0
// What a response to a DS question proves about the delegation: pure verification on packets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace parallax::dns {

// More NSEC3 iterations are not computed (RFC 9276 s3.2); nothing is proved by such records.
inline constexpr unsigned kNsec3IterationsMax = 150;
inline constexpr std::size_t kNsec3RecordsMax = 16;  // a denial takes three
inline constexpr std::size_t kSignaturesMax = 8;     // per NSEC3 RRset

enum class DsFinding {
  signed_delegation,    // a DS that can be used: the chain of trust goes on
  unsupported,          // every DS has an unsupported algorithm or digest: Insecure (4035 s5.2)
  unsigned_delegation,  // denial of DS at a zone cut: Insecure
  no_cut,               // no delegation here: the enclosing zone goes on
  nonexistent,          // the name does not exist
  inconclusive,         // contradicts itself or cannot be read
};
[[nodiscard]] std::string_view to_string(DsFinding finding);

// Reads a response to (name, DS) that the validator found *secure*: its records need no check of
// ours, only reading. Any octets are safe to pass.
[[nodiscard]] DsFinding assess_secure_ds(std::string_view packet, const std::string& name);

// True for the DS algorithms (RFC 8624 s3.1) and digests (s3.3) that count as supported. Wider than
// what the validator computes: what it lacks beyond that is then not proved Insecure.
[[nodiscard]] bool is_supported_algorithm(std::uint8_t algorithm);
[[nodiscard]] bool is_supported_digest(std::uint8_t digest);

// Checks that `ds_packet`, a response to (name, DS), proves by NSEC3 opt-out that `name` has no
// DS in `zone` (RFC 5155 s8.6, s8.9): closest encloser matched, not a delegation or DNAME itself;
// next closer name covered by a record with the opt-out flag; each record used signed, at `now`, by
// a key of `dnskey_packet`, which is a *secure* response to (zone, DNSKEY).
// Error: untrusted, with the condition that does not hold.
[[nodiscard]] Status verify_opt_out(std::string_view ds_packet, const std::string& name,
                                    const std::string& zone, std::string_view dnskey_packet,
                                    Instant now);

}  // namespace parallax::dns
