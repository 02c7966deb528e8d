// SPDX-License-Identifier: Apache-2.0
// DNS vocabulary: types, codes, questions and records as values. Nothing here knows what a record
// means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "names/domain_name.h"

namespace parallax::dns {

// The types Parallax asks for (IANA DNS parameters).
enum class RecordType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  dname = 39,
  ds = 43,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  caa = 257,
};
[[nodiscard]] std::string to_string(RecordType type);

// RFC 1035 s4.1.1 and IANA; the values that a resolver can hand us.
enum class Rcode : std::uint8_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
};
[[nodiscard]] std::string to_string(Rcode code);

struct Question {
  names::DomainName name;
  RecordType type;
  friend bool operator==(const Question&, const Question&) = default;
};

// One record of an RRset. The owner is in lower-case presentation form without trailing dot ("."
// for the root): names in the DNS may hold octets that a DomainName may not.
struct ResourceRecord {
  std::string owner;
  RecordType type;
  std::uint32_t ttl_s = 0;
  std::string rdata;  // wire octets, names inside uncompressed
  friend bool operator==(const ResourceRecord&, const ResourceRecord&) = default;
};

}  // namespace parallax::dns
