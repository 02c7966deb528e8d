// SPDX-License-Identifier: Apache-2.0
#include "dcv/mail_server.h"

#include <algorithm>
#include <exception>
#include <span>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/rdata.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

namespace asio = boost::asio;
using dns::LookupStatus;
using names::DomainName;

constexpr std::size_t kQuotedMax = 100;  // printable characters of a foreign name in a message
constexpr std::size_t kPreferenceSize = 2;
constexpr std::string_view kNullMx = ".";  // RFC 7505 s3

MxChoice failure(ControlReason reason, std::string message) {
  return {MxChoice::State::failure, {}, reason, std::move(message)};
}

MxChoice unusable(std::string message) {
  return failure(ControlReason::mail_server_unusable, std::move(message));
}

std::string in_brackets(const std::string& reason) {
  return reason.empty() ? "" : fmt::format(" ({})", printable(reason, kQuotedMax));
}

// RFC 5321 s5.1: a lookup that failed says nothing about MX records, least of all that there are
// none. Nullopt if there is an answer of NOERROR.
std::optional<MxChoice> lookup_fault(const SeenLookup& mx, const DomainName& mail_domain) {
  const std::string& domain = mail_domain.text();
  if (mx.type != dns::RecordType::mx || mx.name != domain)
    return failure(ControlReason::lookup_failed,
                   fmt::format("What was looked up is not the MX records of {}.", domain));
  if (mx.status == LookupStatus::bogus || mx.verdict == dns::Verdict::bogus)
    return failure(ControlReason::bogus,
                   fmt::format("The MX records of {} failed DNSSEC validation{}. The zone's "
                               "signatures or its DS records have to be mended first.",
                               domain, in_brackets(mx.reason)));
  if (mx.status == LookupStatus::timed_out)
    return failure(ControlReason::timed_out,
                   fmt::format("The MX records of {} could not be looked up in time{}. The zone's "
                               "name servers must answer MX queries.",
                               domain, in_brackets(mx.reason)));
  const bool known = mx.rcode == dns::Rcode::noerror || mx.rcode == dns::Rcode::nxdomain;
  if (mx.status != LookupStatus::answered || !known)
    return failure(ControlReason::lookup_failed,
                   fmt::format("The MX records of {} could not be looked up{}. The zone's name "
                               "servers must answer MX queries.",
                               domain, in_brackets(mx.reason)));
  if (mx.rcode == dns::Rcode::noerror) return std::nullopt;
  if (mx.alias_chain.empty())
    return unusable(
        fmt::format("{} does not exist in the DNS (NXDOMAIN), so it has no mail "
                    "server. Publish an MX record there.",
                    domain));
  return unusable(fmt::format(
      "{} is an alias of {}, which does not exist in the DNS (NXDOMAIN). Mend the alias, or "
      "replace it by an MX record.",
      domain, printable(mx.alias_chain.back(), kQuotedMax)));
}

// RFC 5321 s5.1: "If a CNAME record is found, the resulting name is processed as if it were the
// initial name", so that the implicit MX is the name at which the aliases end.
MxChoice implicit_mx(const SeenLookup& mx, const DomainName& mail_domain) {
  if (mx.alias_chain.empty()) return {MxChoice::State::implicit, {mail_domain}, {}, {}};
  auto end = DomainName::parse(mx.alias_chain.back());
  if (!end)
    return unusable(fmt::format("{} has no MX record and is an alias of {}, which is no host name.",
                                mail_domain.text(), printable(mx.alias_chain.back(), kQuotedMax)));
  return {MxChoice::State::implicit, {std::move(*end)}, {}, {}};
}

MxChoice lowest_preference(const std::vector<MxTarget>& targets, const DomainName& mail_domain) {
  const auto lowest = std::ranges::min_element(targets, {}, &MxTarget::preference)->preference;
  MxChoice choice{MxChoice::State::candidates, {}, {}, {}};
  std::string refused;
  for (const MxTarget& target : targets) {
    if (target.preference != lowest) continue;
    auto host = DomainName::parse(target.exchange);
    if (host)
      choice.hosts.push_back(std::move(*host));
    else
      refused = target.exchange;
  }
  if (!refused.empty())
    return unusable(
        fmt::format("An MX record of {} with the lowest preference ({}) names {}, "
                    "which is no host name. Name the host that takes the mail.",
                    mail_domain.text(), lowest, printable(refused, kQuotedMax)));
  std::ranges::sort(choice.hosts);
  const auto again = std::ranges::unique(choice.hosts);
  choice.hosts.erase(again.begin(), again.end());
  return choice;
}

// Every one as likely as the next: with 64 bits for at most kSeenRecordsMax hosts the bias of the
// remainder is below 2^-53.
const DomainName& pick(const std::vector<DomainName>& hosts, Random& random) {
  std::uint64_t drawn = 0;
  for (const char octet : random.octets(sizeof drawn))
    drawn = drawn << 8U | static_cast<unsigned char>(octet);
  return hosts[drawn % hosts.size()];
}

