// SPDX-License-Identifier: Apache-2.0
#include "corroborate/roster.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "rules/requirements.h"
#include "rules/rule.h"

namespace parallax::corroborate {
namespace {

bool too_near(const rules::Coordinates& a, const rules::Coordinates& b, unsigned km) {
  return rules::chord_km(a, b) < km;
}

std::string rule_of(const std::vector<std::string_view>& ids) {
  return ids.empty() ? std::string() : std::string(ids.front());
}

// Collects what is wrong with a roster on one date.
class Inspector {
 public:
  Inspector(const Roster& roster, Date at) : roster_(roster), asked_(rules::requirements_at(at)) {}

  std::vector<RosterFinding> inspect() {
    count();
    regions();
    distances("perspectives", asked_.distance_min_km,
              [](const PerspectiveInfo& info) { return info.location; });
    distances("resolvers", asked_.resolver_distance_min_km,
              [](const PerspectiveInfo& info) { return info.resolver_location; });
    resolver_regions();
    mitigation();
    return std::move(findings_);
  }

 private:
  using Locate = std::function<rules::Coordinates(const PerspectiveInfo&)>;

  void error(std::string message, std::string rule) {
    findings_.push_back({Severity::error, std::move(message), std::move(rule), {}});
  }

  void count() {
    if (roster_.remotes.size() < asked_.remotes_required.value)
      error(fmt::format("{} remote Network Perspectives are configured, {} are required",
                        roster_.remotes.size(), asked_.remotes_required.value),
            rule_of(asked_.remotes_required.rules));
    if (roster_.remotes.size() < 2)
      error("a quorum needs two remote Network Perspectives at least",
            rule_of(asked_.remotes_required.rules));
  }

  void regions() {
    std::set<rules::Rir> regions;
    for (const PerspectiveInfo& remote : roster_.remotes) regions.insert(remote.rir);
    if (regions.size() < asked_.rir_regions_required.value)
      error(fmt::format("the remotes lie in {} RIR service region(s), corroborating ones must lie "
                        "in {}",
                        regions.size(), asked_.rir_regions_required.value),
            rule_of(asked_.rir_regions_required.rules));
  }

  void distances(std::string_view what, const rules::Ruled<unsigned>& least,
                 const Locate& location) {
    std::vector<const PerspectiveInfo*> all{&roster_.primary};
    for (const PerspectiveInfo& remote : roster_.remotes) all.push_back(&remote);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = i + 1; j < all.size(); ++j)
        if (too_near(location(*all[i]), location(*all[j]), least.value))
          error(fmt::format("the {} of {} and {} are {:.0f} km apart, {} km are required", what,
                            all[i]->code, all[j]->code,
                            rules::chord_km(location(*all[i]), location(*all[j])), least.value),
                rule_of(least.rules));
  }

  void resolver_regions() {
    if (!asked_.resolver_in_perspective_region.value) return;
    const auto check = [this](const PerspectiveInfo& info) {
      if (info.resolver_rir != info.rir)
        error(
            fmt::format("the resolver of {} lies in the region of {}, the perspective in that "
                        "of {}",
                        info.code, rules::to_string(info.resolver_rir), rules::to_string(info.rir)),
            rule_of(asked_.resolver_in_perspective_region.rules));
    };
    check(roster_.primary);
    for (const PerspectiveInfo& remote : roster_.remotes) check(remote);
  }

  void mitigation() {
    for (const PerspectiveInfo& remote : roster_.remotes)
      if (remote.bgp_mitigation.empty())
        findings_.push_back({Severity::warning,
                             fmt::format("bgp_mitigation of {} is empty: state how its networks "
                                         "mitigate BGP incidents (TLS BR 3.2.2.9)",
                                         remote.code),
                             "",
                             {}});
  }

