// SPDX-License-Identifier: Apache-2.0
#include "caa/search.h"

#include <exception>
#include <optional>
#include <vector>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/encoding.h"
#include "caa/limits.h"

namespace parallax::caa {
namespace {

namespace asio = boost::asio;

// The steps of one climb while they are under way. Lives in the frame of observe_caa, which
// awaits everything that refers to it.
struct Climb {
  dns::Resolver& resolver;
  SearchSettings settings;
  Deadline deadline;
  std::vector<names::DomainName> names;           // nearest first, the top-level domain last
  std::vector<std::optional<CaaLookup>> lookups;  // one per name, as they come in
  bool expired = false;

  // The step after which nothing further matters, if that is known by now: the nearest one with
  // a set or a failure, all nearer ones being in; or the last.
  [[nodiscard]] std::optional<std::size_t> deciding() const;
};

// A failure proved Insecure may count as an empty set; whether it does is for the judge to say, so
// the climb goes on past it. Anything else that is not an empty answer ends the climb.
bool climb_goes_on(const CaaLookup& lookup) {
  if (lookup.status == dns::LookupStatus::answered) return lookup.empty_set();
  return lookup.status != dns::LookupStatus::bogus && lookup.insecurity &&
         lookup.insecurity->proved;
}

std::optional<std::size_t> Climb::deciding() const {
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    if (!lookups[i]) return std::nullopt;
    if (!climb_goes_on(*lookups[i])) return i;
  }
  return lookups.size() - 1;
}

CaaLookup facts_of(dns::Lookup lookup) {
  CaaLookup out{.name = std::move(lookup.question.name),
                .status = lookup.status,
                .rcode = lookup.rcode,
                .verdict = lookup.verdict,
                .ttl_s = lookup.ttl_s,
                .attempts = lookup.attempts,
                .reason = printable(lookup.reason, kTextSizeMax / 8),
                .alias_chain = std::move(lookup.alias_chain),
                .packet = std::move(lookup.packet)};
  if (lookup.status != dns::LookupStatus::answered) return out;
  for (const auto& record : lookup.records) {
    if (record.type != dns::RecordType::caa) continue;
    auto property = parse_rdata(record.rdata);
    if (property)
      out.properties.push_back(std::move(*property));
    else
      out.malformed_rdata.push_back(hex_encode(record.rdata));
  }
  return out;
}

CaaLookup without_answer(const names::DomainName& name, bool expired) {
  CaaLookup out{.name = name};
  out.status = expired ? dns::LookupStatus::timed_out : dns::LookupStatus::failed;
  out.reason = expired ? "no answer before the deadline of the check" : "the search was called off";
  return out;
}

// One step of the climb. Throws only what Asio throws into a cancelled coroutine.
Task<void> run_step(Climb* climb, std::size_t index) {
  const Deadline deadline = climb->deadline.within(climb->settings.lookup_timeout);
  dns::Question question{climb->names[index], dns::RecordType::caa};
  auto answer = co_await climb->resolver.lookup(std::move(question), deadline);
  CaaLookup facts = facts_of(std::move(answer));
  const bool failed =
      facts.status == dns::LookupStatus::failed || facts.status == dns::LookupStatus::timed_out;
  if (failed && climb->settings.prove_insecure) {
    auto proof = co_await climb->resolver.prove_insecure(climb->names[index], climb->deadline);
    facts.insecurity = std::move(proof);
  }
  climb->lookups[index] = std::move(facts);
}

Task<void> watch_deadline(Climb* climb) {
  asio::steady_timer timer(co_await asio::this_coro::executor, climb->deadline.when());
  boost::system::error_code cancelled;  // as nearly always: not worth an exception
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  climb->expired = !cancelled;
}

// Tells the group after each completion whether to cancel the rest. A step that ended in an
// exception has nothing to say any more and would be waited for in vain.
struct EndOfClimb {
  const Climb* climb;
  asio::cancellation_type operator()(const std::exception_ptr& error) const noexcept {
    const bool over = error != nullptr || climb->expired || climb->deciding().has_value();
    return over ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  }
};

}  // namespace

// NOLINTNEXTLINE(*-avoid-reference-coroutine-parameters): the resolver outlives the call.
Task<CaaObservation> observe_caa(dns::Resolver& resolver, names::DomainName domain,
                                 SearchSettings settings, Deadline deadline) {
  Climb climb{resolver, settings, deadline, {}, {}, false};
  for (std::optional<names::DomainName> name = domain; name; name = name->parent())
    climb.names.push_back(*name);
  climb.lookups.resize(climb.names.size());

  const auto executor = co_await asio::this_coro::executor;
  using Step = decltype(asio::co_spawn(executor, run_step(&climb, 0), asio::deferred));
  std::vector<Step> steps;
  steps.reserve(climb.names.size() + 1);
  for (std::size_t i = 0; i < climb.names.size(); ++i)
    steps.push_back(asio::co_spawn(executor, run_step(&climb, i), asio::deferred));
  steps.push_back(asio::co_spawn(executor, watch_deadline(&climb), asio::deferred));
  auto group = asio::experimental::make_parallel_group(std::move(steps));
  co_await group.async_wait(EndOfClimb{&climb}, asio::use_awaitable);

  CaaObservation out{.domain = std::move(domain), .validating = settings.validating, .lookups = {}};
  const std::size_t last = climb.deciding().value_or(climb.names.size() - 1);
  for (std::size_t i = 0; i <= last; ++i) {
    out.lookups.push_back(climb.lookups[i] ? std::move(*climb.lookups[i])
                                           : without_answer(climb.names[i], climb.expired));
  }
  co_return out;
}

}  // namespace parallax::caa
