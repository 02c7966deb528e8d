// SPDX-License-Identifier: Apache-2.0
// Octets as an issue value, as RDATA and as escaped text: whatever parses is what was written, and
// no judgement ever authorizes an issuer whose name does not stand in the record.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "caa/assess.h"
#include "caa/property.h"

namespace {

using namespace parallax;
using namespace parallax::caa;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool holds(std::string_view octets, std::string_view name) {
  return lower(octets).find(name) != std::string::npos;
}

void check_value(std::string_view octets) {
  const auto value = parse_issue_value(octets);
  if (!value) return;
  if (value->issuer) require(holds(octets, value->issuer->text()));
  // The parts, written the shortest way, parse to themselves.
  std::string text = value->issuer ? value->issuer->text() : "";
  for (const auto& parameter : value->parameters)
    text += ";" + parameter.tag + "=" + parameter.value;
  const auto again = parse_issue_value(text);
  require(again && *again == *value);
}

void check_judgement(const Property& property) {
  const auto name = names::DomainName::parse("com");
  const auto issuer = names::DomainName::parse("ca.example");
  CaaLookup lookup{.name = *name};
  lookup.status = dns::LookupStatus::answered;
  lookup.rcode = dns::Rcode::noerror;
  lookup.verdict = dns::Verdict::secure;
  lookup.properties = {property};
  const CaaObservation seen{.domain = *name, .validating = true, .lookups = {lookup}};
  for (const bool smime : {false, true}) {
    CaaQuestion question;
    question.type = smime ? CertificateType::smime : CertificateType::tls_server;
    question.issuers = {*issuer};
    const auto made = assess(seen, question, {});
    if (made.reason == CaaReason::issuer_authorized) require(holds(property.value, "ca.example"));
    for (const char c : made.explanation) require(c >= 0x20 && c < 0x7f);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  check_value(octets);
  const auto unescaped = unescape_value(escape_value(octets));
  require(unescaped && *unescaped == octets);
  if (const auto text = unescape_value(octets)) require(escape_value(*text) == octets);
  for (const char* tag : {"issue", "issuemail"})
    check_judgement(Property{0, tag, std::string(octets)});
  if (const auto property = parse_rdata(octets)) {
    std::string rdata{static_cast<char>(property->flags), static_cast<char>(property->tag.size())};
    require(rdata + property->tag + property->value == octets);
    check_judgement(*property);
  }
  return 0;
}
