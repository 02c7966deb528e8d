// SPDX-License-Identifier: Apache-2.0
// Requests for control, and what perspectives see in answer to them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dcv/check.h"
#include "dcv/observation.h"
#include "names/public_suffix.h"
#include "orders/order.h"

namespace parallax::orders::test {

inline constexpr const char* kRandomValue = "dGhlIHJhbmRvbSB2YWx1ZSBvZiB0aGlzIG9yZGVy";

inline names::DomainName dns_name(std::string_view text) {
  return names::DomainName::parse(text, names::Underscores::allow).value();
}

inline const names::PublicSuffixList& suffixes() {
  static const auto list = names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  return list;
}

// TLS BR 3.2.2.4.7: the Random Value in a TXT record at the name itself.
inline ControlRequest dns_change(std::string_view name) {
  return {rules::ControlMethod::dns_change,
          dcv::ControlCheck{rules::ControlMethod::dns_change, dns_name(name), std::nullopt,
                            std::nullopt, false,
                            dcv::DnsValue{dns::RecordType::txt, "", kRandomValue, true, true}}};
}

// TLS BR 3.2.2.5.3: the address points to the name, with the Random Value in a TXT record there.
inline ControlRequest reverse_lookup(
    std::string_view address, std::string_view name,
    rules::ControlMethod method = rules::ControlMethod::dns_change) {
  const dcv::DnsValue value{dns::RecordType::txt, "", kRandomValue, true, true};
  return {
      rules::ControlMethod::reverse_lookup,
      dcv::ControlCheck{rules::ControlMethod::reverse_lookup,
                        names::IpAddress::parse(address).value(), std::nullopt, std::nullopt, false,
                        dcv::ReverseValue{dns_name(name), dcv::NameControl{method, value}}}};
}

inline ControlRequest http_01(dcv::Target target) {
  return {rules::ControlMethod::acme_http,
          dcv::ControlCheck{rules::ControlMethod::acme_http, std::move(target), std::nullopt,
                            std::nullopt, false,
                            dcv::HttpValue{dcv::Scheme::http,
                                           std::string("/.well-known/acme-challenge/") +
                                               "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA",
                                           "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.thumb",
                                           std::nullopt,
                                           {}}}};
}

// A lookup of a validating resolver, with these records.
inline dcv::SeenLookup looked_up(std::string_view purpose, std::string_view name,
                                 dns::RecordType type, std::vector<std::string> rdata) {
  dcv::SeenLookup lookup;
  lookup.purpose = purpose;
  lookup.name = name;
  lookup.type = type;
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.verdict = dns::Verdict::secure;
  lookup.rdata = std::move(rdata);
  return lookup;
}

// A name as RDATA has it.
inline std::string wire_name(const names::DomainName& name) {
  std::string out;
  for (const std::string_view label : name.labels())
    out.append(1, static_cast<char>(label.size())).append(label);
  return out + '\0';
}

// One TXT record with this text at the name; none if it is empty.
inline dcv::ControlObservation saw_txt(std::string_view name, const std::string& text) {
  std::vector<std::string> rdata;
  if (!text.empty()) rdata.push_back(static_cast<char>(text.size()) + text);
  dcv::ControlObservation seen;
  seen.lookups = {looked_up("challenge", name, dns::RecordType::txt, std::move(rdata))};
  return seen;
}

}  // namespace parallax::orders::test
