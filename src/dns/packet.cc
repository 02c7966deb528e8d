// SPDX-License-Identifier: Apache-2.0
#include "dns/packet.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "dns/ldns_ptr.h"

namespace parallax::dns {
namespace {

std::string_view octets_of(const ldns_rdf* rdf) {
  return {reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf)};
}

std::string rdata_octets(const ldns_rr* rr) {
  std::string octets;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    octets.append(octets_of(ldns_rr_rdf(rr, i)));
  }
  return octets;
}

bool is_alias(const ldns_rr* rr, ldns_rr_type type) {
  return is_of_type(rr, type) && ldns_rr_rd_count(rr) == 1 &&
         ldns_rdf_get_type(ldns_rr_rdf(rr, 0)) == LDNS_RDF_TYPE_DNAME;
}

// `owner` with the suffix `from` replaced by `to` (RFC 6672 s2.2); null if the name would exceed
// 255 octets.
LdnsPtr<ldns_rdf> substitute(const ldns_rdf* owner, const ldns_rdf* from, const ldns_rdf* to) {
  const std::string_view prefix =
      octets_of(owner).substr(0, ldns_rdf_size(owner) - ldns_rdf_size(from));
  const std::string octets = std::string(prefix).append(octets_of(to));
  if (octets.size() > LDNS_MAX_DOMAINLEN) {
    return nullptr;
  }
  return LdnsPtr<ldns_rdf>(
      ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, octets.size(), octets.data()));
}

struct Alias {
  LdnsPtr<ldns_rdf> target;
  std::uint32_t ttl_s = 0;
};

// Where `owner` leads: its CNAME, else what a DNAME above it makes of it. No target: no alias.
Alias alias_of(const ldns_rr_list* answer, const ldns_rdf* owner) {
  const std::size_t count = ldns_rr_list_rr_count(answer);
  for (std::size_t i = 0; i < count; ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (is_alias(rr, LDNS_RR_TYPE_CNAME) && ldns_dname_compare(ldns_rr_owner(rr), owner) == 0) {
      return {LdnsPtr<ldns_rdf>(ldns_rdf_clone(ldns_rr_rdf(rr, 0))), ldns_rr_ttl(rr)};
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (is_alias(rr, LDNS_RR_TYPE_DNAME) && ldns_dname_is_subdomain(owner, ldns_rr_owner(rr))) {
      return {substitute(owner, ldns_rr_owner(rr), ldns_rr_rdf(rr, 0)), ldns_rr_ttl(rr)};
    }
  }
  return {};
}

// Adds the records of `type` at `owner` to `found` and lowers `ttl_s` to theirs.
void collect(const ldns_rr_list* answer, const ldns_rdf* owner, RecordType type, Answer& found,
             std::uint32_t& ttl_s) {
  const auto wanted = static_cast<ldns_rr_type>(type);
  std::string owner_text;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(answer); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(answer, i);
    if (!is_of_type(rr, wanted) || ldns_dname_compare(ldns_rr_owner(rr), owner) != 0) {
      continue;
    }
    if (owner_text.empty()) {
      owner_text = ldns_name_text(owner);
    }
    ttl_s = std::min(ttl_s, ldns_rr_ttl(rr));
    found.records.push_back({owner_text, type, ldns_rr_ttl(rr), rdata_octets(rr)});
  }
}

Result<Answer> follow(const ldns_rr_list* answer, LdnsPtr<ldns_rdf> owner, RecordType type) {
  Answer found;
  std::uint32_t ttl_s = std::numeric_limits<std::uint32_t>::max();
  for (std::size_t step = 0; step <= kAliasStepsMax; ++step) {
    collect(answer, owner.get(), type, found, ttl_s);
    if (!found.records.empty()) {
      found.ttl_s = ttl_s;
      return found;
    }
    if (type == RecordType::cname) {
      return found;
    }
    Alias alias = alias_of(answer, owner.get());
    if (!alias.target) {
      return found;
    }
    ttl_s = std::min(ttl_s, alias.ttl_s);
    owner = std::move(alias.target);
    found.alias_chain.push_back(ldns_name_text(owner.get()));
  }
  return fail(ErrorCode::malformed,
              fmt::format("the aliases loop or are more than {}", kAliasStepsMax));
}

bool answers(const ldns_pkt* packet, const ldns_rdf* name, RecordType type) {
  const ldns_rr_list* question = ldns_pkt_question(packet);
  return ldns_rr_list_rr_count(question) == 1 &&
         is_of_type(ldns_rr_list_rr(question, 0), static_cast<ldns_rr_type>(type)) &&
         ldns_dname_compare(ldns_rr_owner(ldns_rr_list_rr(question, 0)), name) == 0;
}

}  // namespace

Rcode header_rcode(std::string_view packet) {
  if (packet.size() < kPacketHeaderSize) {
    return Rcode::servfail;
  }
  return static_cast<Rcode>(static_cast<unsigned char>(packet[3]) & 0x0F);
}

Result<Answer> decode_answer(std::string_view packet, const std::string& name, RecordType type) {
  if (packet.size() < kPacketHeaderSize || packet.size() > kPacketSizeMax) {
    return fail(ErrorCode::malformed, fmt::format("{} octets are no DNS response", packet.size()));
  }
  const LdnsPtr<ldns_pkt> parsed = ldns_parse_packet(packet);
  if (!parsed || !ldns_pkt_qr(parsed.get())) {
    return fail(ErrorCode::malformed, "the octets are no DNS response");
  }
  LdnsPtr<ldns_rdf> owner = ldns_parse_name(name);
  if (!owner || !answers(parsed.get(), owner.get(), type)) {
    return fail(ErrorCode::malformed, "the response answers another question");
  }
  Result<Answer> answer = follow(ldns_pkt_answer(parsed.get()), std::move(owner), type);
  if (answer) {
    answer->rcode = header_rcode(packet);
  }
  return answer;
}

}  // namespace parallax::dns
