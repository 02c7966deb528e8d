// SPDX-License-Identifier: Apache-2.0
// Reads a response packet: pure, total over any octets. The packet is hostile input even though it
// comes through the resolver library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/record.h"

namespace parallax::dns {

inline constexpr std::size_t kPacketSizeMax = 65535;  // RFC 1035 s4.2.2
inline constexpr std::size_t kPacketHeaderSize = 12;  // RFC 1035 s4.1.1
inline constexpr std::size_t kAliasStepsMax = 16;     // more aliases in a row are refused

// What a response says to a question, signatures left aside.
struct Answer {
  Rcode rcode = Rcode::servfail;         // from the header
  std::vector<ResourceRecord> records;   // of the asked type at the end of the alias chain
  std::vector<std::string> alias_chain;  // CNAME targets in order, DNAME-made ones included
  std::uint32_t ttl_s = 0;               // least over records and the aliases; 0 without records
};

// The answer in `packet` to (name, type, IN). `name` is presentation form, in any case, with or
// without trailing dot. Errors: malformed if the octets are no response packet, answer another
// question, or hold an alias loop.
[[nodiscard]] Result<Answer> decode_answer(std::string_view packet, const std::string& name,
                                           RecordType type);

// The response code in the header (RFC 1035 s4.1.1); SERVFAIL if there is no whole header.
[[nodiscard]] Rcode header_rcode(std::string_view packet);

}  // namespace parallax::dns
