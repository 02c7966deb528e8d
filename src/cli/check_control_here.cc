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
#include "orders/plan_control.h"
#include "service/answer_control.h"
#include "service/control_request.h"
#include "service/requested_name.h"

namespace parallax::cli {
namespace {

namespace json = boost::json;

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
  auto name =
      service::parse_requested_name(options.name, *type, *suffixes, service::WithControl::yes);
  if (!name) return fail(name.error());
  const auto object = control_object(options);
  if (!object) return fail(object.error());
  const auto request = service::parse_control(*object, "", *name, {});
  if (!request) return fail(request.error());
  auto plan = orders::plan_control(
      *name, *request, now, {false, config->lab, config->refuse_discouraged_methods, &*suffixes});
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

json::object answer_of(const Prepared& prepared, const dcv::ControlObservation& seen,
                       const std::string& type) {
  const dcv::ControlDetermination found = prepared.plan.judge(seen);
  const auto& check = *prepared.plan.check;
  const std::string adn = check.adn ? check.adn->text() : dcv::text_of(check.applied_for);
  return json::object{{"name", names::text_of(prepared.name)},
                      {"type", type},
                      {"method", to_string(check.method)},
                      {"outcome", orders::to_string(outcome_of(found.outcome))},
                      {"reason", dcv::to_string(found.reason)},
                      {"explanation", found.explanation},
                      {"adn", seen.smtp_host ? seen.smtp_host->text() : adn},
                      {"dnssec", dns::to_string(found.verdict)},
                      {"lookups", service::control_lookups(seen)},
                      {"http", service::control_http(seen)},
                      {"tls", service::control_tls(seen)},
                      {"quorum", nullptr},
                      {"lab", prepared.config.lab}};
}

}  // namespace

Result<json::object> check_control_here(const CheckControlOptions& options) {
  const auto prepared = prepare(options, system_clock().now());
  if (!prepared) return fail(prepared.error());
  boost::asio::io_context context(1);
  // What is seen here is judged here and goes no further: any key will do.
  auto vantage = make_vantage(context.get_executor(), prepared->config, prepared->config.dns,
                              "here", SigningKey::generate(), false, system_clock());
  if (!vantage) return fail(vantage.error());
  std::optional<dcv::ControlObservation> seen;
  const auto done = run_once(context, observe(&*vantage, &*prepared, &seen));
  if (!done) return fail(done.error());
  return answer_of(*prepared, *seen, options.type);
}

}  // namespace parallax::cli
