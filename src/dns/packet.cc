// SPDX-License-Identifier: Apache-2.0
#include "dns/packet.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "dns/ldns_ptr.h"

namespace parallax::dns {
namespace {

constexpr std::size_t kFixedRecordSize = 10;  // TYPE, CLASS, TTL, RDLENGTH (RFC 1035 s4.1.3)

using Records = std::vector<LdnsPtr<ldns_rr>>;

// What decode_answer reads of a response; authority and additional sections say nothing to it.
struct Sections {
  LdnsPtr<ldns_rr> question;
  Records answer;
};

const std::uint8_t* wire_of(std::string_view packet) {
  return reinterpret_cast<const std::uint8_t*>(packet.data());
}

// A CAA record with its RDATA as it came: ldns refuses the whole packet for a record whose tag is
// longer than its RDATA, but such a record must be seen, since it prohibits. Null if its end is
// past the packet's; `at` is then of no use.
LdnsPtr<ldns_rr> read_caa(std::string_view packet, std::size_t& at) {
  ldns_rdf* owner = nullptr;
  if (ldns_wire2dname(&owner, wire_of(packet), packet.size(), &at) != LDNS_STATUS_OK) {
    return nullptr;
  }
  LdnsPtr<ldns_rr> rr(ldns_rr_new());
  ldns_rr_set_owner(rr.get(), owner);
  const std::uint8_t* fixed = wire_of(packet) + at;
  const std::size_t size = ldns_read_uint16(fixed + 8);
  at += kFixedRecordSize;
  if (packet.size() - at < size) {
    return nullptr;
  }
  ldns_rr_set_type(rr.get(), LDNS_RR_TYPE_CAA);
  ldns_rr_set_class(rr.get(), static_cast<ldns_rr_class>(ldns_read_uint16(fixed + 2)));
  ldns_rr_set_ttl(rr.get(), ldns_read_uint32(fixed + 4));
  ldns_rr_push_rdf(rr.get(), ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, size, fixed + 10));
  at += size;
  return rr;
}

// The type of the record at `at`, if its owner and fixed part are whole.
std::optional<ldns_rr_type> type_at(std::string_view packet, std::size_t at) {
  ldns_rdf* owner = nullptr;
  if (ldns_wire2dname(&owner, wire_of(packet), packet.size(), &at) != LDNS_STATUS_OK) {
    return std::nullopt;
  }
  ldns_rdf_deep_free(owner);
  if (packet.size() - at < kFixedRecordSize) {
    return std::nullopt;
  }
  return static_cast<ldns_rr_type>(ldns_read_uint16(wire_of(packet) + at));
}

LdnsPtr<ldns_rr> read_record(std::string_view packet, std::size_t& at, ldns_pkt_section section) {
  if (section == LDNS_SECTION_ANSWER) {
    const auto type = type_at(packet, at);
    if (!type) {
      return nullptr;
    }
    if (*type == LDNS_RR_TYPE_CAA) {
      return read_caa(packet, at);
    }
  }
  ldns_rr* rr = nullptr;
  if (ldns_wire2rr(&rr, wire_of(packet), packet.size(), &at, section) != LDNS_STATUS_OK) {
    return nullptr;
  }
  return LdnsPtr<ldns_rr>(rr);
}

// Question and answer of a response with one question; nullopt if the octets are none. Each
// record takes octets of the packet, which bounds the work.
std::optional<Sections> read_sections(std::string_view packet) {
  const std::uint8_t* wire = wire_of(packet);
  if (!LDNS_QR_WIRE(wire) || LDNS_QDCOUNT(wire) != 1) {
    return std::nullopt;
  }
  Sections sections;
  std::size_t at = kPacketHeaderSize;
  sections.question = read_record(packet, at, LDNS_SECTION_QUESTION);
  if (!sections.question) {
    return std::nullopt;
  }
  for (std::size_t left = LDNS_ANCOUNT(wire); left > 0; --left) {
    sections.answer.push_back(read_record(packet, at, LDNS_SECTION_ANSWER));
    if (!sections.answer.back()) {
      return std::nullopt;
    }
  }
  return sections;
}

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
Alias alias_of(const Records& answer, const ldns_rdf* owner) {
  for (const auto& record : answer) {
    const ldns_rr* rr = record.get();
    if (is_alias(rr, LDNS_RR_TYPE_CNAME) && ldns_dname_compare(ldns_rr_owner(rr), owner) == 0) {
      return {LdnsPtr<ldns_rdf>(ldns_rdf_clone(ldns_rr_rdf(rr, 0))), ldns_rr_ttl(rr)};
    }
  }
  for (const auto& record : answer) {
    const ldns_rr* rr = record.get();
    if (is_alias(rr, LDNS_RR_TYPE_DNAME) && ldns_dname_is_subdomain(owner, ldns_rr_owner(rr))) {
      return {substitute(owner, ldns_rr_owner(rr), ldns_rr_rdf(rr, 0)), ldns_rr_ttl(rr)};
    }
  }
  return {};
}

// Adds the records of `type` at `owner` to `found` and lowers `ttl_s` to theirs.
void collect(const Records& answer, const ldns_rdf* owner, RecordType type, Answer& found,
             std::uint32_t& ttl_s) {
  const auto wanted = static_cast<ldns_rr_type>(type);
  std::string owner_text;
  for (const auto& record : answer) {
    const ldns_rr* rr = record.get();
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

Result<Answer> follow(const Records& answer, LdnsPtr<ldns_rdf> owner, RecordType type) {
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

bool asks(const ldns_rr* question, const ldns_rdf* name, RecordType type) {
  return is_of_type(question, static_cast<ldns_rr_type>(type)) &&
         ldns_dname_compare(ldns_rr_owner(question), name) == 0;
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
  const std::optional<Sections> sections = read_sections(packet);
  if (!sections) {
    return fail(ErrorCode::malformed, "the octets are no DNS response");
  }
  LdnsPtr<ldns_rdf> owner = ldns_parse_name(name);
  if (!owner || !asks(sections->question.get(), owner.get(), type)) {
    return fail(ErrorCode::malformed, "the response answers another question");
  }
  Result<Answer> answer = follow(sections->answer, std::move(owner), type);
  if (answer) {
    answer->rcode = header_rcode(packet);
  }
  return answer;
}

}  // namespace parallax::dns
