// SPDX-License-Identifier: Apache-2.0
// verify_opt_out: the one denial that libunbound reports without vouching for it.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "dns/insecurity.h"
#include "dns/ldns_ptr.h"
#include "dns/nsec3.h"

namespace parallax::dns {
namespace {

constexpr std::uint16_t kZoneKeyFlag = 0x0100;  // RFC 4034 s2.1.1
constexpr std::uint16_t kRevokedFlag = 0x0080;  // RFC 5011 s7
constexpr std::uint8_t kDnssecProtocol = 3;
constexpr std::size_t kDnskeyFields = 4;
constexpr std::size_t kRrsigFields = 9;
constexpr std::size_t kKeysMax = 16;

tl::unexpected<Error> unproved(std::string why) {
  return fail(ErrorCode::untrusted, std::move(why));
}

// The keys of `zone` that may sign its data; borrowed from the packet.
LdnsPtr<ldns_rr_list> zone_keys(const ldns_pkt* packet, const ldns_rdf* zone) {
  LdnsPtr<ldns_rr_list> keys(ldns_rr_list_new());
  const ldns_rr_list* answer = ldns_pkt_answer(packet);
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (!is_of_type(rr, LDNS_RR_TYPE_DNSKEY) || ldns_rr_rd_count(rr) != kDnskeyFields ||
        ldns_dname_compare(ldns_rr_owner(rr), zone) != 0) {
      continue;
    }
    const std::uint16_t flags = ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
    const bool usable = (flags & kZoneKeyFlag) != 0 && (flags & kRevokedFlag) == 0 &&
                        ldns_rdf2native_int8(ldns_rr_rdf(rr, 1)) == kDnssecProtocol;
    if (usable && ldns_rr_list_rr_count(keys.get()) < kKeysMax) {
      ldns_rr_list_push_rr(keys.get(), rr);
    }
  }
  return keys;
}

// True if some signature in `authority` over this NSEC3 alone holds at `now`. A wildcard's
// signature has fewer labels than its owner and is none of ours.
bool is_signed(const Nsec3& nsec3, const ldns_rr_list* authority, const ldns_rdf* zone,
               const ldns_rr_list* keys, Instant now) {
  const ldns_rdf* owner = ldns_rr_owner(nsec3.rr);
  LdnsPtr<ldns_rr_list> rrset(ldns_rr_list_new());
  LdnsPtr<ldns_rr_list> signatures(ldns_rr_list_new());
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    ldns_rr* rr = ldns_rr_list_rr(authority, i);
    if (ldns_dname_compare(ldns_rr_owner(rr), owner) != 0) {
      continue;
    }
    if (is_of_type(rr, LDNS_RR_TYPE_NSEC3)) {
      ldns_rr_list_push_rr(rrset.get(), rr);
    }
    if (is_of_type(rr, LDNS_RR_TYPE_RRSIG) && ldns_rr_rd_count(rr) == kRrsigFields &&
        ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr)) == LDNS_RR_TYPE_NSEC3 &&
        ldns_dname_compare(ldns_rr_rrsig_signame(rr), zone) == 0 &&
        ldns_rdf2native_int8(ldns_rr_rrsig_labels(rr)) == ldns_dname_label_count(owner) &&
        ldns_rr_list_rr_count(signatures.get()) < kSignaturesMax) {
      ldns_rr_list_push_rr(signatures.get(), rr);
    }
  }
  if (ldns_rr_list_rr_count(rrset.get()) != 1 || ldns_rr_list_rr_count(signatures.get()) == 0) {
    return false;
  }
  const auto at = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  return ldns_verify_time(rrset.get(), signatures.get(), keys, at, nullptr) == LDNS_STATUS_OK;
}

struct Denial {
  const Nsec3* encloser = nullptr;  // matches the closest encloser
  const Nsec3* cover = nullptr;     // covers the next closer name
};

bool same_parameters(const Nsec3& a, const Nsec3& b) {
  return a.iterations == b.iterations && a.salt == b.salt;
}

