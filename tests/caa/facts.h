// SPDX-License-Identifier: Apache-2.0
// Short ways to say what a perspective saw and who asks.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "caa/assess.h"

namespace parallax::caa {

inline void PrintTo(CaaOutcome outcome, std::ostream* out) { *out << to_string(outcome); }
inline void PrintTo(CaaReason reason, std::ostream* out) { *out << to_string(reason); }

namespace test {

inline names::DomainName name(std::string_view text) {
  return names::DomainName::parse(text, names::Underscores::allow).value();
}

inline Property property(std::string_view tag, std::string_view value, std::uint8_t flags = 0) {
  return Property{flags, std::string(tag), std::string(value)};
}

inline std::string rdata(const Property& property) {
  std::string octets;
  octets += static_cast<char>(property.flags);
  octets += static_cast<char>(property.tag.size());
  return octets + property.tag + property.value;
}

// A good, validated answer.
inline CaaLookup answer(std::string_view at, std::vector<Property> set = {},
                        std::uint32_t ttl_s = 300) {
  CaaLookup out{.name = name(at)};
  out.status = dns::LookupStatus::answered;
  out.rcode = dns::Rcode::noerror;
  out.verdict = dns::Verdict::secure;
  out.ttl_s = set.empty() ? 0 : ttl_s;
  out.attempts = 1;
  out.properties = std::move(set);
  return out;
}

inline CaaLookup nxdomain(std::string_view at, dns::Verdict verdict = dns::Verdict::secure) {
  CaaLookup out = answer(at);
  out.rcode = dns::Rcode::nxdomain;
  out.verdict = verdict;
  return out;
}

inline CaaLookup failure(std::string_view at,
                         dns::LookupStatus status = dns::LookupStatus::failed) {
  CaaLookup out{.name = name(at)};
  out.status = status;
  out.attempts = 2;
  out.reason = "no server answered";
  if (status == dns::LookupStatus::bogus) out.verdict = dns::Verdict::bogus;
  return out;
}

// A failure of a name below an unsigned delegation, with the proof.
inline CaaLookup insecure_failure(std::string_view at, std::string_view cut) {
  CaaLookup out = failure(at);
  out.insecurity = dns::InsecurityProof{
      true,
      "no DS at the delegation",
      std::string(cut),
      {{".", "DS validated", "p1"}, {std::string(cut), "no DS: NSEC with NS bit", "p2"}}};
  return out;
}

// The climb of `domain` with the lookups given and empty answers for every name not among them.
inline CaaObservation climb(std::string_view domain, const std::vector<CaaLookup>& lookups = {}) {
  CaaObservation out{.domain = name(domain)};
  for (std::optional<names::DomainName> at = out.domain; at; at = at->parent()) {
    CaaLookup step = answer(at->text());
    for (const auto& lookup : lookups)
      if (lookup.name == *at) step = lookup;
    out.lookups.push_back(std::move(step));
  }
  return out;
}

// A climb that finds `set` at `domain` itself.
inline CaaObservation set_at(std::string_view domain, std::vector<Property> set) {
  return climb(domain, {answer(domain, std::move(set))});
}

inline CaaQuestion question(CertificateType type, std::initializer_list<std::string_view> issuers) {
  CaaQuestion out;
  out.type = type;
  for (const auto issuer : issuers) out.issuers.push_back(name(issuer));
  return out;
}
inline CaaQuestion tls(std::string_view issuer) {
  return question(CertificateType::tls_server, {issuer});
}
inline CaaQuestion wildcard(std::string_view issuer) {
  CaaQuestion out = tls(issuer);
  out.wildcard = true;
  return out;
}
inline CaaQuestion smime(std::string_view issuer) {
  return question(CertificateType::smime, {issuer});
}

inline CaaReason reason(const CaaObservation& observation, const CaaQuestion& question,
                        const AssessmentSettings& settings = {}) {
  return assess(observation, question, settings).reason;
}

}  // namespace test
}  // namespace parallax::caa