  const Roster& roster_;
  rules::Requirements asked_;
  std::vector<RosterFinding> findings_;
};

void check_declared_region(const PerspectiveInfo& info, std::vector<RosterFinding>& findings) {
  const auto expected = rules::explain_expected_rir(info.location);
  if (!expected || expected->rir == info.rir) return;
  findings.push_back(
      {Severity::warning,
       fmt::format("{} is declared in the region of {}, but its coordinates are near {}, which "
                   "{} serves",
                   info.code, rules::to_string(info.rir), expected->nearest,
                   rules::to_string(expected->rir)),
       "",
       {}});
}

// A member's text as what `parse` makes of it; nothing, and the reader's error, if that is nothing.
template <class Parse>
auto parsed_member(ObjectReader& in, std::string_view key, Parse parse) {
  auto parsed = parse(in.string(key));
  if (!parsed) in.reject(key, parsed.error().message);
  return parsed;
}

}  // namespace

Result<PerspectiveInfo> perspective_from_json(const boost::json::value& value,
                                              std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  std::string code = in.string("code");
  const auto rir = parsed_member(in, "rir", rules::parse_rir);
  const auto location = parsed_member(in, "location", rules::Coordinates::parse);
  const auto resolver_rir = parsed_member(in, "resolver_rir", rules::parse_rir);
  const auto resolver_location = parsed_member(in, "resolver_location", rules::Coordinates::parse);
  std::string provider = in.string("provider");
  std::string bgp_mitigation = in.string("bgp_mitigation");
  const bool validates = in.boolean("validates");
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return PerspectiveInfo{std::move(code),
                         *rir,
                         *location,
                         *resolver_rir,
                         *resolver_location,
                         std::move(provider),
                         std::move(bgp_mitigation),
                         validates};
}

boost::json::value to_json(const PerspectiveInfo& info) {
  return boost::json::object{{"code", info.code},
                             {"rir", rules::to_string(info.rir)},
                             {"location", info.location.text()},
                             {"resolver_rir", rules::to_string(info.resolver_rir)},
                             {"resolver_location", info.resolver_location.text()},
                             {"provider", info.provider},
                             {"bgp_mitigation", info.bgp_mitigation},
                             {"validates", info.validates}};
}

std::vector<RemoteTraits> traits_of(const Roster& roster, const std::vector<std::size_t>& remotes,
                                    Date at) {
  const rules::Requirements asked = rules::requirements_at(at);
  const auto near = [&asked](const PerspectiveInfo& a, const PerspectiveInfo& b) {
    return too_near(a.location, b.location, asked.distance_min_km.value) ||
           too_near(a.resolver_location, b.resolver_location, asked.resolver_distance_min_km.value);
  };
  std::vector<RemoteTraits> traits(remotes.size());
  for (std::size_t i = 0; i < remotes.size(); ++i) {
    const PerspectiveInfo& one = roster.remotes[remotes[i]];
    traits[i].rir = one.rir;
    const bool resolver_out =
        asked.resolver_in_perspective_region.value && one.resolver_rir != one.rir;
    traits[i].eligible = !resolver_out && !near(one, roster.primary);
    for (std::size_t j = 0; j < remotes.size(); ++j)
      if (i != j && near(one, roster.remotes[remotes[j]]))
        traits[i].conflicts |= std::uint32_t{1} << j;
  }
  return traits;
}

QuorumTerms terms_at(Date at, std::size_t used) {
  const rules::Requirements asked = rules::requirements_at(at);
  return {asked.remotes_required.value,
          rules::allowed_non_corroborations(static_cast<unsigned>(used)),
          asked.rir_regions_required.value};
}

std::vector<RosterFinding> check_roster(const Roster& roster, Date at) {
  std::vector<RosterFinding> findings = Inspector(roster, at).inspect();
  check_declared_region(roster.primary, findings);
  for (const PerspectiveInfo& remote : roster.remotes) check_declared_region(remote, findings);
  std::set<std::string> known;
  for (const RosterFinding& finding : findings) known.insert(finding.message);
  for (const rules::Change& change : rules::next_changes(at)) {
    for (RosterFinding& finding : Inspector(roster, change.on).inspect()) {
      if (finding.severity != Severity::error || !known.insert(finding.message).second) continue;
      findings.push_back({Severity::warning,
                          fmt::format("from {} on: {}", format_date(change.on), finding.message),
                          finding.rule, change.on});
    }
  }
  return findings;
}

}  // namespace parallax::corroborate
