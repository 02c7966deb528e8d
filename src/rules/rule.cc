// SPDX-License-Identifier: Apache-2.0
#include "rules/rule.h"

#include <algorithm>

#include "rules/table.h"

namespace parallax::rules {
namespace {

bool holds(const Phase& phase, Date at) { return phase.from <= at && at < phase.until; }

const Place& place_at(const Phase& phase, Date at) {
  const Place* found = &phase.places.front();
  for (const Place& place : phase.places)
    if (place.since <= at) found = &place;
  return *found;
}

Rule resolve(const Phase& phase, Date at) {
  const Place& place = place_at(phase, at);
  return Rule{.id = phase.id,
              .document = phase.document,
              .version = place.version,
              .section = place.section,
              .ballot = phase.ballot,
              .from = phase.from,
              .until = phase.until == kOpenEnd ? std::nullopt : std::optional(phase.until),
              .force = phase.force,
              .scope = phase.scope,
              .house = phase.house,
              .value = phase.value,
              .text = phase.text};
}

const Phase* find(std::string_view id, Date at) {
  for (const auto part : table_parts())
    for (const Phase& phase : part)
      if (phase.id == id && holds(phase, at)) return &phase;
  return nullptr;
}

// Changes that one phase brings about after `at`: its beginning, moves within it, its end.
void add_changes(const Phase& phase, Date at, std::vector<Change>& changes) {
  const Date eve = phase.from - std::chrono::days(1);
  if (phase.from > at)
    changes.push_back({phase.from,
                       find(phase.id, eve) == nullptr ? ChangeKind::begins : ChangeKind::changes,
                       resolve(phase, phase.from)});
  for (const Place& place : phase.places)
    if (place.since > at && place.since > phase.from && place.since < phase.until &&
        &place != &phase.places.front())
      changes.push_back({place.since, ChangeKind::moves, resolve(phase, place.since)});
  if (phase.until != kOpenEnd && phase.until > at && find(phase.id, phase.until) == nullptr)
    changes.push_back(
        {phase.until, ChangeKind::ends, resolve(phase, phase.until - std::chrono::days(1))});
}

// What a CAA decision stands on; names are refused before there is one, control is another check.
constexpr std::string_view kDecisionPrefixes[] = {
    "mpic.", "caa.", "dnssec.caa", "dnssec.error", "dnssec.evidence", "evidence.retention"};

bool bears_on_decisions(std::string_view id) {
  return std::ranges::any_of(kDecisionPrefixes,
                             [id](std::string_view prefix) { return id.starts_with(prefix); });
}

}  // namespace

std::array<std::span<const Phase>, 6> table_parts() {
  return {mpic_phases(),    caa_phases(),           other_phases(),
          control_phases(), domain_method_phases(), ip_and_mailbox_method_phases()};
}

std::string_view to_string(Document document) {
  switch (document) {
    case Document::tls_br: return "TLS BR";
    case Document::sbr: return "SBR";
  }
  return "TLS BR";
}

std::string_view to_string(Force force) {
  switch (force) {
    case Force::should: return "SHOULD";
    case Force::must: return "MUST";
  }
  return "MUST";
}

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::tls: return "tls";
    case Scope::smime: return "smime";
    case Scope::both: return "both";
  }
  return "both";
}

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::begins: return "begins";
    case ChangeKind::changes: return "changes";
    case ChangeKind::moves: return "moves";
    case ChangeKind::ends: return "ends";
  }
  return "changes";
}

std::optional<Rule> rule(std::string_view id, Date at) {
  const Phase* phase = find(id, at);
  if (phase == nullptr) return std::nullopt;
  return resolve(*phase, at);
}

std::vector<Rule> rules_in_force(Date at) {
  std::vector<Rule> rules;
  for (const auto part : table_parts())
    for (const Phase& phase : part)
      if (holds(phase, at)) rules.push_back(resolve(phase, at));
  std::ranges::sort(rules, {}, &Rule::id);
  return rules;
}

std::vector<std::string_view> decision_rules(Scope scope, Date at) {
  std::vector<std::string_view> ids;
  for (const Rule& in_force : rules_in_force(at))
    if ((in_force.scope == scope || in_force.scope == Scope::both) &&
        bears_on_decisions(in_force.id))
      ids.push_back(in_force.id);
  return ids;
}

std::vector<std::string_view> rule_ids() {
  std::vector<std::string_view> ids;
  for (const auto part : table_parts())
    for (const Phase& phase : part) ids.push_back(phase.id);
  std::ranges::sort(ids);
  const auto surplus = std::ranges::unique(ids);
  ids.erase(surplus.begin(), surplus.end());
  return ids;
}

std::vector<Change> next_changes(Date at) {
  std::vector<Change> changes;
  for (const auto part : table_parts())
    for (const Phase& phase : part) add_changes(phase, at, changes);
  std::ranges::sort(changes, [](const Change& a, const Change& b) {
    return std::pair(a.on, a.rule.id) < std::pair(b.on, b.rule.id);
  });
  return changes;
}

}  // namespace parallax::rules
