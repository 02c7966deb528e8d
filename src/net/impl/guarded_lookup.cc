// SPDX-License-Identifier: Apache-2.0
#include "net/impl/guarded_lookup.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

// The lookups of one host under way. Lives in the frame of look_up_addresses, which awaits
// everything that refers to it.
struct Search {
  dns::Resolver* resolver;
  names::DomainName name;
  Deadline deadline;
  std::vector<dns::RecordType> types;
  std::vector<std::optional<dns::Lookup>> lookups;  // one per type, as they come in
  bool expired = false;

  [[nodiscard]] bool complete() const {
    return std::all_of(lookups.begin(), lookups.end(),
                       [](const auto& one) { return one.has_value(); });
  }
};

Task<void> look_up(Search* search, std::size_t index) {
  dns::Question question{search->name, search->types[index]};
  auto answer = co_await search->resolver->lookup(std::move(question), search->deadline);
  search->lookups[index] = std::move(answer);
}

// The resolver keeps the deadline too; a hop does not depend on it.
Task<void> watch_deadline(Search* search) {
  asio::steady_timer timer(co_await asio::this_coro::executor, search->deadline.when());
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  search->expired = !cancelled;
}

struct EndOfSearch {
  const Search* search;
  asio::cancellation_type operator()(const std::exception_ptr& error) const noexcept {
    const bool over = error != nullptr || search->expired || search->complete();
    return over ? asio::cancellation_type::terminal : asio::cancellation_type::none;
  }
};

dns::Lookup without_answer(const Search& search, dns::RecordType type) {
  dns::Lookup out{.question = {search.name, type},
                  .records = {},
                  .alias_chain = {},
                  .reason = {},
                  .packet = {}};
  out.status = search.expired ? dns::LookupStatus::timed_out : dns::LookupStatus::failed;
  out.reason = search.expired ? "no answer before the deadline" : "the lookup was called off";
  return out;
}

void append_addresses(const dns::Lookup& lookup, std::vector<names::IpAddress>& to) {
  if (lookup.status != dns::LookupStatus::answered) return;
  for (const dns::ResourceRecord& record : lookup.records) {
    ip::address_v4::bytes_type v4{};
    ip::address_v6::bytes_type v6{};
    if (record.type == dns::RecordType::a && record.rdata.size() == v4.size()) {
      std::copy(record.rdata.begin(), record.rdata.end(), v4.begin());
      to.emplace_back(ip::address_v4(v4));
    } else if (record.type == dns::RecordType::aaaa && record.rdata.size() == v6.size()) {
      std::copy(record.rdata.begin(), record.rdata.end(), v6.begin());
      to.emplace_back(ip::address_v6(v6));
    }
  }
}

// What came of one lookup, for a sentence.
std::string finding(const dns::Lookup& lookup) {
  const std::string type = dns::to_string(lookup.question.type);
  if (lookup.nxdomain()) return fmt::format("{}: the name does not exist", type);
  if (lookup.status == dns::LookupStatus::answered)
    return fmt::format("{}: {}", type, lookup.records.empty() ? "no record" : "answered");
  return fmt::format("{}: {} ({})", type, dns::to_string(lookup.status),
                     lookup.reason.empty() ? "no reason given" : printable(lookup.reason));
}

// Whether one family failed beside another that was answered from signed zones. Whoever can keep
// one of two signed answers back chooses the address; in an unsigned zone nothing is lost by it.
bool half_secure(const std::vector<dns::Lookup>& lookups) {
  const auto answered = [](const dns::Lookup& one) {
    return one.status == dns::LookupStatus::answered && one.verdict != dns::Verdict::indeterminate;
  };
  const auto secure = [](const dns::Lookup& one) { return one.verdict == dns::Verdict::secure; };
  return std::any_of(lookups.begin(), lookups.end(), secure) &&
         !std::all_of(lookups.begin(), lookups.end(), answered);
}

Attempt<std::vector<names::IpAddress>> judge(const names::DomainName& name,
                                             const std::vector<dns::Lookup>& lookups) {
  std::vector<names::IpAddress> found;
  std::string findings;
  for (const dns::Lookup& lookup : lookups) {
    if (lookup.status == dns::LookupStatus::bogus)
      return end_with(GuardedFailure::bogus,
                      fmt::format("DNSSEC validation of the addresses of {} failed: {}",
                                  name.text(), finding(lookup)));
    append_addresses(lookup, found);
    findings += (findings.empty() ? "" : "; ") + finding(lookup);
  }
  if (half_secure(lookups))
    return end_with(GuardedFailure::lookup_failed,
                    fmt::format("{} lies in a signed zone, and not every address lookup there was "
                                "answered: {}",
                                name.text(), findings));
  if (!found.empty()) return found;
  if (lookups.empty()) findings = "this perspective uses neither IPv4 nor IPv6";
  return end_with(GuardedFailure::lookup_failed,
                  fmt::format("no address of {} was found: {}", name.text(), findings));
}

}  // namespace

Task<Attempt<std::vector<names::IpAddress>>> look_up_addresses(
    asio::any_io_executor executor, dns::Resolver* resolver, names::DomainName name,
    const GuardedSettings* settings, Deadline deadline, std::vector<dns::Lookup>* lookups) {
  Search search{resolver, std::move(name), deadline.within(settings->lookup_timeout), {}, {},
                false};
  if (settings->ipv4) search.types.push_back(dns::RecordType::a);
  if (settings->ipv6) search.types.push_back(dns::RecordType::aaaa);
  if (search.types.empty()) co_return judge(search.name, {});
  search.lookups.resize(search.types.size());

  using Step = decltype(asio::co_spawn(executor, look_up(&search, 0), asio::deferred));
  std::vector<Step> steps;
  for (std::size_t i = 0; i < search.types.size(); ++i)
    steps.push_back(asio::co_spawn(executor, look_up(&search, i), asio::deferred));
  steps.push_back(asio::co_spawn(executor, watch_deadline(&search), asio::deferred));
  auto group = asio::experimental::make_parallel_group(std::move(steps));
  co_await group.async_wait(EndOfSearch{&search}, asio::use_awaitable);

  std::vector<dns::Lookup> asked;
  for (std::size_t i = 0; i < search.types.size(); ++i) {
    asked.push_back(search.lookups[i] ? std::move(*search.lookups[i])
                                      : without_answer(search, search.types[i]));
  }
  auto outcome = judge(search.name, asked);
  std::move(asked.begin(), asked.end(), std::back_inserter(*lookups));
  co_return outcome;
}

}  // namespace parallax::net::impl
