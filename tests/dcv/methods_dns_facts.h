// SPDX-License-Identifier: Apache-2.0
// Short ways to say what a perspective was asked to look for in the DNS and what it saw.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "dcv/method.h"
#include "dcv/methods/methods.h"
#include "dcv/rdata.h"

namespace parallax::dcv::dns_test {

inline constexpr std::string_view kDomain = "example.com";
inline constexpr Instant kNow{std::chrono::seconds(1'795'360'940)};  // 2026-11-22
// The digest of a key authorization, as ACME writes it.
inline constexpr std::string_view kDigest = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0";

inline names::DomainName name(std::string_view text) {
  return names::DomainName::parse(text, names::Underscores::allow).value();
}
inline names::IpAddress address(std::string_view text) {
  return names::IpAddress::parse(text).value();
}

// A record's RDATA.
inline std::string txt(std::initializer_list<std::string_view> strings) {
  std::string out;
  for (const auto each : strings) {
    out += static_cast<char>(each.size());
    out += each;
  }
  return out;
}
inline std::string txt(std::string_view text) { return txt({text}); }
// A text of any length, in character-strings of at most `size` octets.
inline std::string txt_split(std::string_view text, std::size_t size) {
  std::string out;
  do {
    const auto part = text.substr(0, size);
    out += static_cast<char>(part.size());
    out += part;
    text.remove_prefix(part.size());
  } while (!text.empty());
  return out;
}
inline std::string wire_name(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto dot = text.find('.');
    const auto label = text.substr(0, dot);
    out += static_cast<char>(label.size());
    out += label;
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  return out + '\0';
}
inline std::string caa_record(std::string_view tag, std::string_view value) {
  std::string out{'\0', static_cast<char>(tag.size())};
  return out.append(tag).append(value);
}

// A good, validated answer to one question of a check.
inline SeenLookup answer(std::string_view at, dns::RecordType type, std::vector<std::string> rdata,
                         std::string_view purpose = "challenge") {
  SeenLookup out{.purpose = std::string(purpose), .name = std::string(at), .type = type};
  out.status = dns::LookupStatus::answered;
  out.rcode = dns::Rcode::noerror;
  out.verdict = dns::Verdict::secure;
  out.ttl_s = 300;
  out.rdata = std::move(rdata);
  return out;
}
inline SeenLookup nxdomain(std::string_view at, dns::RecordType type,
                           std::string_view purpose = "challenge") {
  SeenLookup out = answer(at, type, {}, purpose);
  out.rcode = dns::Rcode::nxdomain;
  return out;
}
inline SeenLookup failure(std::string_view at, dns::RecordType type, dns::LookupStatus status,
                          std::string_view purpose = "challenge") {
  SeenLookup out{.purpose = std::string(purpose), .name = std::string(at), .type = type};
  out.status = status;
  out.reason = "no server answered";
  if (status == dns::LookupStatus::bogus) out.verdict = dns::Verdict::bogus;
  return out;
}

inline ControlObservation seen(std::vector<SeenLookup> lookups, bool validating = true) {
  return {.validating = validating, .lookups = std::move(lookups)};
}

inline ControlCheck check_of(rules::ControlMethod method, Target target, Challenge challenge) {
  return {.method = method,
          .applied_for = std::move(target),
          .adn = std::nullopt,
          .mail_server = std::nullopt,
          .challenge = std::move(challenge)};
}

// An explanation is one line that can be pasted, whatever stood in the DNS.
inline bool is_printable(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return !text.empty();
}

// A resolver with answers by name and type; what is not planned does not exist. Records what it
// was asked.
class PlannedResolver final : public dns::Resolver {
 public:
  void plan(std::string_view at, dns::RecordType type, std::vector<std::string> rdata) {
    dns::Lookup lookup = blank({name(at), type});
    lookup.rcode = dns::Rcode::noerror;
    for (auto& octets : rdata)
      lookup.records.push_back({std::string(at), type, 300, std::move(octets)});
    lookup.ttl_s = 300;
    plans_.insert_or_assign({std::string(at), type}, std::move(lookup));
  }

  std::vector<dns::Question> asked;

  Task<dns::Lookup> lookup(dns::Question question, Deadline /*deadline*/) override {
    asked.push_back(question);
    const auto found = plans_.find({question.name.text(), question.type});
    if (found != plans_.end()) co_return found->second;
    co_return blank(std::move(question));
  }

  Task<dns::InsecurityProof> prove_insecure(names::DomainName /*name*/,
                                            Deadline /*deadline*/) override {
    co_return dns::InsecurityProof{};
  }

 private:
  static dns::Lookup blank(dns::Question question) {
    return {.question = std::move(question),
            .status = dns::LookupStatus::answered,
            .rcode = dns::Rcode::nxdomain,
            .verdict = dns::Verdict::secure,
            .records = {},
            .alias_chain = {},
            .reason = {},
            .packet = {},
            .attempts = 1};
  }

  std::map<std::pair<std::string, dns::RecordType>, dns::Lookup> plans_;
};

// What `method` adds when it looks at `adn` with `resolver`.
inline ControlObservation observe(const Method& method, const ControlCheck& check,
                                  const Target& adn, PlannedResolver& resolver) {
  boost::asio::io_context io;
  ControlObservation out;
  const Instruments instruments{.resolver = &resolver, .client = nullptr};
  boost::asio::co_spawn(
      io, method.observe(&check, adn, instruments, Deadline::after(std::chrono::hours(1)), &out),
      boost::asio::detached);
  io.run();
  return out;
}

}  // namespace parallax::dcv::dns_test

namespace parallax::dcv {
inline void PrintTo(ControlOutcome outcome, std::ostream* out) { *out << to_string(outcome); }
inline void PrintTo(ControlReason reason, std::ostream* out) { *out << to_string(reason); }
}  // namespace parallax::dcv
