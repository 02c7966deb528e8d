// SPDX-License-Identifier: Apache-2.0
// How long a validation serves: for another certificate (TLS BR 4.2.1, SBR 4.2.1), and for this
// one.
#include <algorithm>

#include "rules/method.h"
#include "rules/table.h"

namespace parallax::rules {
namespace {

// The days that the rule `id` sets on `at`; `otherwise` where it does not hold.
std::chrono::days days_of(std::string_view id, Date at, int otherwise) {
  const auto found = rule(id, at);
  return std::chrono::days(found && found->value ? *found->value : otherwise);
}

constexpr int kReuseDaysMax = 398;  // before the first row that the table holds
constexpr int kReusePersistentDays = 10;
constexpr int kReuseMailboxDays = 30;

std::chrono::days reuse_limit_tls(const MethodRule& row, Date issued) {
  if (row.target == TargetKind::mailbox) return std::chrono::days(0);
  if (row.retired_from && *row.retired_from <= issued) return std::chrono::days(0);
  const auto limit = days_of("dcv.reuse-tls", issued, kReuseDaysMax);
  if (row.method != ControlMethod::dns_persistent) return limit;
  return std::min(limit, days_of("dcv.reuse-persistent", issued, kReusePersistentDays));
}

std::chrono::days reuse_limit_smime(const MethodRule& row, Date issued) {
  if (row.method == ControlMethod::mailbox_acme)
    return days_of("dcv.reuse-mailbox-acme", issued, 0);
  if (row.method == ControlMethod::mailbox_email)
    return days_of("dcv.reuse-mailbox", issued, kReuseMailboxDays);
  const auto limit = days_of("dcv.reuse-smime", issued, kReuseDaysMax);
  if (row.method != ControlMethod::dns_persistent) return limit;
  return std::min(limit, days_of("dcv.reuse-persistent-smime", issued, kReusePersistentDays));
}

constexpr int kControlWindowHours = 8;  // before the table's rule

// The last instant before the day begins.
Instant before(Date day) { return Instant(day) - Instant::duration(1); }

// The first day after `day` on which another limit may hold: that of the schedule, or of the
// method's retirement.
std::optional<Date> next_change(const MethodRule& row, Date day) {
  std::optional<Date> next;
  const auto consider = [&next, day](Date from) {
    if (from > day && (!next || from < *next)) next = from;
  };
  for (const Phase& phase : control_phases())
    if (phase.id.starts_with("dcv.reuse-")) consider(phase.from);
  if (row.retired_from) consider(*row.retired_from);
  return next;
}

}  // namespace

std::chrono::days reuse_limit(const MethodRule& row, Scope scope, Date issued) {
  switch (scope) {
    case Scope::tls: return reuse_limit_tls(row, issued);
    case Scope::smime: return reuse_limit_smime(row, issued);
    case Scope::both: break;
  }
  return std::min(reuse_limit_tls(row, issued), reuse_limit_smime(row, issued));
}

Instant reuse_until(const MethodRule& row, Scope scope, Instant data) {
  Date day = date_of(data);
  Instant end = data + reuse_limit(row, scope, day);
  for (auto next = next_change(row, day); next && end >= Instant(*next);
       next = next_change(row, day)) {
    day = *next;
    end = data + reuse_limit(row, scope, day);
    if (end < Instant(day)) return before(day);
  }
  return end;
}

std::optional<Instant> relied_on_until(const MethodRule& row, Scope scope) {
  if (scope == Scope::smime || !row.retired_from) return std::nullopt;
  return before(*row.retired_from);
}

std::chrono::hours control_window(Date at) {
  const auto found = rule("dcv.window", at);
  return std::chrono::hours(found && found->value ? *found->value : kControlWindowHours);
}

}  // namespace parallax::rules
