// SPDX-License-Identifier: Apache-2.0
#include "dns/insecurity.h"

#include "dns/ldns_ptr.h"
#include "dns/nsec3.h"
#include "dns/packet.h"

namespace parallax::dns {
namespace {

constexpr std::size_t kDsFields = 4;

// What an NSEC or NSEC3 bitmap at the very name says (RFC 4035 s5.2, RFC 5155 s8.9).
DsFinding assess_bitmap(const ldns_rdf* bitmap) {
  if (bitmap == nullptr || ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_DS)) {
    return DsFinding::inconclusive;
  }
  const bool is_apex = ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_SOA);
  const bool has_ns = ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_NS);
  if (is_apex) {
    return DsFinding::inconclusive;  // the child's own record says nothing about its DS
  }
  return has_ns ? DsFinding::unsigned_delegation : DsFinding::no_cut;
}

DsFinding assess_ds_set(const ldns_rr_list* answer, const ldns_rdf* name) {
  bool any = false;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (!is_of_type(rr, LDNS_RR_TYPE_DS) || ldns_dname_compare(ldns_rr_owner(rr), name) != 0) {
      continue;
    }
    if (ldns_rr_rd_count(rr) != kDsFields) {
      return DsFinding::inconclusive;
    }
    any = true;
    if (is_supported_algorithm(ldns_rdf2native_int8(ldns_rr_rdf(rr, 1))) &&
        is_supported_digest(ldns_rdf2native_int8(ldns_rr_rdf(rr, 2)))) {
      return DsFinding::signed_delegation;
    }
  }
  return any ? DsFinding::unsupported : DsFinding::no_cut;
}

// The denial at the very name, if the authority section holds one; no_cut otherwise: a secure
// NODATA without a record at the name is an empty non-terminal or a wildcard's.
DsFinding assess_denial(const ldns_rr_list* authority, const ldns_rdf* name) {
  std::size_t hashed = 0;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(authority, i);
    if (is_of_type(rr, LDNS_RR_TYPE_NSEC) && ldns_dname_compare(ldns_rr_owner(rr), name) == 0) {
      return assess_bitmap(ldns_nsec_get_bitmap(rr));
    }
    if (is_of_type(rr, LDNS_RR_TYPE_NSEC3) && ++hashed <= kNsec3RecordsMax) {
      const std::optional<Nsec3> nsec3 = read_nsec3(rr);
      if (nsec3 && nsec3->owner_hash == nsec3_hash(*nsec3, name)) {
        return assess_bitmap(ldns_nsec_get_bitmap(rr));
      }
    }
  }
  return DsFinding::no_cut;
}

}  // namespace

std::string_view to_string(DsFinding finding) {
  switch (finding) {
    case DsFinding::signed_delegation: return "DS validated";
    case DsFinding::unsupported: return "DS names only unsupported algorithms or digests";
    case DsFinding::unsigned_delegation: return "no DS: validated denial with the NS bit set";
    case DsFinding::no_cut: return "no zone cut";
    case DsFinding::nonexistent: return "the name does not exist";
    case DsFinding::inconclusive: return "inconclusive";
  }
  return "inconclusive";
}

bool is_supported_algorithm(std::uint8_t algorithm) {
  switch (algorithm) {
    case LDNS_RSASHA1:
    case LDNS_RSASHA1_NSEC3:
    case LDNS_RSASHA256:
    case LDNS_RSASHA512:
    case LDNS_ECDSAP256SHA256:
    case LDNS_ECDSAP384SHA384:
    case LDNS_ED25519:
    case LDNS_ED448: return true;
    default: return false;
  }
}

bool is_supported_digest(std::uint8_t digest) {
  return digest == LDNS_SHA1 || digest == LDNS_SHA256 || digest == LDNS_SHA384;
}

DsFinding assess_secure_ds(std::string_view packet, const std::string& name) {
  const LdnsPtr<ldns_pkt> parsed = ldns_parse_packet(packet);
  const LdnsPtr<ldns_rdf> owner = ldns_parse_name(name);
  if (!parsed || !owner) {
    return DsFinding::inconclusive;
  }
  if (header_rcode(packet) == Rcode::nxdomain) {
    return DsFinding::nonexistent;
  }
  if (header_rcode(packet) != Rcode::noerror) {
    return DsFinding::inconclusive;
  }
  const DsFinding found = assess_ds_set(ldns_pkt_answer(parsed.get()), owner.get());
  if (found != DsFinding::no_cut) {
    return found;
  }
  return assess_denial(ldns_pkt_authority(parsed.get()), owner.get());
}

}  // namespace parallax::dns
