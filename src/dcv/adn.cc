// SPDX-License-Identifier: Apache-2.0
#include "dcv/adn.h"

#include <algorithm>

#include <fmt/format.h>

namespace parallax::dcv {
namespace {

using names::DomainName;
using rules::ControlMethod;

AdnDerivation unreachable(std::string reason) {
  AdnDerivation out;
  out.reason = std::move(reason);
  return out;
}

std::string by_method(const rules::MethodRule& method) {
  return fmt::format("{} ({} {})", to_string(method.method), to_string(method.rule.document),
                     method.rule.section);
}

// TLS BR 3.2.2.4.12: the Domain Contact is the contact of the Base Domain Name, and of no other.
bool needs_base(const rules::MethodRule& method) {
  return method.method == ControlMethod::domain_contact;
}

// Why pruning (TLS BR 3.2.2.4 as of SC-101) does not lead from `current` to `wanted`, or nothing.
std::optional<std::string> pruning_fault(const DomainName& current, const DomainName& wanted,
                                         const rules::MethodRule& method,
                                         const names::PublicSuffixList& suffixes) {
  if (current == wanted && !needs_base(method)) return std::nullopt;
  if (!current.is_at_or_below(wanted))
    return fmt::format("{} is neither {} nor a parent of it", wanted.text(), current.text());
  if (!method.prune) return by_method(method) + " shows control of the very name, not of a parent";
  const auto base = suffixes.base_domain(current);
  if (!base)
    return fmt::format("{} is a public suffix and has no Base Domain Name", current.text());
  if (needs_base(method) && wanted != *base)
    return fmt::format("{} is about the Base Domain Name {}, not about {}", by_method(method),
                       base->text(), wanted.text());
  if (!wanted.is_at_or_below(*base))
    return fmt::format("{} lies above the Base Domain Name {}", wanted.text(), base->text());
  return std::nullopt;
}

// Adds the steps from the end of the path up to `wanted`, which is there or above it.
void prune(AdnDerivation& way, const DomainName& wanted) {
  while (way.path.back() != wanted) {
    way.path.push_back(*way.path.back().parent());
    way.steps.push_back(AdnStep::prune);
  }
  way.state = AdnDerivation::State::reached;
}

std::optional<std::string> aliases_fault(const std::vector<DomainName>& aliases,
                                         const rules::MethodRule& method) {
  if (aliases.empty()) return "no name was reported to start from";
  if (aliases.size() - 1 > kCnameStepsMax)
    return fmt::format("more than {} CNAME steps lead away from {}", kCnameStepsMax,
                       aliases.front().text());
  if (aliases.size() > 1 && !method.cname) return by_method(method) + " allows no CNAME step";
  auto sorted = aliases;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end())
    return fmt::format("the CNAME records behind {} lead in a circle", aliases.front().text());
  return std::nullopt;
}

}  // namespace

AdnDerivation begin_derivation(const DomainName& applied_for, bool wildcard,
                               const std::optional<DomainName>& wanted,
                               const rules::MethodRule& method,
                               const names::PublicSuffixList& suffixes) {
  if (wildcard && !method.wildcard)
    return unreachable(fmt::format("{} cannot show control for the wildcard name *.{}",
                                   by_method(method), applied_for.text()));
  DomainName target = wanted.value_or(applied_for);
  if (!wanted && needs_base(method)) target = suffixes.base_domain(applied_for).value_or(target);
  AdnDerivation way;
  way.path.push_back(applied_for);
  const auto obstacle = pruning_fault(applied_for, target, method, suffixes);
  if (!obstacle) {
    prune(way, target);
    return way;
  }
  // Wherever a CNAME leads, a public suffix is above the Base Domain Name of everything below it.
  const bool reachable = suffixes.base_domain(target).has_value();
  if (method.cname && !wildcard && reachable) {
    way.state = AdnDerivation::State::needs_cname;
    return way;
  }
  const std::string_view no_cname =
      !method.cname || !wildcard ? "" : "; a wildcard name takes no CNAME step (TLS BR 3.2.2.4)";
  return unreachable(*obstacle + std::string(no_cname));
}

AdnDerivation end_derivation(const std::vector<DomainName>& aliases, const DomainName& wanted,
                             const rules::MethodRule& method,
                             const names::PublicSuffixList& suffixes) {
  if (const auto fault = aliases_fault(aliases, method)) return unreachable(*fault);
  AdnDerivation way;
  std::string obstacle;
  for (const DomainName& name : aliases) {
    if (!way.path.empty()) way.steps.push_back(AdnStep::cname);
    way.path.push_back(name);
    const auto fault = pruning_fault(name, wanted, method, suffixes);
    if (!fault) {
      prune(way, wanted);
      return way;
    }
    obstacle = *fault;
  }
  const auto count = aliases.size() - 1;
  if (count == 0) return unreachable(obstacle + ", and no CNAME record leads away from it");
  return unreachable(fmt::format("{} ({} CNAME step{} from {})", obstacle, count,
                                 count == 1 ? "" : "s", aliases.front().text()));
}

}  // namespace parallax::dcv
