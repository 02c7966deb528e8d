// SPDX-License-Identifier: Apache-2.0
#include "dns/record.h"

#include <fmt/format.h>

namespace parallax::dns {

std::string to_string(RecordType type) {
  switch (type) {
    case RecordType::a: return "A";
    case RecordType::ns: return "NS";
    case RecordType::cname: return "CNAME";
    case RecordType::soa: return "SOA";
    case RecordType::ptr: return "PTR";
    case RecordType::mx: return "MX";
    case RecordType::txt: return "TXT";
    case RecordType::aaaa: return "AAAA";
    case RecordType::dname: return "DNAME";
    case RecordType::ds: return "DS";
    case RecordType::rrsig: return "RRSIG";
    case RecordType::nsec: return "NSEC";
    case RecordType::dnskey: return "DNSKEY";
    case RecordType::nsec3: return "NSEC3";
    case RecordType::caa: return "CAA";
  }
  return fmt::format("TYPE{}", static_cast<unsigned>(type));  // RFC 3597 s5
}

std::string to_string(Rcode code) {
  switch (code) {
    case Rcode::noerror: return "NOERROR";
    case Rcode::formerr: return "FORMERR";
    case Rcode::servfail: return "SERVFAIL";
    case Rcode::nxdomain: return "NXDOMAIN";
    case Rcode::notimp: return "NOTIMP";
    case Rcode::refused: return "REFUSED";
  }
  return fmt::format("RCODE{}", static_cast<unsigned>(code));
}

}  // namespace parallax::dns
