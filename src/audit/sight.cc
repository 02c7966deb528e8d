// SPDX-License-Identifier: Apache-2.0
#include "audit/sight.h"

#include <numeric>

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"

namespace parallax::audit {
namespace {

constexpr unsigned kAttempt = 1;  // a retry is an order of its own

Result<Sight> open_report(const RecordedDecision& decision, const RecordedReport& report,
                          const corroborate::PerspectiveInfo& info, const observe::Check& check,
                          PerspectiveKeys& keys) {
  Sight sight{std::nullopt, report.failure, report.asked};
  if (report.code != info.code)
    return broken(fmt::format("the report of {} stands where {} stands in the roster",
                              printable(report.code, 64), printable(info.code, 64)));
  if (!report.observation) return sight;
  auto seen = open_observation(*report.observation,
                               {decision.order.id, &check, info.code, decision.lab}, keys);
  if (!seen) return fail(std::move(seen.error()));
  if (info.validates && !observe::validated(seen->seen))
    return broken(fmt::format("{} is declared to validate DNSSEC, and did not", info.code));
  sight.observation = std::move(*seen);
  return sight;
}

}  // namespace

observe::Check asked_of_remotes(observe::Check check, const Sight& primary) {
  auto* control = std::get_if<dcv::ControlCheck>(&check);
  if (control == nullptr || !control->mail_server || !primary.observation) return check;
  if (const auto* seen = std::get_if<dcv::ControlObservation>(&primary.observation->seen))
    control->mail_server->smtp_host = seen->smtp_host;
  return check;
}

Result<observe::Observation> open_observation(const observe::SignedStatement& statement,
                                              const Expected& expected, PerspectiveKeys& keys) {
  if (auto held = keys.check(expected.perspective, statement); !held)
    return fail(std::move(held.error()));
  auto seen = observe::read_statement(statement.statement);
  if (!seen)
    return fail(ErrorCode::malformed,
                fmt::format("the signed statement cannot be read: {}", describe(seen.error())));
  if (seen->perspective != expected.perspective)
    return broken(fmt::format("the observation is of {}, and stands for {}",
                              printable(seen->perspective, 64), expected.perspective));
  if (seen->order_id != expected.order_id || seen->attempt != kAttempt)
    return broken("the observation was made for another order");
  if (seen->check_digest != observe::digest(*expected.check) ||
      !observe::answers(seen->seen, *expected.check))
    return broken("the observation answers another check");
  if (seen->lab && !expected.lab)
    return broken("the observation was made in a lab, the decision was not");
  return std::move(*seen);
}

Result<OpenedCheck> open_check(const RecordedDecision& decision, const RecordedCheck& check,
                               PerspectiveKeys& keys) {
  if (check.digest != observe::digest(check.check))
    return broken("the digest is not that of the check");
  const auto report = [&](const RecordedReport& each, std::size_t position,
                          const observe::Check& asked) -> Result<Sight> {
    auto sight = open_report(decision, each, check.perspectives.at(position), asked, keys);
    if (!sight) return at(std::move(sight.error()), "perspective", printable(each.code, 64));
    return sight;
  };
  auto primary = report(check.primary.value(), 0, check.check);
  if (!primary) return fail(std::move(primary.error()));
  OpenedCheck opened;
  opened.primary = std::move(*primary);
  const observe::Check asked = asked_of_remotes(check.check, opened.primary);
  for (std::size_t i = 0; i < check.remotes.size(); ++i) {
    auto sight = report(check.remotes[i], i + 1, asked);
    if (!sight) return fail(std::move(sight.error()));
    opened.remotes.push_back(std::move(*sight));
  }
  const corroborate::Roster roster{check.perspectives.front(),
                                   {check.perspectives.begin() + 1, check.perspectives.end()}};
  std::vector<std::size_t> everybody(opened.remotes.size());
  std::iota(everybody.begin(), everybody.end(), std::size_t{0});
  opened.traits = corroborate::traits_of(roster, everybody, date_of(decision.received));
  opened.observations = opened.primary.observation ? 1 : 0;
  for (const Sight& sight : opened.remotes) opened.observations += sight.observation ? 1 : 0;
  return opened;
}

}  // namespace parallax::audit
