// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "dcv/adn.h"
#include "dcv/mail_server.h"
#include "dcv/method.h"
#include "dcv/seen.h"
#include "dcv/way.h"

namespace parallax::dcv {
namespace {

// Follows CNAMEs from `from` until it stands at or below the ADN, as far as they lead. Puts down
// every name and lookup; true if it got there.
Task<bool> follow_cnames(names::DomainName from, names::DomainName adn, dns::Resolver* resolver,
                         Deadline deadline, ControlObservation* seen) {
  seen->aliases.push_back(std::move(from));
  while (!seen->aliases.back().is_at_or_below(adn)) {
    if (seen->aliases.size() > kCnameStepsMax) co_return false;
    dns::Question question{seen->aliases.back(), dns::RecordType::cname};
    const dns::Lookup lookup = co_await resolver->lookup(std::move(question), deadline);
    seen->lookups.push_back(seen_of("adn", lookup));
    const auto next = alias_target(seen->lookups.back());
    if (!next || seen->lookups.back().verdict == dns::Verdict::bogus) co_return false;
    if (std::find(seen->aliases.begin(), seen->aliases.end(), *next) != seen->aliases.end())
      co_return false;
    seen->aliases.push_back(*next);
  }
  co_return true;
}

}  // namespace

Task<ControlObservation> observe_control(ControlCheck check, Instruments instruments,
                                         Deadline deadline) {
  ControlObservation seen{.validating = instruments.validating};
  const Method* method = find_method(check.method);
  if (method == nullptr || !challenge_fits(check)) co_return seen;
  Target at = check.applied_for;
  if (check.mail_server) {
    const auto failed = co_await select_mail_server(
        instruments.resolver, check.mail_server->mail_domain, check.mail_server->smtp_host,
        instruments.random, deadline, &seen);
    // Why is in the lookups, for assess() to read.
    if (failed || !seen.smtp_host) co_return seen;
    at = *seen.smtp_host;
  } else if (const auto* name = std::get_if<names::DomainName>(&check.applied_for);
             name != nullptr && check.adn) {
    if (check.follow_cnames) {
      const bool reached =
          co_await follow_cnames(*name, *check.adn, instruments.resolver, deadline, &seen);
      if (!reached) co_return seen;
    } else if (!name->is_at_or_below(*check.adn)) {
      co_return seen;
    }
    at = *check.adn;
  }
  co_await method->observe(&check, std::move(at), instruments, deadline, &seen);
  co_return seen;
}

}  // namespace parallax::dcv
