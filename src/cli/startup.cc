// SPDX-License-Identifier: Apache-2.0
#include "cli/startup.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include <sys/resource.h>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"

namespace parallax::cli {
namespace {

constexpr Date kClockEarliest{std::chrono::year{2026} / 1 / 1};

std::size_t count_of(rlim_t limit) {
  return limit == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max() : limit;
}

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, kDescriptorsMax);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{wanted, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return count_of(wanted);
  }
  return count_of(limit.rlim_cur);
}

Status check_clock(Instant now) {
  const Date today = date_of(now);
  if (today >= kClockEarliest) return {};
  return fail(ErrorCode::configuration,
              fmt::format("the system's clock says {}: set it, the rules in force depend on it",
                          format_date(today)));
}

Status prepare_process() {
  const std::size_t descriptors = raise_descriptor_limit();
  if (descriptors < kDescriptorsEnough)
    log::warning("few-descriptors", {{"limit", std::to_string(descriptors)},
                                     {"recommended", std::to_string(kDescriptorsEnough)}});
  return check_clock(system_clock().now());
}

}  // namespace parallax::cli
