// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.5.3, Reverse Address Lookup: the address's PTR record gives the Authorization Domain
// Name, exactly; then control of that name is shown by a method of 3.2.2.4. A perspective that sees
// the one and not the other corroborates nothing.
//
// An address may have several PTR records. The rule asks for "a" name associated with the address,
// so the one that the CA named has to be among them, and the others change nothing.
#include <algorithm>

#include <fmt/format.h>

#include "dcv/methods/connection.h"
#include "dcv/methods/methods.h"
#include "dcv/methods/question.h"
#include "dcv/rdata.h"
#include "names/certificate_name.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.5.3";
constexpr std::string_view kPurpose = "reverse";

bool points_to(const SeenLookup& lookup, const names::DomainName& name) {
  if (lookup.status != dns::LookupStatus::answered || lookup.verdict == dns::Verdict::bogus)
    return false;
  return std::ranges::any_of(lookup.rdata, [&name](const std::string& rdata) {
    const auto text = name_text(rdata);
    return text && *text == name.text();
  });
}

// `check` is the caller's for the whole await.
Task<void> look(const ControlCheck* check, names::DomainName at, Instruments instruments,
                Deadline deadline, ControlObservation* seen) {
  dns::Question question{std::move(at), dns::RecordType::ptr};
  co_await ask(instruments, std::move(question), std::string(kPurpose), deadline, seen);
  const auto pointed = check_of_pointed_name(*check);
  if (!pointed || !challenge_fits(*pointed)) co_return;
  auto name = std::get<names::DomainName>(pointed->applied_for);
  const Method* method = find_method(pointed->method);
  if (method == nullptr || !points_to(seen->lookups.back(), name)) co_return;
  co_await method->observe(&*pointed, std::move(name), instruments, deadline, seen);
}

Task<void> look_nowhere() { co_return; }

// What a name must be for anybody to have control of it (TLS BR 4.2.2). Whether it is a public
// suffix is for the planning of an order to say, which has the list.
Status validate_name(const names::DomainName& name) {
  if (name.text().find('_') != std::string::npos)
    return refuse(ErrorCode::malformed,
                  fmt::format("{} holds an underscore; no host has such a name", name.text()),
                  "challenge.name", kRule);
  switch (names::classify(name)) {
    case names::DomainClass::ordinary: return {};
    case names::DomainClass::reverse_zone:
      return refuse(ErrorCode::forbidden,
                    fmt::format("{} lies in a reverse zone, and nobody gets certificates there; "
                                "name the host that the PTR record points to",
                                name.text()),
                    "challenge.name", "TLS BR 4.2.2");
    case names::DomainClass::onion:
      return refuse(ErrorCode::unsupported,
                    fmt::format("{} is an onion name, to which no PTR record leads", name.text()),
                    "challenge.name", kRule);
    case names::DomainClass::single_label:
    case names::DomainClass::special_use: break;
  }
  return refuse(ErrorCode::forbidden,
                fmt::format("{} is an Internal Name, of which nobody has control", name.text()),
                "challenge.name", "TLS BR 4.2.2");
}

// Both halves of the method, the PTR having been found: what showing control of the name comes to.
ControlDetermination assess_pointed_name(const ControlObservation& seen, const ControlCheck& check,
                                         ControlDetermination pointer, Instant at) {
  const auto pointed = check_of_pointed_name(check);
  if (!pointed) {
    pointer.explanation += " That shows no control before control of that name is shown as well.";
    return pointer;
  }
  const Method* method = find_method(pointed->method);
  if (method == nullptr || !challenge_fits(*pointed))
    return undetermined(ControlReason::lookup_failed,
                        "The check does not say how control of the name is shown.",
                        dns::Verdict::indeterminate);
  ControlDetermination made = method->assess(seen, *pointed, pointed->applied_for, at);
  made.explanation = pointer.explanation + ' ' + made.explanation;
  made.verdict = weaker(made.verdict, pointer.verdict);
  if (made.outcome == ControlOutcome::shown)
    made.challenge_information =
        fmt::format("{} {}", pointer.challenge_information, made.challenge_information);
  return made;
}

class ReverseLookup final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (!std::holds_alternative<names::IpAddress>(check.applied_for))
      return refuse(ErrorCode::unsupported, "the method shows control of an IP address only",
                    "applied_for", kRule);
    if (!std::holds_alternative<ReverseValue>(check.challenge))
      return refuse(ErrorCode::malformed, "the method needs the name that the address points to",
                    "challenge", kRule);
    return validate_name(std::get<ReverseValue>(check.challenge).name);
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* check, Target adn, Instruments instruments,
                                   Deadline deadline, ControlObservation* seen) const override {
    const auto* address = std::get_if<names::IpAddress>(&adn);
    if (address == nullptr) return look_nowhere();
    return look(check, reverse_name(*address), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const override;
};

ControlDetermination ReverseLookup::assess(const ControlObservation& seen,
                                           const ControlCheck& check, const Target& adn,
                                           Instant at) const {
  const auto* address = std::get_if<names::IpAddress>(&adn);
  const auto* challenge = std::get_if<ReverseValue>(&check.challenge);
  if (address == nullptr || challenge == nullptr)
    return undetermined(ControlReason::lookup_failed,
                        "The method looks at the PTR record of an IP address only.",
                        dns::Verdict::indeterminate);
  const names::DomainName name = reverse_name(*address);
  const std::string target = challenge->name.text();
  const Wanted want{fmt::format("a PTR record that points to {}", target),
                    fmt::format("publish{}in the reverse zone",
                                record_text(name.text(), dns::RecordType::ptr, target + '.'))};
  const Answer answer = answer_to(seen, {name, dns::RecordType::ptr}, kPurpose, want);
  if (answer.determination) return *answer.determination;

  std::vector<std::string> found;
  for (const auto& rdata : answer.lookup->rdata) {
    auto text = name_text(rdata);
    if (!text) continue;
    if (*text == target)
      return assess_pointed_name(
          seen, check,
          shown(target,
                fmt::format("{} points to {} at {}{}.", address->text(), target, name.text(),
                            through_alias(*answer.lookup)),
                answer.lookup->verdict),
          at);
    found.push_back(std::move(*text));
  }
  return not_shown(
      ControlReason::challenge_differs,
      fmt::format("Looked for {} at {}{}, but found {} instead; {}.", want.what, name.text(),
                  through_alias(*answer.lookup), quoted_list(found), want.remedy),
      answer.lookup->verdict);
}

}  // namespace

const Method& reverse_lookup_method() {
  static const ReverseLookup method;
  return method;
}

}  // namespace parallax::dcv
