// SPDX-License-Identifier: Apache-2.0
#include "dns/nsec3.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "dns/insecurity.h"

namespace parallax::dns {
namespace {

constexpr std::size_t kNsec3Fields = 6;
constexpr std::size_t kHashSize = 20;       // SHA-1
constexpr std::size_t kHashLabelSize = 32;  // its base32hex form
constexpr std::uint8_t kHashSha1 = 1;
constexpr std::uint8_t kKnownFlags = 1;

std::string sha1(const std::string& octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::optional<unsigned> base32hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'v') {
    return static_cast<unsigned>(lower - 'a' + 10);
  }
  return std::nullopt;
}

// RFC 4648 s7 without padding: 32 digits of 5 bits make 20 octets exactly.
std::optional<std::string> decode_hash_label(std::string_view label) {
  if (label.size() != kHashLabelSize) {
    return std::nullopt;
  }
  std::string octets;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : label) {
    const std::optional<unsigned> digit = base32hex_digit(c);
    if (!digit) {
      return std::nullopt;
    }
    bits = (bits << 5 | *digit) & 0xFFF;
    held += 5;
    if (held >= 8) {
      held -= 8;
      octets.push_back(static_cast<char>(bits >> held & 0xFF));
    }
  }
  return octets;
}

// A field with a length octet in front, without it; nothing if the lengths disagree.
std::optional<std::string> counted_field(const ldns_rdf* rdf) {
  const std::string_view octets(reinterpret_cast<const char*>(ldns_rdf_data(rdf)),
                                ldns_rdf_size(rdf));
  if (octets.empty() || octets.size() != 1U + static_cast<unsigned char>(octets[0])) {
    return std::nullopt;
  }
  return std::string(octets.substr(1));
}

std::string lower_octets(const ldns_rdf* name) {
  std::string octets(reinterpret_cast<const char*>(ldns_rdf_data(name)), ldns_rdf_size(name));
  for (char& c : octets) {  // length octets are below 'A'
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return octets;
}

}  // namespace

std::optional<Nsec3> read_nsec3(const ldns_rr* rr) {
  if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3 || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN ||
      ldns_rr_rd_count(rr) != kNsec3Fields) {
    return std::nullopt;
  }
  Nsec3 nsec3;
  nsec3.rr = rr;
  nsec3.flags = ldns_rdf2native_int8(ldns_rr_rdf(rr, 1));
  nsec3.iterations = ldns_rdf2native_int16(ldns_rr_rdf(rr, 2));
  if (ldns_rdf2native_int8(ldns_rr_rdf(rr, 0)) != kHashSha1 || (nsec3.flags & ~kKnownFlags) != 0 ||
      nsec3.iterations > kNsec3IterationsMax) {
    return std::nullopt;
  }
  std::optional<std::string> salt = counted_field(ldns_rr_rdf(rr, 3));
  std::optional<std::string> next = counted_field(ldns_rr_rdf(rr, 4));
  const std::string owner = ldns_name_text(ldns_rr_owner(rr));
  const std::size_t dot = owner.find('.');
  std::optional<std::string> owner_hash = decode_hash_label(owner.substr(0, dot));
  if (!salt || !next || next->size() != kHashSize || !owner_hash) {
    return std::nullopt;
  }
  nsec3.salt = std::move(*salt);
  nsec3.next_hash = std::move(*next);
  nsec3.owner_hash = std::move(*owner_hash);
  nsec3.zone = dot == std::string::npos ? "." : owner.substr(dot + 1);
  return nsec3;
}

std::string nsec3_hash(const Nsec3& nsec3, const ldns_rdf* name) {
  std::string hash = sha1(lower_octets(name) + nsec3.salt);
  for (unsigned i = 0; i < nsec3.iterations; ++i) {
    hash = sha1(hash + nsec3.salt);
  }
  return hash;
}

bool covers(const Nsec3& nsec3, const std::string& hash) {
  // std::string compares as unsigned octets, which is the order of RFC 5155 s1.3.
  if (nsec3.owner_hash < nsec3.next_hash) {
    return nsec3.owner_hash < hash && hash < nsec3.next_hash;
  }
  return nsec3.owner_hash < hash || hash < nsec3.next_hash;
}

}  // namespace parallax::dns
