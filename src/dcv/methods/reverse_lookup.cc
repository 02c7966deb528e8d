// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.5.3, Reverse Address Lookup: the address's PTR record gives the Authorization Domain
// Name, exactly; control of that name is shown by a method of 3.2.2.4, which is a check of its own.
#include <fmt/format.h>

#include "dcv/methods/methods.h"
#include "dcv/methods/question.h"
#include "dcv/rdata.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.5.3";
constexpr std::string_view kPurpose = "reverse";

Task<void> look(names::DomainName name, Instruments instruments, Deadline deadline,
                ControlObservation* seen) {
  dns::Question question{std::move(name), dns::RecordType::ptr};
  co_await ask(instruments, std::move(question), std::string(kPurpose), deadline, seen);
}

Task<void> look_nowhere() { co_return; }

class ReverseLookup final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (!std::holds_alternative<names::IpAddress>(check.applied_for))
      return refuse(ErrorCode::unsupported, "the method shows control of an IP address only",
                    "applied_for", kRule);
    if (!std::holds_alternative<ReverseValue>(check.challenge))
      return refuse(ErrorCode::malformed, "the method needs the name that the address points to",
                    "challenge", kRule);
    return {};
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* /*check*/, Target adn,
                                   Instruments instruments, Deadline deadline,
                                   ControlObservation* seen) const override {
    const auto* address = std::get_if<names::IpAddress>(&adn);
    if (address == nullptr) return look_nowhere();
    return look(reverse_name(*address), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const override;
};

ControlDetermination ReverseLookup::assess(const ControlObservation& seen,
                                           const ControlCheck& check, const Target& adn,
                                           Instant /*at*/) const {
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
      return shown(target,
                   fmt::format("{} points to {} at {}{}.", address->text(), target, name.text(),
                               through_alias(*answer.lookup)),
                   answer.lookup->verdict);
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
