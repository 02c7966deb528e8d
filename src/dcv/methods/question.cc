// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/question.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

ControlDetermination determination(ControlOutcome outcome, ControlReason reason,
                                   std::string explanation, dns::Verdict verdict) {
  ControlDetermination out;
  out.outcome = outcome;
  out.reason = reason;
  out.explanation = std::move(explanation);
  out.verdict = verdict;
  return out;
}

// Facts that no answered lookup can have together; a validating resolver also knows whether its
// answer is secure or insecure.
bool contradictory(const SeenLookup& lookup, bool validating) {
  if (lookup.rcode != dns::Rcode::noerror && lookup.rcode != dns::Rcode::nxdomain) return true;
  if (lookup.rcode == dns::Rcode::nxdomain && !lookup.rdata.empty()) return true;
  return validating && lookup.verdict == dns::Verdict::indeterminate;
}

std::string why(const SeenLookup& lookup) {
  const std::string rcode = lookup.status == dns::LookupStatus::failed
                                ? fmt::format(" ({})", dns::to_string(lookup.rcode))
                                : std::string();
  return rcode + (lookup.reason.empty() ? "" : ": " + printable(lookup.reason));
}

std::string found_wanting(const Wanted& wanted, const dns::Question& question,
                          std::string_view rest) {
  return fmt::format("Looked for {} at {}, but {}.", wanted.what, question.name.text(), rest);
}

ControlDetermination unanswered(const dns::Question& question, const Wanted& wanted) {
  return undetermined(
      ControlReason::lookup_failed,
      found_wanting(wanted, question,
                    fmt::format("what was reported is no answer to the {} question asked there, so "
                                "it proves nothing",
                                dns::to_string(question.type))),
      dns::Verdict::indeterminate);
}

// What became of a lookup that brought no answer.
ControlDetermination failure(const SeenLookup& lookup, const dns::Question& question,
                             const Wanted& wanted) {
  const std::string type = dns::to_string(question.type);
  if (lookup.status == dns::LookupStatus::bogus || lookup.verdict == dns::Verdict::bogus)
    return undetermined(
        ControlReason::bogus,
        found_wanting(wanted, question,
                      fmt::format("the {} answer there failed DNSSEC validation{}; the zone's "
                                  "signatures or its DS records have to be mended first",
                                  type, why(lookup))),
        dns::Verdict::bogus);
  if (lookup.status == dns::LookupStatus::timed_out)
    return undetermined(
        ControlReason::timed_out,
        found_wanting(wanted, question,
                      fmt::format("the {} lookup there got no answer in time{}; the zone's name "
                                  "servers must answer {} queries",
                                  type, why(lookup), type)),
        lookup.verdict);
  return undetermined(
      ControlReason::lookup_failed,
      found_wanting(wanted, question,
                    fmt::format("the {} lookup there failed{}; the zone's name servers must answer "
                                "{} queries",
                                type, why(lookup), type)),
      lookup.verdict);
}

ControlDetermination missing(const SeenLookup& lookup, const dns::Question& question,
                             const Wanted& wanted) {
  const std::string what =
      lookup.rcode == dns::Rcode::nxdomain
          ? "that name does not exist (NXDOMAIN)"
          : fmt::format("that name has no {} record", to_string(question.type));
  return not_shown(ControlReason::challenge_missing,
                   fmt::format("Looked for {} at {}, but {}{}; {}.", wanted.what,
                               question.name.text(), what, through_alias(lookup), wanted.remedy),
                   lookup.verdict);
}

}  // namespace

Task<void> ask(Instruments instruments, dns::Question question, std::string purpose,
               Deadline deadline, ControlObservation* seen) {
  const auto lookup = co_await instruments.resolver->lookup(std::move(question), deadline);
  seen->lookups.push_back(seen_of(std::move(purpose), lookup));
}

Answer answer_to(const ControlObservation& seen, const dns::Question& question,
                 std::string_view purpose, const Wanted& wanted) {
  const SeenLookup* found = nullptr;
  for (const auto& lookup : seen.lookups) {
    if (lookup.purpose != purpose) continue;
    if (found != nullptr) return {nullptr, unanswered(question, wanted)};
    found = &lookup;
  }
  if (found == nullptr || found->name != question.name.text() || found->type != question.type)
    return {nullptr, unanswered(question, wanted)};
  if (found->status != dns::LookupStatus::answered || found->verdict == dns::Verdict::bogus)
    return {nullptr, failure(*found, question, wanted)};
  if (contradictory(*found, seen.validating)) return {nullptr, unanswered(question, wanted)};
  if (found->rdata.empty()) return {nullptr, missing(*found, question, wanted)};
  return {found, std::nullopt};
}

ControlDetermination shown(std::string challenge_information, std::string explanation,
                           dns::Verdict verdict) {
  ControlDetermination out = determination(ControlOutcome::shown, ControlReason::challenge_found,
                                           std::move(explanation), verdict);
  out.challenge_information = std::move(challenge_information);
  return out;
}

ControlDetermination not_shown(ControlReason reason, std::string explanation,
                               dns::Verdict verdict) {
  return determination(ControlOutcome::not_shown, reason, std::move(explanation), verdict);
}

ControlDetermination undetermined(ControlReason reason, std::string explanation,
                                  dns::Verdict verdict) {
  return determination(ControlOutcome::undetermined, reason, std::move(explanation), verdict);
}

ControlDetermination no_such_name(const Wanted& wanted, const Error& why) {
  return not_shown(ControlReason::challenge_missing,
                   fmt::format("Looked for {}, but no name can carry it: {}.", wanted.what,
                               printable(why.message)),
                   dns::Verdict::indeterminate);
}

std::string quoted(std::string_view octets) {
  return '"' + printable(octets, kQuotedSizeMax) + '"';
}

std::string quoted_list(const std::vector<std::string>& values) {
  if (values.empty()) return "nothing readable";
  std::string text;
  const std::size_t count = std::min(values.size(), kValuesQuotedMax);
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + quoted(values[i]);
  if (values.size() > count) text += fmt::format(" and {} more", values.size() - count);
  return text;
}

std::string record_text(std::string_view owner, dns::RecordType type, std::string_view data) {
  return fmt::format("  {}. {} {}  ", owner, dns::to_string(type), data);
}

std::string through_alias(const SeenLookup& lookup) {
  if (lookup.alias_chain.empty()) return {};
  return fmt::format(" (through the alias to {})",
                     printable(lookup.alias_chain.back(), kQuotedSizeMax));
}

tl::unexpected<Error> refuse(ErrorCode code, std::string message, std::string field,
                             std::string_view rule) {
  return fail(Error{code, std::move(message), {}}
                  .with("field", std::move(field))
                  .with("rule", std::string(rule)));
}

}  // namespace parallax::dcv
