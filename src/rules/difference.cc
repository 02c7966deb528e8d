// SPDX-License-Identifier: Apache-2.0
#include "rules/difference.h"

#include <algorithm>

namespace parallax::rules {
namespace {

bool same_content(const Rule& a, const Rule& b) {
  return a.force == b.force && a.scope == b.scope && a.house == b.house && a.value == b.value &&
         a.text == b.text;
}

bool same_place(const Rule& a, const Rule& b) {
  return a.document == b.document && a.version == b.version && a.section == b.section;
}

}  // namespace

std::vector<Difference> difference(Date from, Date to) {
  std::vector<Difference> found;
  for (const std::string_view id : rule_ids()) {
    auto before = rule(id, from);
    auto after = rule(id, to);
    if (!before && !after) continue;
    if (before && after && same_content(*before, *after) && same_place(*before, *after)) continue;
    ChangeKind kind = ChangeKind::changes;
    if (!before)
      kind = ChangeKind::begins;
    else if (!after)
      kind = ChangeKind::ends;
    else if (same_content(*before, *after))
      kind = ChangeKind::moves;
    found.push_back({kind, std::move(before), std::move(after)});
  }
  return found;
}

}  // namespace parallax::rules
