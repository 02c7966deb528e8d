// SPDX-License-Identifier: Apache-2.0
// Makes signed NSEC3 denials for tests, with ldns as the other implementation of the hash.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "base/time.h"
#include "dns/packet_builder.h"

namespace parallax::dns {

inline constexpr const char* kZone = "cedar";

struct FreeKeyList {
  void operator()(ldns_key_list* keys) const { ldns_key_list_free(keys); }
};

// A zone with one ECDSA P-256 key.
class SignedZone {
 public:
  explicit SignedZone(const std::string& zone = kZone) : zone_(zone), keys_(ldns_key_list_new()) {
    ldns_key* key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
    ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(zone.c_str()));
    ldns_key_set_inception(key, kInception);
    ldns_key_set_expiration(key, kExpiration);
    ldns_key_set_flags(key, 256);
    const LdnsPtr<ldns_rr> dnskey(ldns_key2rr(key));
    ldns_key_set_keytag(key, ldns_calc_keytag(dnskey.get()));
    ldns_key_list_push_key(keys_.get(), key);
    char* text = ldns_rr2str(dnskey.get());
    dnskey_text_ = text;
    std::free(text);
  }

  static constexpr std::uint32_t kInception = 1'700'000'000;
  static constexpr std::uint32_t kExpiration = 1'800'000'000;
  [[nodiscard]] static Instant valid_time() {
    return Instant(std::chrono::seconds((kInception + std::uint64_t{kExpiration}) / 2));
  }

  [[nodiscard]] std::string dnskey_response() const {
    return make_response({.name = zone_, .type = RecordType::dnskey, .answer = {dnskey_text_}});
  }
  [[nodiscard]] const std::string& dnskey_text() const { return dnskey_text_; }

  // `line` and its signature, as lines.
  [[nodiscard]] std::vector<std::string> signed_record(const std::string& line) const {
    const LdnsPtr<ldns_rr> rr = make_rr(line);
    const LdnsPtr<ldns_rr_list> set(ldns_rr_list_new());
    ldns_rr_list_push_rr(set.get(), rr.get());
    ldns_rr_list* signatures = ldns_sign_public(set.get(), keys_.get());
    char* text = ldns_rr2str(ldns_rr_list_rr(signatures, 0));
    std::vector<std::string> lines{line, text};
    std::free(text);
    ldns_rr_list_deep_free(signatures);
    return lines;
  }

 private:
  std::string zone_;
  std::unique_ptr<ldns_key_list, FreeKeyList> keys_;
  std::string dnskey_text_;
};

// The hash label of a name (no salt, no iterations), moved by `offset` in its last digits: for
// records that begin or end just beside a hash.
inline std::string hash_label(const std::string& name, int offset = 0) {
  const LdnsPtr<ldns_rdf> owner = ldns_parse_name(name);
  const LdnsPtr<ldns_rdf> hashed(ldns_nsec3_hash_name(owner.get(), 1, 0, 0, nullptr));
  std::string label = ldns_name_text(hashed.get());
  if (const std::size_t dot = label.find('.'); dot != std::string::npos) {
    label.resize(dot);
  }
  const std::string digits = "0123456789abcdefghijklmnopqrstuv";
  for (std::size_t at = label.size(); offset != 0 && at > 0; --at) {
    const int value = static_cast<int>(digits.find(label[at - 1])) + offset;
    label[at - 1] = digits[static_cast<std::size_t>((value + 32) % 32)];
    offset = value < 0 ? -1 : value > 31 ? 1 : 0;
  }
  return label;
}

// An NSEC3 of `zone` from hash label to hash label.
inline std::string nsec3_line(const std::string& from, const std::string& to, int flags,
                              const std::string& types, const std::string& zone = kZone) {
  return from + "." + zone + ". 3600 IN NSEC3 1 " + std::to_string(flags) + " 0 - " + to + " " +
         types;
}

}  // namespace parallax::dns
