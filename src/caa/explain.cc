// SPDX-License-Identifier: Apache-2.0
#include "caa/explain.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/limits.h"
#include "caa/parameters.h"

namespace parallax::caa {
namespace {

// The name as the certificate will hold it, as far as CAA knows it.
std::string subject(const CaaObservation& observation, const CaaQuestion& question) {
  const bool wildcard = question.wildcard && question.type == CertificateType::tls_server;
  return (wildcard ? "*." : "") + observation.domain.text();
}

std::string quoted(std::string_view octets) {
  std::string text = escape_value(octets.substr(0, kQuotedSizeMax));
  if (octets.size() > kQuotedSizeMax) text += "...";
  return '"' + text + '"';
}

// A whole record, set off by two spaces so that it can be copied.
std::string record(const names::DomainName& owner, const Property& property) {
  return fmt::format("  {}. CAA {} {} {}  ", owner.text(), property.flags, property.tag,
                     quoted(property.value));
}

std::string our_issuer(const CaaQuestion& question) { return question.issuers.front().text(); }

std::string_view kind(const CaaQuestion& question) {
  return question.type == CertificateType::smime ? "S/MIME" : "TLS";
}

std::string addition(const CaaQuestion& question, const CaaLookup& relevant) {
  const std::string issuer = our_issuer(question);
  const Property property{0, std::string(restricting_tag(relevant.properties, question)), issuer};
  return fmt::format("add{}to let {} issue.", record(relevant.name, property), issuer);
}

std::string named(const std::vector<std::string>& issuers) {
  std::string text;
  for (std::size_t i = 0; i < issuers.size() && i < kIssuersQuotedMax; ++i)
    text += (i == 0 ? "" : ", ") + quoted(issuers[i]);
  return text + (issuers.size() > kIssuersQuotedMax ? " and others" : "");
}

// The value that the property would need to fit this request.
std::string fitting_value(const CaaQuestion& question, const IssueValue& value) {
  std::string text = value.issuer->text();
  bool account = false;
  bool method = false;
  for (const auto& parameter : value.parameters) {
    account = account || parameter.tag == "accounturi";
    method = method || parameter.tag == "validationmethods";
  }
  if (account && question.account_uri && is_uri(*question.account_uri))
    text += "; accounturi=" + *question.account_uri;
  if (method && question.validation_method)
    text += "; validationmethods=" + *question.validation_method;
  return text;
}

std::string explain_parameters(const CaaQuestion& question, const CaaLookup& relevant,
                               const Property& property) {
  const auto value = parse_issue_value(property.value);
  if (!value || !value->issuer) return {};
  const std::string account =
      question.account_uri ? "account " + quoted(*question.account_uri) : "no account URI";
  const std::string method = question.validation_method
                                 ? "method " + quoted(*question.validation_method)
                                 : "no validation method";
  return fmt::format(
      "the CAA record{}names {}, but its parameters do not fit this request ({}, {}); add{}to let "
      "it issue.",
      record(relevant.name, property), value->issuer->text(), account, method,
      record(relevant.name, {0, property.tag, fitting_value(question, *value)}));
}

std::string why(const CaaLookup& lookup) {
  const std::string rcode = lookup.status == dns::LookupStatus::failed
                                ? " (" + dns::to_string(lookup.rcode) + ")"
                                : std::string();
  return rcode + (lookup.reason.empty() ? "" : ": " + printable(lookup.reason));
}

std::string explain_no_records(const CaaObservation& observation, const CaaQuestion& question) {
  const auto& domain = observation.domain;
  const Property forbidding{0, question.type == CertificateType::smime ? "issuemail" : "issue",
                            ";"};
  return fmt::format(
      "{} has no CAA records, nor has any name above it up to {}, so every issuer may issue; to "
      "forbid it, add{}to its zone.",
      subject(observation, question), domain.top_level().text(), record(domain, forbidding));
}

}  // namespace

std::string explain_climb(const CaaObservation& observation, const CaaQuestion& question,
                          const ClimbResult& climb) {
  const std::string name = subject(observation, question);
  const std::string top = observation.domain.top_level().text();
  if (climb.end == ClimbEnd::not_found) return explain_no_records(observation, question);
  if (climb.end == ClimbEnd::internal)
    return fmt::format(
        "{} is an Internal Name: the top-level domain {} provably does not exist, "
        "so no record can make it eligible for a certificate.",
        name, top);
  if (climb.at >= observation.lookups.size())
    return fmt::format(
        "The lookups reported for {} are not an unbroken climb up to {}, so they "
        "prove nothing about its CAA records.",
        name, top);
  const auto& lookup = observation.lookups[climb.at];
  const std::string at = lookup.name.text();
  switch (climb.end) {
    case ClimbEnd::bogus:
      return fmt::format(
          "The CAA lookup at {} for {} failed DNSSEC validation{}; the zone's "
          "signatures or its DS records have to be mended first.",
          at, name, why(lookup));
    case ClimbEnd::timed_out:
      return fmt::format(
          "The CAA lookup at {} for {} got no answer in time{}; its name servers "
          "must answer CAA queries, if only with an empty answer.",
          at, name, why(lookup));
    case ClimbEnd::failed:
      return fmt::format(
          "The CAA lookup at {} for {} failed{}; its name servers must answer CAA "
          "queries, if only with an empty answer.",
          at, name, why(lookup));
    case ClimbEnd::unproved_tld:
      return fmt::format(
          "The top-level domain {} of {} was said not to exist, but nothing proves "
          "it; this is taken as a failed lookup.",
          top, name);
    default:
      return fmt::format(
          "The CAA lookup at {} for {} was reported with facts that contradict "
          "each other; this is taken as a failed lookup.",
          at, name);
  }
}

std::string explain_set(const CaaObservation& observation, const CaaQuestion& question,
                        const CaaLookup& relevant, const Authorization& authorization) {
  const std::string name = subject(observation, question);
  const std::string at = relevant.name.text();
  const auto tag = restricting_tag(relevant.properties, question);
  const bool pointed = authorization.property < relevant.properties.size();
  const Property none;
  const Property& property = pointed ? relevant.properties[authorization.property] : none;
  switch (authorization.reason) {
    case CaaReason::issuer_authorized:
      return fmt::format("{} may be issued for: the CAA record{}authorizes it.", name,
                         record(relevant.name, property));
    case CaaReason::no_restricting_property:
      return fmt::format(
          "{} has CAA records at {}, but none of them is about {} certificates; to "
          "forbid it, add{}there.",
          name, at, kind(question), record(relevant.name, {0, std::string(tag), ";"}));
    case CaaReason::critical_property:
      return fmt::format(
          "{} has a critical CAA record{}whose tag is unknown or unsupported, which "
          "forbids every issuance; remove it or clear its critical flag.",
          name, record(relevant.name, property));
    case CaaReason::malformed_record:
      return fmt::format(
          "{} has a CAA record at {} that cannot be read (octets {}); remove or "
          "mend that record.",
          name, at, printable(relevant.malformed_rdata.front(), kQuotedSizeMax));
    case CaaReason::parameters_not_satisfied:
      return name + ": " + explain_parameters(question, relevant, property);
    case CaaReason::issuance_forbidden:
      return fmt::format("{} has CAA records at {} whose {} values {}; {}", name, at, tag,
                         authorization.malformed_value ? "are malformed or empty and name nobody"
                                                       : "forbid every issuer",
                         addition(question, relevant));
    default:
      return fmt::format("{} has CAA records at {} that name {} only; {}", name, at,
                         named(authorization.other_issuers), addition(question, relevant));
  }
}

std::string explain_counted_failures(const CaaObservation& observation, const ClimbResult& climb) {
  const auto& lookup = observation.lookups[climb.failures_counted.front()];
  return fmt::format(
      "The CAA lookup at {} failed{}; it was retried, and {} is proved Insecure in "
      "the sense of RFC 4035, so the failure counts as an empty answer.",
      lookup.name.text(), why(lookup), lookup.name.text());
}

}  // namespace parallax::caa
