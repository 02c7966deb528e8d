// SPDX-License-Identifier: Apache-2.0
// SBR 3.2.2.3, RFC 5321 s5.1: whether the mail server that a perspective reports is one it may have
// chosen.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "dcv/mail_server.h"
#include "dcv/methods/connection.h"
#include "dcv/methods/question.h"
#include "dcv/way.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::Verdict;

Way ended(ControlDetermination failure) { return {std::move(failure), std::nullopt, std::nullopt}; }

Way proves_nothing(std::string_view why) {
  return ended(
      undetermined(ControlReason::lookup_failed,
                   fmt::format("The choice of the mail server was reported wrongly: {}.", why),
                   Verdict::indeterminate));
}

bool is_open(ControlReason reason) {
  return reason == ControlReason::lookup_failed || reason == ControlReason::timed_out ||
         reason == ControlReason::bogus || reason == ControlReason::connection_failed;
}

Way judge_choice(const MxChoice& choice, Verdict verdict) {
  return ended(is_open(choice.reason) ? undetermined(choice.reason, choice.message, verdict)
                                      : not_shown(choice.reason, choice.message, verdict));
}

// What the address lookups of one host say.
struct HostFacts {
  bool asked = false;
  bool address = false;
  bool alias = false;
  bool bogus = false;
  bool failed = false;
  bool timed_out = false;
  bool secure = false;  // a family was answered securely
  std::optional<Verdict> weakest{};
};

HostFacts facts_about(const ControlObservation& seen, const std::string& host) {
  HostFacts facts;
  for (const auto& lookup : seen.lookups) {
    const bool address = lookup.type == dns::RecordType::a || lookup.type == dns::RecordType::aaaa;
    if (lookup.purpose != "mx-address" || lookup.name != host || !address) continue;
    facts.asked = true;
    const bool answered = lookup.status == LookupStatus::answered &&
                          !(seen.validating && lookup.verdict == Verdict::indeterminate);
    if (lookup.status == LookupStatus::bogus || lookup.verdict == Verdict::bogus)
      facts.bogus = true;
    else if (lookup.status == LookupStatus::timed_out)
      facts.timed_out = true;
    else if (!answered)
      facts.failed = true;
    facts.alias = facts.alias || !lookup.alias_chain.empty();
    facts.secure = facts.secure || (answered && lookup.verdict == Verdict::secure);
    if (!answered || lookup.rdata.empty()) continue;
    facts.address = true;
    facts.weakest = facts.weakest ? weaker(*facts.weakest, lookup.verdict) : lookup.verdict;
  }
  return facts;
}

// Nullopt if the host can serve. It may be no alias: aliases of the mail domain itself have been
// followed by then.
std::optional<Way> judge_host(const ControlObservation& seen, const names::DomainName& host) {
  const HostFacts facts = facts_about(seen, host.text());
  if (!facts.asked) return proves_nothing("nobody asked for the addresses of " + host.text());
  if (facts.bogus)
    return ended(undetermined(
        ControlReason::bogus,
        fmt::format("The addresses of the mail server {} failed DNSSEC validation. The zone's "
                    "signatures or its DS records have to be mended first.",
                    host.text()),
        Verdict::bogus));
  if (facts.alias)
    return ended(not_shown(
        ControlReason::mail_server_unusable,
        fmt::format("The mail server {} is an alias, which an MX record must not name (RFC 5321 "
                    "section 5.1). Name the host itself.",
                    host.text()),
        facts.weakest.value_or(Verdict::indeterminate)));
  // As for every address: in a signed zone the family that failed may hide what the zone says.
  const bool half = seen.validating && facts.secure && (facts.timed_out || facts.failed);
  if (facts.address && !half) return std::nullopt;
  if (facts.timed_out || facts.failed)
    return ended(undetermined(
        facts.timed_out ? ControlReason::timed_out : ControlReason::lookup_failed,
        fmt::format("The addresses of the mail server {} could not be looked up. The zone's name "
                    "servers must answer A and AAAA queries.",
                    host.text()),
        Verdict::indeterminate));
  return ended(not_shown(ControlReason::mail_server_unusable,
                         fmt::format("The mail server {} has neither an A nor an AAAA record. Give "
                                     "it an address.",
                                     host.text()),
                         Verdict::indeterminate));
}

// Why a perspective that had `hosts` to choose from came back with none.
Way judge_no_host(const ControlObservation& seen, const ControlCheck& check,
                  const std::vector<names::DomainName>& hosts) {
  const auto& wanted = check.mail_server->smtp_host;
  for (const auto& host : hosts) {
    if (wanted && host != *wanted) continue;
    if (!facts_about(seen, host.text()).asked) continue;
    if (auto wrong = judge_host(seen, host)) return std::move(*wrong);
  }
  return proves_nothing("no host was chosen, and nothing says why");
}

}  // namespace

Way judge_mail_server(const ControlObservation& seen, const ControlCheck& check) {
  const MailServerOf& of = *check.mail_server;
  const auto mx = std::find_if(seen.lookups.begin(), seen.lookups.end(), [&](const auto& lookup) {
    return lookup.purpose == "mx" && lookup.type == dns::RecordType::mx &&
           lookup.name == of.mail_domain.text();
  });
  if (mx == seen.lookups.end()) return proves_nothing("there is no MX lookup");
  if (!seen.aliases.empty()) return proves_nothing("it has CNAME steps that nobody asked for");
  const MxChoice choice = choose_mx(*mx, of.mail_domain);
  if (choice.state == MxChoice::State::failure) return judge_choice(choice, mx->verdict);
  if (seen.validating && mx->verdict == Verdict::indeterminate)
    return proves_nothing("the MX answer has no DNSSEC verdict");
  const auto& hosts = choice.hosts;
  if (of.smtp_host && std::find(hosts.begin(), hosts.end(), *of.smtp_host) == hosts.end())
    return ended(not_shown(
        ControlReason::mail_server_unusable,
        fmt::format("The mail server {} is not among those of the lowest preference that the MX "
                    "records of {} name here. Publish the same MX records everywhere.",
                    of.smtp_host->text(), of.mail_domain.text()),
        mx->verdict));
  if (!seen.smtp_host) return judge_no_host(seen, check, hosts);
  if ((of.smtp_host && *seen.smtp_host != *of.smtp_host) ||
      std::find(hosts.begin(), hosts.end(), *seen.smtp_host) == hosts.end())
    return proves_nothing(seen.smtp_host->text() + " is not the host to look at");
  if (auto wrong = judge_host(seen, *seen.smtp_host)) return std::move(*wrong);
  const auto verdict =
      weaker(mx->verdict, facts_about(seen, seen.smtp_host->text()).weakest.value_or(mx->verdict));
  return {std::nullopt, Target(*seen.smtp_host), verdict};
}

}  // namespace parallax::dcv
