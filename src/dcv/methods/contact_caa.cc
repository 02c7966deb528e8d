// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.13 and .17 with Appendix A.1: a contact in the contactemail or contactphone
// property of the relevant CAA set, found by the climb of RFC 8659 s3 from the Authorization Domain
// Name. A set that is nearer hides those above it, whatever it holds.
#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/climb.h"
#include "caa/search.h"
#include "dcv/methods/contact.h"
#include "dcv/methods/methods.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kPurpose = "challenge";

std::string_view tag_of(ContactKind kind) {
  return kind == ContactKind::email ? "contactemail" : "contactphone";
}

std::string_view rule_of(ContactKind kind) {
  return kind == ContactKind::email ? "TLS BR 3.2.2.4.13, Appendix A.1.1"
                                    : "TLS BR 3.2.2.4.17, Appendix A.1.2";
}

std::string rdata_of(const caa::Property& property) {
  std::string octets{static_cast<char>(property.flags), static_cast<char>(property.tag.size())};
  return octets + property.tag + property.value;
}

// One step of the climb as any other lookup of a check is recorded.
SeenLookup step_seen(caa::CaaLookup step) {
  dns::Lookup lookup{.question = {step.name, dns::RecordType::caa},
                     .status = step.status,
                     .rcode = step.rcode,
                     .verdict = step.verdict,
                     .records = {},
                     .ttl_s = step.ttl_s,
                     .alias_chain = std::move(step.alias_chain),
                     .reason = std::move(step.reason),
                     .packet = std::move(step.packet)};
  const std::string owner = step.name.text();
  for (const auto& property : step.properties)
    lookup.records.push_back({owner, dns::RecordType::caa, step.ttl_s, rdata_of(property)});
  for (const auto& hex : step.malformed_rdata)
    lookup.records.push_back(
        {owner, dns::RecordType::caa, step.ttl_s, hex_decode(hex).value_or(std::string())});
  return seen_of(std::string(kPurpose), lookup);
}

// And back; nullopt for a lookup that can be no step of a climb.
std::optional<caa::CaaLookup> step_of(const SeenLookup& seen) {
  const auto name = names::DomainName::parse(seen.name, names::Underscores::allow);
  if (!name || name->text() != seen.name || seen.type != dns::RecordType::caa) return std::nullopt;
  caa::CaaLookup step{.name = *name,
                      .status = seen.status,
                      .rcode = seen.rcode,
                      .verdict = seen.verdict,
                      .ttl_s = seen.ttl_s,
                      .reason = seen.reason,
                      .alias_chain = seen.alias_chain};
  for (const auto& rdata : seen.rdata) {
    auto property = caa::parse_rdata(rdata);
    if (property)
      step.properties.push_back(std::move(*property));
    else
      step.malformed_rdata.push_back(hex_encode(rdata));
  }
  return step;
}

// What the perspective saw of the climb from `adn`. A lookup that is no step leaves a climb without
// steps, which proves nothing.
caa::CaaObservation climb_seen(const ControlObservation& seen, const names::DomainName& adn) {
  caa::CaaObservation out{.domain = adn, .validating = seen.validating};
  for (const auto& lookup : seen.lookups) {
    if (lookup.purpose != kPurpose) continue;
    auto step = step_of(lookup);
    if (!step) return {.domain = adn, .validating = seen.validating};
    out.lookups.push_back(std::move(*step));
  }
  return out;
}

Task<void> look(Target adn, Instruments instruments, Deadline deadline, ControlObservation* seen) {
  const auto* domain = std::get_if<names::DomainName>(&adn);
  if (domain == nullptr) co_return;
  caa::SearchSettings settings;
  settings.validating = instruments.validating;
  auto climb = co_await caa::observe_caa(*instruments.resolver, *domain, settings, deadline);
  for (auto& step : climb.lookups) seen->lookups.push_back(step_seen(std::move(step)));
}

