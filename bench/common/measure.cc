// SPDX-License-Identifier: Apache-2.0
#include "common/measure.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parallax::bench {
namespace {

// Of the warm-up, on average. A closed loop serves askers in turn, so each has had its first.
constexpr std::size_t kChecksPerAsker = 2;

// Nearest rank.
double percentile(const std::vector<double>& sorted, double fraction) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

Clock::duration seconds_of(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

double cpu_ms(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  // The command's name, in parentheses, may hold spaces.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;  // proc(5): utime is field 14
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Measurement::Measurement(Span span, std::vector<pid_t> pids)
    : span_(span), pids_(std::move(pids)), begin_(Clock::now() + seconds_of(span.warmup_s)) {}

std::vector<double> Measurement::read_cpu() const {
  std::vector<double> out;
  for (const pid_t pid : pids_) out.push_back(cpu_ms(pid));
  return out;
}

void Measurement::note(Clock::time_point begun, bool good) {
  const auto now = Clock::now();
  if (over_) return;
  if (!started_) {
    ++warmed_up_;
    if (now < begin_ || warmed_up_ < span_.askers * kChecksPerAsker) return;
    started_ = true;
    begin_ = now;
    cpu_before_ms_ = read_cpu();
    return;
  }
  latencies_ms_.push_back(std::chrono::duration<double, std::milli>(now - begun).count());
  if (!good) ++failures_;
  const bool last = span_.checks != 0 ? latencies_ms_.size() >= span_.checks
                                      : now - begin_ >= seconds_of(span_.seconds);
  if (last) end();
}

void Measurement::end() {
  if (over_) return;
  over_ = true;
  end_ = Clock::now();
  cpu_after_ms_ = read_cpu();
  if (started_) return;
  begin_ = end_;  // ended within the warm-up: nothing was measured
  cpu_before_ms_ = cpu_after_ms_;
}

std::string Measurement::report() const {
  std::vector<double> sorted = latencies_ms_;
  std::sort(sorted.begin(), sorted.end());
  const auto count = static_cast<double>(std::max<std::size_t>(sorted.size(), 1));
  const double seconds = std::chrono::duration<double>(end_ - begin_).count();
  std::vector<std::string> each;
  double total = 0;
  for (std::size_t i = 0; i < pids_.size(); ++i) {
    const double used = cpu_after_ms_[i] - cpu_before_ms_[i];
    total += used;
    each.push_back(fmt::format("{:.4f}", used / count));
  }
  return fmt::format(
      "{{\"checks\": {}, \"failures\": {}, \"seconds\": {:.3f}, \"checks_per_s\": {:.2f}, "
      "\"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}, \"cpu_ms_per_check\": {:.4f}, "
      "\"cpu_ms_per_check_by_process\": [{}]}}",
      sorted.size(), failures_, seconds,
      seconds > 0 ? static_cast<double>(sorted.size()) / seconds : 0, percentile(sorted, 0.5),
      percentile(sorted, 0.99), total / count, fmt::join(each, ", "));
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(line);
  if (lines.empty()) {
    std::fprintf(stderr, "no lines in %s\n", path.c_str());
    std::exit(EXIT_FAILURE);
  }
  return lines;
}

}  // namespace parallax::bench