// Why the host that these A and AAAA lookups are about cannot take mail (SBR 3.2.2.3: no alias).
std::optional<ControlReason> host_fault(std::span<const SeenLookup> lookups, bool validating) {
  bool address = false;
  bool timed_out = false;
  bool failed = false;
  for (const SeenLookup& lookup : lookups)
    if (lookup.status == LookupStatus::bogus || lookup.verdict == dns::Verdict::bogus)
      return ControlReason::bogus;
  for (const SeenLookup& lookup : lookups) {
    if (!lookup.alias_chain.empty()) return ControlReason::mail_server_unusable;
    const bool proved = !validating || lookup.verdict != dns::Verdict::indeterminate;
    if (lookup.status == LookupStatus::timed_out)
      timed_out = true;
    else if (lookup.status != LookupStatus::answered || !proved)
      failed = true;
    else if (!lookup.rdata.empty())
      address = true;
  }
  if (address) return std::nullopt;
  if (timed_out) return ControlReason::timed_out;
  return failed ? ControlReason::lookup_failed : ControlReason::mail_server_unusable;
}

Task<void> look_up(dns::Resolver* resolver, dns::Question question, Deadline deadline,
                   SeenLookup* out) {
  const dns::Lookup lookup = co_await resolver->lookup(std::move(question), deadline);
  *out = seen_of("mx-address", lookup);
}

// A and AAAA side by side, added to `seen` in this order. Throws only what Asio throws into a
// cancelled coroutine.
Task<std::optional<ControlReason>> check_host(dns::Resolver* resolver, DomainName host,
                                              Deadline deadline, ControlObservation* seen) {
  SeenLookup v4;
  SeenLookup v6;
  const auto executor = co_await asio::this_coro::executor;
  auto group = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, look_up(resolver, {host, dns::RecordType::a}, deadline, &v4),
                     asio::deferred),
      asio::co_spawn(executor, look_up(resolver, {host, dns::RecordType::aaaa}, deadline, &v6),
                     asio::deferred));
  const auto [order, v4_error, v6_error] =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  if (v4_error) std::rethrow_exception(v4_error);
  if (v6_error) std::rethrow_exception(v6_error);
  seen->lookups.push_back(std::move(v4));
  seen->lookups.push_back(std::move(v6));
  co_return host_fault(std::span(seen->lookups).last(2), seen->validating);
}

}  // namespace

Result<std::vector<MxTarget>> read_mx(const std::vector<std::string>& rdata) {
  std::vector<MxTarget> targets;
  for (const std::string& octets : rdata) {
    if (octets.size() <= kPreferenceSize)
      return fail(ErrorCode::malformed, "an MX record is cut short");
    auto exchange = name_text(std::string_view(octets).substr(kPreferenceSize));
    if (!exchange) return fail(exchange.error());
    const auto high = static_cast<unsigned char>(octets[0]);
    const auto low = static_cast<unsigned char>(octets[1]);
    targets.push_back({static_cast<std::uint16_t>(high << 8U | low), std::move(*exchange)});
  }
  return targets;
}

MxChoice choose_mx(const SeenLookup& mx, const DomainName& mail_domain) {
  if (auto fault = lookup_fault(mx, mail_domain)) return std::move(*fault);
  if (mx.rdata.empty()) return implicit_mx(mx, mail_domain);
  const auto targets = read_mx(mx.rdata);
  if (!targets)
    return failure(ControlReason::record_unusable,
                   fmt::format("An MX record of {} cannot be read: {}.", mail_domain.text(),
                               targets.error().message));
  if (std::ranges::find(*targets, kNullMx, &MxTarget::exchange) != targets->end())
    return unusable(
        targets->size() == 1
            ? fmt::format("{} takes no mail: it has a null MX (RFC 7505). Name the host that takes "
                          "the mail, if there is one.",
                          mail_domain.text())
            : fmt::format("{} has a null MX beside other MX records, which RFC 7505 section 3 "
                          "forbids. Remove the one or the others.",
                          mail_domain.text()));
  return lowest_preference(*targets, mail_domain);
}

Task<std::optional<ControlReason>> select_mail_server(dns::Resolver* resolver,
                                                      DomainName mail_domain,
                                                      std::optional<DomainName> follow,
                                                      Random* random, Deadline deadline,
                                                      ControlObservation* seen) {
  dns::Question question{mail_domain, dns::RecordType::mx};
  const dns::Lookup lookup = co_await resolver->lookup(std::move(question), deadline);
  SeenLookup mx = seen_of("mx", lookup);
  const bool unproved = seen->validating && mx.status == LookupStatus::answered &&
                        mx.verdict == dns::Verdict::indeterminate;
  const MxChoice choice = choose_mx(mx, mail_domain);
  seen->lookups.push_back(std::move(mx));
  if (choice.state == MxChoice::State::failure) co_return choice.reason;
  if (unproved) co_return ControlReason::lookup_failed;
  seen->equal_preference = static_cast<unsigned>(choice.hosts.size());
  DomainName host = follow.value_or(choice.hosts.front());
  if (!follow && choice.hosts.size() > 1) host = pick(choice.hosts, *random);
  if (std::ranges::find(choice.hosts, host) == choice.hosts.end())
    co_return ControlReason::mail_server_unusable;
  auto fault = co_await check_host(resolver, host, deadline, seen);
  if (fault) co_return fault;
  seen->smtp_host = std::move(host);
  co_return std::nullopt;
}

}  // namespace parallax::dcv
