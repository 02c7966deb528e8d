// SPDX-License-Identifier: Apache-2.0
// Requests for control, and what perspectives see in answer to them.
#pragma once

#include <string>

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

// One TXT record with this text at the name; none if it is empty.
inline dcv::ControlObservation saw_txt(std::string_view name, const std::string& text) {
  dcv::SeenLookup lookup;
  lookup.purpose = "challenge";
  lookup.name = name;
  lookup.type = dns::RecordType::txt;
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.verdict = dns::Verdict::secure;
  if (!text.empty()) lookup.rdata = {static_cast<char>(text.size()) + text};
  dcv::ControlObservation seen;
  seen.lookups = {lookup};
  return seen;
}

}  // namespace parallax::orders::test