// The end of a climb that found no set.
ControlDetermination without_set(const caa::CaaObservation& observation,
                                 const caa::ClimbResult& climb, const Wanted& wanted) {
  const std::string from = observation.domain.text();
  const std::string top = observation.domain.top_level().text();
  const bool pointed = climb.at < observation.lookups.size();
  const std::string at = pointed ? observation.lookups[climb.at].name.text() : from;
  const std::string reason = pointed && !observation.lookups[climb.at].reason.empty()
                                 ? ": " + printable(observation.lookups[climb.at].reason)
                                 : std::string();
  switch (climb.end) {
    case caa::ClimbEnd::not_found:
    case caa::ClimbEnd::internal:
      return not_shown(ControlReason::challenge_missing,
                       fmt::format("Looked for {} from {} up to {}, but there are no CAA records; "
                                   "{}.",
                                   wanted.what, from, top, wanted.remedy),
                       climb.verdict);
    case caa::ClimbEnd::bogus:
      return undetermined(ControlReason::bogus,
                          fmt::format("Looked for {} from {} upwards, but the CAA answer at {} "
                                      "failed DNSSEC validation{}; the zone's signatures or its DS "
                                      "records have to be mended first.",
                                      wanted.what, from, at, reason),
                          climb.verdict);
    case caa::ClimbEnd::timed_out:
      return undetermined(ControlReason::timed_out,
                          fmt::format("Looked for {} from {} upwards, but the CAA lookup at {} got "
                                      "no answer in time{}; its name servers must answer CAA "
                                      "queries, if only with an empty answer.",
                                      wanted.what, from, at, reason),
                          climb.verdict);
    case caa::ClimbEnd::failed:
      return undetermined(ControlReason::lookup_failed,
                          fmt::format("Looked for {} from {} upwards, but the CAA lookup at {} "
                                      "failed{}; its name servers must answer CAA queries, if only "
                                      "with an empty answer.",
                                      wanted.what, from, at, reason),
                          climb.verdict);
    default:
      return undetermined(ControlReason::lookup_failed,
                          fmt::format("Looked for {} from {} upwards, but what was reported is no "
                                      "unbroken and credible climb up to {}, so it proves nothing.",
                                      wanted.what, from, top),
                          climb.verdict);
  }
}

class ContactCaa final : public Method {
 public:
  explicit ContactCaa(ContactKind kind) : kind_(kind) {}

  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    return validate_contact(check, kind_, rule_of(kind_));
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* /*check*/, Target adn,
                                   Instruments instruments, Deadline deadline,
                                   ControlObservation* seen) const override {
    return look(std::move(adn), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const override;

 private:
  ContactKind kind_;
};

ControlDetermination ContactCaa::assess(const ControlObservation& seen, const ControlCheck& check,
                                        const Target& adn, Instant /*at*/) const {
  const auto* challenge = std::get_if<ContactValue>(&check.challenge);
  const std::string contact = challenge == nullptr ? std::string() : challenge->contact;
  const std::string_view tag = tag_of(kind_);
  Wanted wanted;
  wanted.what = fmt::format("the {} {} in a CAA {} property", noun(kind_), quoted(contact), tag);
  const auto* domain = std::get_if<names::DomainName>(&adn);
  if (domain == nullptr)
    return no_such_name(wanted, Error{ErrorCode::unsupported, "the target is no domain name", {}});
  const std::string data = fmt::format("0 {} {}", tag, quoted(contact));
  wanted.remedy =
      fmt::format("publish{}in the zone", record_text(domain->text(), dns::RecordType::caa, data));

  const caa::CaaObservation observation = climb_seen(seen, *domain);
  const caa::ClimbResult climb = caa::follow_climb(observation, {});
  if (climb.end != caa::ClimbEnd::found) return without_set(observation, climb, wanted);
  const caa::CaaLookup& relevant = observation.lookups[climb.at];
  std::vector<std::string> texts;
  for (const auto& property : relevant.properties)
    if (property.has_tag(tag)) texts.push_back(property.value);
  // A new set at the ADN would hide the one found, and with it who may issue.
  const std::string at = relevant.name.text();
  wanted.remedy = fmt::format("publish{}beside the CAA records there",
                              record_text(at, dns::RecordType::caa, data));
  if (!texts.empty()) return assess_contacts(kind_, contact, texts, at, wanted, climb.verdict);
  return not_shown(ControlReason::challenge_missing,
                   fmt::format("Looked for {}, but the CAA records that count, those at {}, have "
                               "none; {}.",
                               wanted.what, at, wanted.remedy),
                   climb.verdict);
}

}  // namespace

const Method& contact_email_caa_method() {
  static const ContactCaa method(ContactKind::email);
  return method;
}

const Method& contact_phone_caa_method() {
  static const ContactCaa method(ContactKind::phone);
  return method;
}

}  // namespace parallax::dcv
