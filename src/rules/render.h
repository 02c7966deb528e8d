// SPDX-License-Identifier: Apache-2.0
// `parallax rules`: what holds on a date and what changes next, for programs and for people.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "base/time.h"

namespace parallax::rules {

// One object: at, remotes_required, quorum_enforced, allowed_non_corroborations (number of remotes
// as text -> allowed), rir_regions_required, distance_min_km, caa_window_hours, rules (id,
// document, version, section, ballot, from, until or null, force, scope, house, value or null,
// text), next_changes (on, kind, and the rule's members).
[[nodiscard]] boost::json::object render_json(Date at);

// The same as a table of at most 100 columns, newline at the end.
[[nodiscard]] std::string render_text(Date at);

// What differs between two days: from, to, differences (kind, before and after: the rule's members,
// null where it does not hold).
[[nodiscard]] boost::json::object render_difference_json(Date from, Date to);

// The same for people, at most 100 columns, newline at the end.
[[nodiscard]] std::string render_difference_text(Date from, Date to);

}  // namespace parallax::rules
