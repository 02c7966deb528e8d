// SPDX-License-Identifier: Apache-2.0
#include "rules/render.h"

#include <iterator>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "rules/difference.h"
#include "rules/requirements.h"
#include "rules/rule.h"

namespace parallax::rules {
namespace {

namespace json = boost::json;

json::object to_json(const Rule& rule) {
  json::object out;
  out["id"] = rule.id;
  out["document"] = to_string(rule.document);
  out["version"] = rule.version;
  out["section"] = rule.section;
  out["ballot"] = rule.ballot;
  out["from"] = format_date(rule.from);
  out["until"] = rule.until ? json::value(format_date(*rule.until)) : json::value(nullptr);
  out["force"] = to_string(rule.force);
  out["scope"] = to_string(rule.scope);
  out["house"] = rule.house;
  out["value"] = rule.value ? json::value(*rule.value) : json::value(nullptr);
  out["text"] = rule.text;
  return out;
}

constexpr std::size_t kColumnsMax = 100;

// `text` broken at blanks into lines of at most kColumnsMax columns, each indented by `indent`.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent) {
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > kColumnsMax - indent) {
      end = text.rfind(' ', kColumnsMax - indent);
      if (end == std::string_view::npos) end = kColumnsMax - indent;
    }
    out.append(indent, ' ');
    out.append(text.substr(0, end));
    out.push_back('\n');
    text.remove_prefix(end < text.size() && text[end] == ' ' ? end + 1 : end);
  }
}

std::string citation(const Rule& rule) {
  return fmt::format("{} {} section {} ({}{})", to_string(rule.document), rule.version,
                     rule.section, rule.ballot, rule.house ? ", house" : "");
}

void append_rule(std::string& out, const Rule& rule) {
  fmt::format_to(std::back_inserter(out), "  {:<28} {:<6} {}\n", rule.id, to_string(rule.force),
                 citation(rule));
  const std::string span = rule.until
                               ? fmt::format("From {} until {}. {}", format_date(rule.from),
                                             format_date(*rule.until), rule.text)
                               : fmt::format("From {}. {}", format_date(rule.from), rule.text);
  append_wrapped(out, span, 6);
}

void append_figures(std::string& out, const Requirements& asked) {
  const auto line = [&out](std::string_view name, const auto& value) {
    fmt::format_to(std::back_inserter(out), "  {:<46} {}\n", name, value);
  };
  line("remote Network Perspectives, at least", asked.remotes_required.value);
  line("a missed quorum forbids issuance", asked.quorum_enforced.value ? "yes" : "no");
  line("allowed non-corroborations, 2 to 5 remotes", allowed_non_corroborations(2));
  line("allowed non-corroborations, 6 or more remotes", allowed_non_corroborations(6));
  line("registries among the corroborating, at least", asked.rir_regions_required.value);
  line("distance between perspectives, at least (km)", asked.distance_min_km.value);
  line("CAA permission lasts for the TTL or (h)", asked.caa_window.value.count());
}

json::value to_json(const std::optional<Rule>& rule) {
  return rule ? json::value(to_json(*rule)) : json::value(nullptr);
}

void append_side(std::string& out, std::string_view which, const std::optional<Rule>& rule) {
  if (!rule) return;
  const std::string figure = rule->value ? fmt::format(", {}", *rule->value) : std::string();
  append_wrapped(out,
                 fmt::format("{} {} ({}{}): {}", which, citation(*rule), to_string(rule->force),
                             figure, rule->text),
                 6);
}

}  // namespace

json::object render_json(Date at) {
  const Requirements asked = requirements_at(at);
  json::object out;
  out["at"] = format_date(at);
  out["remotes_required"] = asked.remotes_required.value;
  out["quorum_enforced"] = asked.quorum_enforced.value;
  json::object allowed;
  for (unsigned remotes = 2; remotes <= kQuorumTableMax; ++remotes)
    allowed[std::to_string(remotes)] = allowed_non_corroborations(remotes);
  out["allowed_non_corroborations"] = std::move(allowed);
  out["rir_regions_required"] = asked.rir_regions_required.value;
  out["distance_min_km"] = asked.distance_min_km.value;
  out["caa_window_hours"] = asked.caa_window.value.count();
  json::array rules;
  for (const Rule& rule : rules_in_force(at)) rules.push_back(to_json(rule));
  out["rules"] = std::move(rules);
  json::array changes;
  for (const Change& change : next_changes(at)) {
    json::object entry{{"on", format_date(change.on)}, {"kind", to_string(change.kind)}};
    for (auto& member : to_json(change.rule)) entry.insert(member);
    changes.push_back(std::move(entry));
  }
  out["next_changes"] = std::move(changes);
  return out;
}

std::string render_text(Date at) {
  std::string out = fmt::format("On {} (00:00:00 UTC on):\n\n", format_date(at));
  append_figures(out, requirements_at(at));
  out += "\nRules in force:\n\n";
  for (const Rule& rule : rules_in_force(at)) append_rule(out, rule);
  const auto changes = next_changes(at);
  out += changes.empty() ? "\nNo change is known after this date.\n" : "\nWhat changes next:\n\n";
  for (const Change& change : changes) {
    fmt::format_to(std::back_inserter(out), "  {} {:<28} {:<7} {}\n", format_date(change.on),
                   change.rule.id, to_string(change.kind), citation(change.rule));
    append_wrapped(out, change.rule.text, 13);
  }
  return out;
}

json::object render_difference_json(Date from, Date to) {
  json::array differences;
  for (const Difference& each : difference(from, to))
    differences.push_back(json::object{{"kind", to_string(each.kind)},
                                       {"before", to_json(each.before)},
                                       {"after", to_json(each.after)}});
  return {{"from", format_date(from)},
          {"to", format_date(to)},
          {"differences", std::move(differences)}};
}

std::string render_difference_text(Date from, Date to) {
  const auto differences = difference(from, to);
  if (differences.empty())
    return fmt::format("The rules of {} and of {} are the same.\n", format_date(from),
                       format_date(to));
  std::string out = fmt::format("From {} to {}:\n\n", format_date(from), format_date(to));
  for (const Difference& each : differences) {
    const Rule& rule = each.before ? *each.before : *each.after;
    fmt::format_to(std::back_inserter(out), "  {:<28} {}\n", rule.id, to_string(each.kind));
    append_side(out, "was:", each.before);
    append_side(out, "is:", each.after);
  }
  return out;
}

}  // namespace parallax::rules
