// SPDX-License-Identifier: Apache-2.0
// What the DNS says about a mail domain, in few words, and a resolver that says it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dcv/mail_server.h"
#include "dcv/seen.h"

namespace parallax::dcv::mail_test {

inline constexpr std::string_view kDomain = "example.com";

inline names::DomainName name(std::string_view text) {
  return names::DomainName::parse(text).value();
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

// RDATA of an MX record; "" is the null MX's exchange.
inline std::string mx(unsigned preference, std::string_view exchange) {
  return std::string{static_cast<char>(preference >> 8U), static_cast<char>(preference)} +
         wire_name(exchange);
}

inline dns::Lookup answer(std::string_view at, dns::RecordType type,
                          const std::vector<std::string>& rdata,
                          std::vector<std::string> aliases = {}) {
  dns::Lookup out{.question = {name(at), type},
                  .status = dns::LookupStatus::answered,
                  .rcode = dns::Rcode::noerror,
                  .verdict = dns::Verdict::secure,
                  .records = {},
                  .alias_chain = std::move(aliases),
                  .reason = {},
                  .packet = {}};
  for (const auto& octets : rdata) out.records.push_back({std::string(at), type, 300, octets});
  return out;
}

inline dns::Lookup nxdomain(std::string_view at, dns::RecordType type,
                            std::vector<std::string> aliases = {}) {
  auto out = answer(at, type, {}, std::move(aliases));
  out.rcode = dns::Rcode::nxdomain;
  return out;
}

inline dns::Lookup failed(std::string_view at, dns::RecordType type, dns::LookupStatus status) {
  auto out = answer(at, type, {});
  out.status = status;
  out.rcode = dns::Rcode::servfail;
  out.verdict =
      status == dns::LookupStatus::bogus ? dns::Verdict::bogus : dns::Verdict::indeterminate;
  out.reason = "planned";
  return out;
}

// Answers at once; NODATA to what was not planned.
class PlannedResolver final : public dns::Resolver {
 public:
  void plan(dns::Lookup lookup) {
    const auto key = std::pair(lookup.question.name.text(), lookup.question.type);
    answers_.insert_or_assign(key, std::move(lookup));
  }
  std::vector<std::pair<std::string, dns::RecordType>> asked;

  Task<dns::Lookup> lookup(dns::Question question, Deadline) override {
    const auto key = std::pair(question.name.text(), question.type);
    asked.push_back(key);
    const auto found = answers_.find(key);
    if (found != answers_.end()) co_return found->second;
    co_return answer(question.name.text(), question.type, {});
  }
  Task<dns::InsecurityProof> prove_insecure(names::DomainName, Deadline) override {
    co_return dns::InsecurityProof{};
  }

 private:
  std::map<std::pair<std::string, dns::RecordType>, dns::Lookup> answers_;
};

// Octets that a test chose, over and over.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t value) : value_(value) {}
  unsigned drawn = 0;

  std::string octets(std::size_t count) override {
    ++drawn;
    std::string out;
    for (std::size_t i = count; i > 0; --i)
      out += static_cast<char>(i > sizeof value_ ? 0 : value_ >> (8U * (i - 1)));
    return out;
  }

 private:
  std::uint64_t value_;
};

}  // namespace parallax::dcv::mail_test
