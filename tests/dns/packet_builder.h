// SPDX-License-Identifier: Apache-2.0
// Makes DNS responses out of zone file lines.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "dns/ldns_ptr.h"
#include "dns/record.h"

namespace parallax::dns {

struct ResponseText {
  std::string name{};
  RecordType type = RecordType::caa;
  int rcode = 0;
  std::vector<std::string> answer{};
  std::vector<std::string> authority{};
};

inline LdnsPtr<ldns_rr> make_rr(const std::string& line) {
  ldns_rr* rr = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&rr, line.c_str(), 3600, nullptr, nullptr);
  if (status != LDNS_STATUS_OK) {
    std::abort();  // a test that cannot write its own record is broken
  }
  return LdnsPtr<ldns_rr>(rr);
}

inline std::string to_wire(const ldns_pkt* packet) {
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&octets, packet, &size) != LDNS_STATUS_OK) {
    std::abort();
  }
  std::string wire(reinterpret_cast<const char*>(octets), size);
  std::free(octets);
  return wire;
}

inline LdnsPtr<ldns_pkt> make_packet(const ResponseText& text) {
  LdnsPtr<ldns_pkt> packet(ldns_pkt_query_new(ldns_dname_new_frm_str(text.name.c_str()),
                                              static_cast<ldns_rr_type>(text.type),
                                              LDNS_RR_CLASS_IN, LDNS_RD));
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(text.rcode));
  for (const std::string& line : text.answer) {
    ldns_pkt_push_rr(packet.get(), LDNS_SECTION_ANSWER, make_rr(line).release());
  }
  for (const std::string& line : text.authority) {
    ldns_pkt_push_rr(packet.get(), LDNS_SECTION_AUTHORITY, make_rr(line).release());
  }
  return packet;
}

inline std::string make_response(const ResponseText& text) {
  return to_wire(make_packet(text).get());
}

}  // namespace parallax::dns
