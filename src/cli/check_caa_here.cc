// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "caa/parameters.h"
#include "caa/search.h"
#include "cli/check_caa.h"
#include "cli/config.h"
#include "cli/listener.h"
#include "cli/server_loop.h"
#include "dns/unbound_resolver.h"
#include "orders/order.h"
#include "service/requested_name.h"

namespace parallax::cli {
namespace {

namespace json = boost::json;

struct Prepared {
  Config config;
  names::CertificateName name;
  names::DomainName domain;
  caa::CaaQuestion question;
};

Result<Prepared> prepare(const CheckCaaOptions& options) {
  if (!options.method.empty())
    if (auto known = caa::check_method_label(options.method); !known) return fail(known.error());
  auto config = options.config.empty() ? parse_config("", "") : load_config(options.config);
  if (!config) return fail(config.error());
  log::configure(log::Level::warning, config->log_format);
  const auto type = caa::parse_certificate_type(options.type);
  if (!type) return fail(type.error());
  const auto suffixes = names::PublicSuffixList::load(config->public_suffix_list);
  if (!suffixes) return fail(suffixes.error());
  auto name = service::parse_requested_name(options.name, *type, *suffixes);
  if (!name) return fail(name.error());
  auto domain = names::caa_domain(*name);
  if (!domain) return fail(domain.error());
  caa::CaaQuestion question;
  question.type = *type;
  question.wildcard = std::holds_alternative<names::WildcardName>(*name);
  for (const std::string& text : options.issuers) {
    auto issuer = names::DomainName::parse(text);
    if (!issuer) return fail(std::move(issuer.error()).with("issuer", text));
    question.issuers.push_back(std::move(*issuer));
  }
  if (!options.account_uri.empty()) question.account_uri = options.account_uri;
  if (!options.method.empty()) question.validation_method = options.method;
  return Prepared{std::move(*config), std::move(*name), std::move(*domain), std::move(question)};
}

Task<Status> observe(dns::UnboundResolver* resolver, const Prepared* prepared,
                     std::optional<caa::CaaObservation>* seen) {
  const auto root = co_await resolver->check_root(Deadline::after(kRootCheckTimeout));
  if (!root) co_return root;
  caa::SearchSettings search;
  search.lookup_timeout = prepared->config.dns.lookup_timeout;
  search.validating = prepared->config.dns.validate;
  search.prove_insecure = prepared->config.caa.permit_insecure_lookup_failure;
  *seen = co_await caa::observe_caa(*resolver, prepared->domain, search,
                                    Deadline::after(prepared->config.check_timeout));
  co_return Status{};
}

orders::Outcome outcome_of(caa::CaaOutcome outcome) {
  switch (outcome) {
    case caa::CaaOutcome::permitted: return orders::Outcome::permitted;
    case caa::CaaOutcome::prohibited: return orders::Outcome::refused;
    case caa::CaaOutcome::undetermined: break;
  }
  return orders::Outcome::undetermined;
}

json::array lookups_json(const caa::CaaObservation& seen) {
  json::array out;
  for (const caa::CaaLookup& lookup : seen.lookups)
    out.push_back(json::object{{"name", lookup.name.text()},
                               {"status", dns::to_string(lookup.status)},
                               {"rcode", dns::to_string(lookup.rcode)},
                               {"dnssec", dns::to_string(lookup.verdict)},
                               {"ttl_s", lookup.ttl_s},
                               {"attempts", lookup.attempts},
                               {"reason", lookup.reason}});
  return out;
}

json::object answer_of(const Prepared& prepared, const caa::CaaObservation& seen, Instant started) {
  const caa::CaaDetermination found = caa::assess(seen, prepared.question, prepared.config.caa);
  json::array records;
  for (const caa::Property& property : found.records) records.emplace_back(caa::to_text(property));
  json::object answer{{"name", names::text_of(prepared.name)},
                      {"type", caa::to_string(prepared.question.type)},
                      {"outcome", orders::to_string(outcome_of(found.outcome))},
                      {"reason", caa::to_string(found.reason)},
                      {"explanation", found.explanation},
                      {"found_at", nullptr},
                      {"records", std::move(records)},
                      {"ttl_s", found.ttl_s},
                      {"permission_expires", nullptr},
                      {"dnssec", dns::to_string(found.verdict)},
                      {"lookups", lookups_json(seen)},
                      {"quorum", nullptr},
                      {"lab", prepared.config.lab}};
  if (found.found_at) answer["found_at"] = found.found_at->text();
  if (found.outcome == caa::CaaOutcome::permitted)
    answer["permission_expires"] = format_instant(started + found.permission_window);
  return answer;
}

}  // namespace

Result<json::object> check_caa_here(const CheckCaaOptions& options) {
  const auto prepared = prepare(options);
  if (!prepared) return fail(prepared.error());
  boost::asio::io_context context(1);
  auto resolver =
      dns::UnboundResolver::make(context.get_executor(), prepared->config.dns, system_clock());
  if (!resolver) return fail(resolver.error());
  const Instant started = system_clock().now();
  std::optional<caa::CaaObservation> seen;
  const auto done = run_once(context, observe(resolver->get(), &*prepared, &seen));
  if (!done) return fail(done.error());
  return answer_of(*prepared, *seen, started);
}

}  // namespace parallax::cli
