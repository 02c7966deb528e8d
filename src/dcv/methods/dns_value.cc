// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/dns_value.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/ascii.h"
#include "caa/property.h"
#include "dcv/rdata.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kPurpose = "challenge";
constexpr std::size_t kDigestSize = 32;       // SHA-256
constexpr std::size_t kRecordSizeMax = 1024;  // of a value in a record to be copied

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), caa::to_lower);
  return out;
}

// The text of a record as it is compared; nullopt if the RDATA cannot be read.
//
// CAA: TLS BR 3.2.2.4.7 asks for the value "in a DNS CNAME, TXT or CAA record" and names no
// property: whoever can publish one tag can publish any, so every property's value counts, and
// nothing climbs to a parent's records.
std::optional<std::string> text_of_record(dns::RecordType type, std::string_view rdata) {
  Result<std::string> text = fail(ErrorCode::unsupported, "");
  if (type == dns::RecordType::txt) text = txt_text(rdata);
  if (type == dns::RecordType::cname) text = name_text(rdata);
  if (type == dns::RecordType::caa)
    text = caa::parse_rdata(rdata).map([](auto&& property) { return property.value; });
  return text ? std::optional(std::move(*text)) : std::nullopt;
}

// The value in the form in which records are compared with it.
std::string expected(const DnsValue& challenge) {
  if (challenge.type == dns::RecordType::cname) {
    if (!challenge.whole) return lower(challenge.value);
    const auto name = names::DomainName::parse(challenge.value, names::Underscores::allow);
    return name ? name->text() : std::string();
  }
  return challenge.exact_case ? challenge.value : lower(challenge.value);
}

bool matches(const DnsValue& challenge, std::string_view value, std::string_view text) {
  if (value.empty()) return false;  // an empty value is no challenge, however it got here
  const std::string folded = challenge.exact_case && challenge.type != dns::RecordType::cname
                                 ? std::string(text)
                                 : lower(text);
  return challenge.whole ? folded == value : folded.find(value) != std::string::npos;
}

Wanted wanted(const DnsValue& challenge, std::string_view owner) {
  const std::string type = dns::to_string(challenge.type);
  const std::string value = printable(challenge.value, kRecordSizeMax);
  Wanted out;
  out.what =
      fmt::format("a {} record {} {}", type, challenge.whole ? "with the value" : "that holds",
                  quoted(challenge.value));
  if (challenge.type == dns::RecordType::txt)
    out.remedy =
        fmt::format("publish{}in the zone", record_text(owner, challenge.type, '"' + value + '"'));
  else if (challenge.type == dns::RecordType::cname)
    out.remedy =
        fmt::format("publish{}in the zone",
                    record_text(owner, challenge.type, value + (value.ends_with('.') ? "" : ".")));
  else  // a tag proposed here could change who may issue
    out.remedy = "publish that value there in a CAA record with the tag the CA asked for";
  return out;
}

const names::DomainName* domain_of(const Target& target) {
  return std::get_if<names::DomainName>(&target);
}

Result<names::DomainName> question_name(const ControlCheck& check, const Target& adn) {
  const auto* domain = domain_of(adn);
  const auto* challenge = std::get_if<DnsValue>(&check.challenge);
  if (domain == nullptr || challenge == nullptr)
    return fail(ErrorCode::unsupported, "the method looks at domain names only");
  return prefixed(*domain, challenge->prefix);
}

}  // namespace

Result<names::DomainName> prefixed(const names::DomainName& name, std::string_view prefix) {
  names::DomainName out = name;
  while (!prefix.empty()) {
    const auto dot = prefix.rfind('.');
    const auto label = dot == std::string_view::npos ? prefix : prefix.substr(dot + 1);
    auto longer = out.with_label(label);
    if (!longer) return fail(std::move(longer.error()));
    out = std::move(*longer);
    if (dot == 0) return fail(ErrorCode::malformed, "a prefix begins with an empty label");
    prefix = dot == std::string_view::npos ? std::string_view() : prefix.substr(0, dot);
  }
  return out;
}

