// SPDX-License-Identifier: Apache-2.0
// Settings of a perspective's resolver. None of them weakens validation.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace parallax::dns {

inline constexpr const char* kDefaultTrustAnchorFile = "/usr/share/dns/root.key";
inline constexpr const char* kDefaultRootHintsFile = "/usr/share/dns/root.hints";

struct ResolverSettings {
  std::string trust_anchor_file = kDefaultTrustAnchorFile;  // DS or DNSKEY records of the root
  std::string root_hints_file = kDefaultRootHintsFile;
  // Deadline of one lookup, retries included: 100 ms to 60 s.
  std::chrono::milliseconds lookup_timeout{5000};
  // Ceiling on cached TTLs: 0 asks leaf answers anew each time; at most 28,800 s (8 h).
  std::chrono::seconds cache_max_ttl{0};
  // Most lookups under way at once on one worker; more wait for a slot within their deadline.
  std::size_t concurrent_lookups_max = 2048;
  bool ipv4 = true;
  bool ipv6 = true;
  // Addresses to send from (perspectives on multi-homed hosts; the lab tells them apart by it).
  std::vector<std::string> outgoing_interfaces;
  // Validation can be left to the Primary alone: remotes MAY validate (TLS BR 3.2.2.9). Never
  // settable for a Primary; then every verdict is `indeterminate` even for good answers.
  bool validate = true;
  // Lab: other anchors than IANA's; loopback and private name servers.
  bool lab = false;
};

}  // namespace parallax::dns
