// SPDX-License-Identifier: Apache-2.0
#include "dns/ldns_ptr.h"

#include <algorithm>
#include <cstdint>

namespace parallax::dns {
namespace {

// RFC 1035 s5.1: octets that presentation form escapes with a backslash.
bool needs_backslash(unsigned char octet) {
  return std::string_view(".;()\\\"@$").find(static_cast<char>(octet)) != std::string_view::npos;
}

void append_octet(std::string& text, unsigned char octet) {
  if (octet >= 'A' && octet <= 'Z') {
    text.push_back(static_cast<char>(octet - 'A' + 'a'));
  } else if (octet <= 0x20 || octet >= 0x7F) {
    text.push_back('\\');
    text.push_back(static_cast<char>('0' + octet / 100));
    text.push_back(static_cast<char>('0' + octet / 10 % 10));
    text.push_back(static_cast<char>('0' + octet % 10));
  } else {
    if (needs_backslash(octet)) {
      text.push_back('\\');
    }
    text.push_back(static_cast<char>(octet));
  }
}

}  // namespace

std::string ldns_name_text(const ldns_rdf* name) {
  std::string text;
  if (name == nullptr || ldns_rdf_get_type(name) != LDNS_RDF_TYPE_DNAME) {
    return text;
  }
  const std::uint8_t* octets = ldns_rdf_data(name);
  const std::size_t size = ldns_rdf_size(name);
  text.reserve(size);
  for (std::size_t at = 0; at < size && octets[at] != 0;) {
    const std::size_t end = std::min(size, at + 1 + octets[at]);
    if (!text.empty()) {
      text.push_back('.');
    }
    for (++at; at < end; ++at) {
      append_octet(text, octets[at]);
    }
  }
  return text.empty() ? "." : text;
}

LdnsPtr<ldns_pkt> ldns_parse_packet(std::string_view octets) {
  ldns_pkt* packet = nullptr;
  // ldns reads through const octets; its signature predates const correctness of the data.
  const auto* data = reinterpret_cast<const std::uint8_t*>(octets.data());
  if (ldns_wire2pkt(&packet, data, octets.size()) != LDNS_STATUS_OK) {
    return nullptr;
  }
  return LdnsPtr<ldns_pkt>(packet);
}

LdnsPtr<ldns_rdf> ldns_parse_name(const std::string& text) {
  return LdnsPtr<ldns_rdf>(ldns_dname_new_frm_str(text.c_str()));
}

}  // namespace parallax::dns
