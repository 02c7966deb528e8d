// SPDX-License-Identifier: Apache-2.0
#include "dns/insecurity_walk.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "dns/insecurity.h"

namespace parallax::dns {
namespace {

// The name and its ancestors, top-level domain first.
std::vector<std::string> descent(const names::DomainName& name) {
  std::vector<std::string> names;
  for (std::optional<names::DomainName> at = name; at; at = at->parent()) {
    names.push_back(at->text());
  }
  std::reverse(names.begin(), names.end());
  return names;
}

// The state of one walk; lives in its coroutine.
struct Walk {
  InsecurityProof proof;
  std::string zone = ".";  // the zone that answers for the next name
  bool over = false;

  void end_unproved(std::string reason) {
    over = true;
    proof.reason = std::move(reason);
  }
  void end_proved(const std::string& name, std::string reason) {
    over = true;
    proof.proved = true;
    proof.insecure_at = name;
    proof.reason = std::move(reason);
  }
};

void step_secure(Walk& walk, const std::string& name) {
  InsecurityStep& step = walk.proof.steps.back();
  const DsFinding finding = assess_secure_ds(step.packet, name);
  step.finding = to_string(finding);
  switch (finding) {
    case DsFinding::signed_delegation: walk.zone = name; return;
    case DsFinding::no_cut: return;
    case DsFinding::unsupported:
    case DsFinding::unsigned_delegation:
      walk.end_proved(name, fmt::format("{}: {}", name, step.finding));
      return;
    case DsFinding::nonexistent:
    case DsFinding::inconclusive:
      walk.end_unproved(fmt::format("{}: {}", name, step.finding));
      return;
  }
}

void step_opt_out(Walk& walk, const std::string& name, const Outcome& dnskey, Instant now) {
  InsecurityStep& step = walk.proof.steps.back();
  if (dnskey.status != LookupStatus::answered || dnskey.verdict != Verdict::secure) {
    step.finding = "the keys of the zone above are not secure";
    walk.end_unproved(
        fmt::format("{}: the DNSKEY set of {} is {}", name, walk.zone, to_string(dnskey.verdict)));
    return;
  }
  const Status verified = verify_opt_out(step.packet, name, walk.zone, dnskey.packet, now);
  if (!verified) {
    step.finding = "denial not verified";
    walk.end_unproved(fmt::format("{}: {}", name, verified.error().message));
    return;
  }
  step.finding = "opt-out span, verified";
  walk.end_proved(name, fmt::format("{} lies in a verified opt-out span of {}", name, walk.zone));
}

}  // namespace

// NOLINTNEXTLINE(*-avoid-reference-coroutine-parameters): both outlive the call (see the header).
Task<InsecurityProof> walk_to_insecurity(Asker& asker, const Clock& clock, names::DomainName name,
                                         Deadline deadline) {
  Walk walk;
  const std::vector<std::string> names = descent(name);
  for (const std::string& at : names) {
    Outcome ds = co_await asker.ask(at, RecordType::ds, deadline);
    walk.proof.steps.push_back({at, std::string(to_string(ds.status)), std::move(ds.packet)});
    if (ds.status != LookupStatus::answered) {
      walk.end_unproved(
          fmt::format("the DS lookup for {} is {}: {}", at, to_string(ds.status), ds.reason));
    } else if (ds.verdict == Verdict::secure) {
      step_secure(walk, at);
    } else if (ds.verdict == Verdict::insecure) {
      // Whatever libunbound found, it counts only if the denial verifies under secure keys here.
      const Outcome dnskey = co_await asker.ask(walk.zone, RecordType::dnskey, deadline);
      step_opt_out(walk, at, dnskey, clock.now());
    } else {
      walk.end_unproved(fmt::format("the DS of {} is {}", at, to_string(ds.verdict)));
    }
    if (walk.over) {
      co_return std::move(walk.proof);
    }
  }
  walk.end_unproved(fmt::format("the chain of trust reaches {}", walk.zone));
  co_return std::move(walk.proof);
}

}  // namespace parallax::dns