// RFC 5155 s8.3: the longest ancestor that is matched, and a record that covers the name one label
// longer. `name` itself matched is no opt-out.
Denial closest_encloser(const std::vector<Nsec3>& records, const ldns_rdf* name,
                        const ldns_rdf* zone) {
  LdnsPtr<ldns_rdf> next_closer;
  LdnsPtr<ldns_rdf> candidate(ldns_rdf_clone(name));
  while (candidate && (ldns_dname_compare(candidate.get(), zone) == 0 ||
                       ldns_dname_is_subdomain(candidate.get(), zone))) {
    const std::string hash = nsec3_hash(records.front(), candidate.get());
    for (const Nsec3& record : records) {
      if (record.owner_hash != hash) {
        continue;
      }
      if (!next_closer) {
        return {};
      }
      const std::string next_hash = nsec3_hash(records.front(), next_closer.get());
      const auto cover = std::find_if(records.begin(), records.end(),
                                      [&](const Nsec3& r) { return covers(r, next_hash); });
      return {&record, cover == records.end() ? nullptr : &*cover};
    }
    LdnsPtr<ldns_rdf> parent(ldns_dname_left_chop(candidate.get()));
    next_closer = std::move(candidate);
    candidate = std::move(parent);
  }
  return {};
}

// A delegation (NS without SOA) or a DNAME at the encloser takes the names below it out of this
// zone, so its records deny nothing there (RFC 5155 s8.3).
bool encloses_own_names(const Nsec3& encloser) {
  const ldns_rdf* bitmap = ldns_nsec_get_bitmap(encloser.rr);
  return bitmap != nullptr && !ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_DNAME) &&
         (!ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_NS) ||
          ldns_nsec_bitmap_covers_type(bitmap, LDNS_RR_TYPE_SOA));
}

std::vector<Nsec3> nsec3_records(const ldns_rr_list* authority, const std::string& zone) {
  std::vector<Nsec3> records;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(authority); ++i) {
    std::optional<Nsec3> nsec3 = read_nsec3(ldns_rr_list_rr(authority, i));
    if (nsec3 && nsec3->zone == zone && records.size() < kNsec3RecordsMax &&
        (records.empty() || same_parameters(records.front(), *nsec3))) {
      records.push_back(std::move(*nsec3));
    }
  }
  return records;
}

}  // namespace

Status verify_opt_out(std::string_view ds_packet, const std::string& name, const std::string& zone,
                      std::string_view dnskey_packet, Instant now) {
  const LdnsPtr<ldns_pkt> ds = ldns_parse_packet(ds_packet);
  const LdnsPtr<ldns_pkt> dnskey = ldns_parse_packet(dnskey_packet);
  const LdnsPtr<ldns_rdf> owner = ldns_parse_name(name);
  const LdnsPtr<ldns_rdf> apex = ldns_parse_name(zone);
  if (!ds || !dnskey || !owner || !apex) {
    return unproved("a response or a name cannot be read");
  }
  if (ldns_rr_list_rr_count(ldns_pkt_answer(ds.get())) != 0) {
    return unproved("the DS response holds an answer");
  }
  if (!ldns_dname_is_subdomain(owner.get(), apex.get())) {
    return unproved("the name does not lie below the zone");
  }
  const ldns_rr_list* authority = ldns_pkt_authority(ds.get());
  const std::vector<Nsec3> records = nsec3_records(authority, zone);
  if (records.empty()) {
    return unproved(fmt::format("no usable NSEC3 of {}", zone));
  }
  const Denial denial = closest_encloser(records, owner.get(), apex.get());
  if (denial.encloser == nullptr || denial.cover == nullptr) {
    return unproved("no closest encloser proof");
  }
  if (!encloses_own_names(*denial.encloser)) {
    return unproved("the closest encloser is a delegation or a DNAME");
  }
  if (!opts_out(*denial.cover)) {
    return unproved("the covering NSEC3 has no opt-out flag");
  }
  const LdnsPtr<ldns_rr_list> keys = zone_keys(dnskey.get(), apex.get());
  for (const Nsec3* used : {denial.encloser, denial.cover}) {
    if (!is_signed(*used, authority, apex.get(), keys.get(), now)) {
      return unproved("an NSEC3 signature does not hold");
    }
  }
  return {};
}

}  // namespace parallax::dns
