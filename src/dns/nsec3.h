// SPDX-License-Identifier: Apache-2.0
// NSEC3 records as values (RFC 5155 s3); private to this layer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dns/ldns_ptr.h"

namespace parallax::dns {

struct Nsec3 {
  const ldns_rr* rr = nullptr;  // borrowed
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  std::string salt;
  std::string owner_hash;  // 20 octets
  std::string next_hash;   // 20 octets
  std::string zone;        // owner without the hash label, presentation form
};

// Nothing if the record is no NSEC3 that we compute: hash algorithm 1, at most kNsec3IterationsMax
// iterations, no unknown flags (RFC 5155 s8.2), a base32hex owner label.
[[nodiscard]] std::optional<Nsec3> read_nsec3(const ldns_rr* rr);

[[nodiscard]] inline bool opts_out(const Nsec3& nsec3) { return (nsec3.flags & 1) != 0; }

// The hash of `name` with the record's parameters (RFC 5155 s5), 20 octets.
[[nodiscard]] std::string nsec3_hash(const Nsec3& nsec3, const ldns_rdf* name);

// True if `hash` lies strictly between owner and next, also across the end of the chain.
[[nodiscard]] bool covers(const Nsec3& nsec3, const std::string& hash);

}  // namespace parallax::dns
