// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "caa/assess.h"
#include "cli/check_control.h"
#include "cli/config.h"
#include "cli/listener.h"
#include "cli/server_loop.h"
#include "cli/vantage.h"
#include "orders/compose.h"
#include "orders/plan_control.h"
#include "service/answer_control.h"
#include "service/control_request.h"
#include "service/requested_name.h"

namespace parallax::cli {
namespace {

namespace json = boost::json;

constexpr const char* kVantage = "here";

struct Prepared {
  Config config;
  names::PublicSuffixList suffixes;
  names::CertificateName name;
  orders::ControlPlan plan;
};

Result<Prepared> prepare(const CheckControlOptions& options, Instant now) {
  auto config = options.config.empty() ? parse_config("", "") : load_config(options.config);
  if (!config) return fail(config.error());
  log::configure(log::Level::warning, config->log_format);
  const auto type = caa::parse_certificate_type(options.type);
  if (!type) return fail(type.error());
  auto suffixes = names::PublicSuffixList::load(config->public_suffix_list);
  if (!suffixes) return fail(suffixes.error());
  auto name = service::parse_controlled_name(options.name, *type, *suffixes);
  if (!name) return fail(name.error());
  const auto object = control_object(options);
  if (!object) return fail(object.error());
  const auto request = service::parse_control(*object, "", {*name, *type, {}});
  if (!request) return fail(request.error());
  auto plan = orders::plan_control(*name, *request, now,
                                   {false, config->lab, config->refuse_discouraged_methods,
                                    &*suffixes, config->allow_domain_contact});
  if (!plan) return fail(plan.error());
  if (!plan->check)
    return fail(ErrorCode::unsupported,
                fmt::format("{} is carried out by the CA: there is nothing to look for",
                            to_string(request->method)));
  return Prepared{std::move(*config), std::move(*suffixes), std::move(*name), std::move(*plan)};
}

Task<Status> observe(Vantage* vantage, const Prepared* prepared,
                     std::optional<dcv::ControlObservation>* seen) {
  const auto root = co_await vantage->resolver->check_root(Deadline::after(kRootCheckTimeout));
  if (!root) co_return root;
  observe::Seen found = co_await vantage->perspective->look(
      *prepared->plan.check, Deadline::after(prepared->config.check_timeout));
  *seen = std::get<dcv::ControlObservation>(std::move(found));
  co_return Status{};
}

orders::Outcome outcome_of(dcv::ControlOutcome outcome) {
  switch (outcome) {
    case dcv::ControlOutcome::shown: return orders::Outcome::permitted;
    case dcv::ControlOutcome::not_shown: return orders::Outcome::refused;
    case dcv::ControlOutcome::undetermined: break;
  }
  return orders::Outcome::undetermined;
}

// What a coordinator would answer, were this vantage all there is.
orders::ControlDecision decision_of(const Prepared& prepared, dcv::ControlObservation seen) {
  dcv::ControlDetermination found = prepared.plan.judge(*prepared.plan.check, seen);
  orders::ControlDecision decision{prepared.plan.method, prepared.plan.name_method};
  decision.outcome = outcome_of(found.outcome);
  decision.reason = dcv::to_string(found.reason);
  decision.explanation = found.explanation;
  decision.derivation = prepared.plan.derivation;
  decision.smtp_host = seen.smtp_host;
  decision.equal_preference = seen.equal_preference;
  decision.primary = found;
  if (prepared.plan.contact_open) orders::leave_open(decision);
  orders::PerspectiveFinding finding;
  finding.code = kVantage;
  finding.primary = true;
  finding.control = std::move(found);
  finding.control_seen = std::move(seen);
  decision.perspectives.push_back(std::move(finding));
  return decision;
}

}  // namespace

Result<json::object> check_control_here(const CheckControlOptions& options) {
  const auto prepared = prepare(options, system_clock().now());
  if (!prepared) return fail(prepared.error());
  boost::asio::io_context context(1);
  // What is seen here is judged here and goes no further: any key will do.
  auto vantage = make_vantage(context.get_executor(), prepared->config, prepared->config.dns,
                              kVantage, SigningKey::generate(), false, system_clock());
  if (!vantage) return fail(vantage.error());
  std::optional<dcv::ControlObservation> seen;
  const auto done = run_once(context, observe(&*vantage, &*prepared, &seen));
  if (!done) return fail(done.error());
  json::object answer =
      flat_control(service::control_answer(decision_of(*prepared, std::move(*seen))),
                   names::text_of(prepared->name), options.type, prepared->config.lab);
  answer["quorum"] = nullptr;
  return answer;
}

}  // namespace parallax::cli
