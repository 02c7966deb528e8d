// SPDX-License-Identifier: Apache-2.0
// Ownership and text for ldns values; private to this layer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <ldns/ldns.h>

namespace parallax::dns {

struct LdnsDelete {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
  // Frees the list, not the records in it.
  void operator()(ldns_rr_list* list) const { ldns_rr_list_free(list); }
};
template <class T>
using LdnsPtr = std::unique_ptr<T, LdnsDelete>;

// True for a record of this type in class IN.
[[nodiscard]] inline bool is_of_type(const ldns_rr* rr, ldns_rr_type type) {
  return ldns_rr_get_type(rr) == type && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN;
}

// Lower-case presentation form without trailing dot, "." for the root, "" for no name.
[[nodiscard]] std::string ldns_name_text(const ldns_rdf* name);

// The packet, or null if these octets are none.
[[nodiscard]] LdnsPtr<ldns_pkt> ldns_parse_packet(std::string_view octets);

// The name of a presentation form, or null.
[[nodiscard]] LdnsPtr<ldns_rdf> ldns_parse_name(const std::string& text);

}  // namespace parallax::dns