Status validate_dns_value(const ControlCheck& check, std::string_view rule) {
  if (domain_of(check.applied_for) == nullptr)
    return refuse(ErrorCode::unsupported, "the method shows control of a domain name only",
                  "applied_for", rule);
  const auto* challenge = std::get_if<DnsValue>(&check.challenge);
  if (challenge == nullptr)
    return refuse(ErrorCode::malformed, "the method needs a value to look for in the DNS",
                  "challenge", rule);
  if (challenge->type != dns::RecordType::txt && challenge->type != dns::RecordType::cname &&
      challenge->type != dns::RecordType::caa)
    return refuse(ErrorCode::unsupported, "the value stands in a TXT, CNAME or CAA record",
                  "challenge.type", rule);
  if (challenge->value.empty())
    return refuse(ErrorCode::malformed, "the value is empty, so that any record would hold it",
                  "challenge.value", rule);
  if (challenge->value.size() > kChallengeSizeMax)
    return refuse(ErrorCode::malformed,
                  fmt::format("the value has more than {} octets", kChallengeSizeMax),
                  "challenge.value", rule);
  if (challenge->type == dns::RecordType::cname && challenge->whole) {
    const auto name = names::DomainName::parse(challenge->value, names::Underscores::allow);
    if (!name)
      return refuse(ErrorCode::malformed,
                    "a CNAME record holds a domain name: " + name.error().message,
                    "challenge.value", rule);
  }
  const auto name = prefixed(*domain_of(check.applied_for), challenge->prefix);
  if (!name)
    return refuse(ErrorCode::malformed,
                  "the prefix cannot stand before the name: " + name.error().message,
                  "challenge.prefix", rule);
  return {};
}

Status validate_acme_value(const ControlCheck& check, std::string_view rule) {
  if (auto common = validate_dns_value(check, rule); !common) return common;
  const auto& challenge = std::get<DnsValue>(check.challenge);
  if (challenge.type != dns::RecordType::txt)
    return refuse(ErrorCode::malformed, "an ACME DNS challenge is a TXT record", "challenge.type",
                  rule);
  if (!challenge.whole || !challenge.exact_case)
    return refuse(ErrorCode::malformed,
                  "an ACME DNS challenge is compared whole and with its exact case",
                  "challenge.value", rule);
  const auto digest = base64url_decode(challenge.value);
  if (!digest || digest->size() != kDigestSize)
    return refuse(ErrorCode::malformed,
                  "the value must be the unpadded base64url of a SHA-256 digest (43 characters)",
                  "challenge.value", rule);
  return {};
}

Task<void> DnsValueMethod::observe(const ControlCheck* check, Target adn, Instruments instruments,
                                   Deadline deadline, ControlObservation* seen) const {
  const auto name = question_name(*check, adn);
  if (!name) co_return;  // no such name, no question: assess() says why
  const auto type = std::get<DnsValue>(check->challenge).type;
  dns::Question question{*name, type};
  co_await ask(instruments, std::move(question), std::string(kPurpose), deadline, seen);
}

ControlDetermination DnsValueMethod::assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant /*at*/) const {
  const auto name = question_name(check, adn);
  if (!name) return no_such_name({"the value in the DNS", {}}, name.error());
  const auto& challenge = std::get<DnsValue>(check.challenge);
  const Wanted want = wanted(challenge, name->text());
  const Answer answer = answer_to(seen, {*name, challenge.type}, kPurpose, want);
  if (answer.determination) return *answer.determination;

  const std::string value = expected(challenge);
  std::vector<std::string> found;
  for (const auto& rdata : answer.lookup->rdata) {
    auto text = text_of_record(challenge.type, rdata);
    if (!text) continue;
    if (matches(challenge, value, *text))
      return shown(
          value,
          fmt::format("Found {} at {}{}.", want.what, name->text(), through_alias(*answer.lookup)),
          answer.lookup->verdict);
    found.push_back(std::move(*text));
  }
  return not_shown(
      ControlReason::challenge_differs,
      fmt::format("Looked for {} at {}{}, but found {} instead; {}.", want.what, name->text(),
                  through_alias(*answer.lookup), quoted_list(found), want.remedy),
      answer.lookup->verdict);
}

}  // namespace parallax::dcv
