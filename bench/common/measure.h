// SPDX-License-Identifier: Apache-2.0
// What every load of the benchmark is measured with, so that the figures compare.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

namespace parallax::bench {

using Clock = std::chrono::steady_clock;

// CPU time a process has used so far, user and system (utime + stime of /proc/PID/stat), in ms.
// Zero if there is no such process.
[[nodiscard]] double cpu_ms(pid_t pid);

// How long a load runs: warm-up first, which is not measured and goes on until each asker has had
// an answer (so that no opening of connections is measured); then until `seconds` have passed or,
// if `checks` is not 0, until so many checks are done.
struct Span {
  double warmup_s = 1;
  double seconds = 5;
  std::size_t checks = 0;
  std::size_t askers = 1;
};

// Counts checks and the CPU of processes between start and end of the measured span. Not thread
// safe.
class Measurement {
 public:
  Measurement(Span span, std::vector<pid_t> pids);

  // Notes a check that took from `begun` until now. Checks that end outside the span count nowhere.
  void note(Clock::time_point begun, bool good);
  // Ends the span now; nothing more counts.
  void end();
  // True when the span is over: no further check is begun.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] std::size_t checks() const { return latencies_ms_.size(); }
  // One line of JSON: checks, failures, seconds, checks_per_s, p50_ms, p99_ms, cpu_ms_per_check and
  // that figure for each process, in the order of `pids`.
  [[nodiscard]] std::string report() const;

 private:
  [[nodiscard]] std::vector<double> read_cpu() const;

  Span span_;
  std::vector<pid_t> pids_;
  Clock::time_point begin_;
  Clock::time_point end_;
  std::vector<double> cpu_before_ms_;
  std::vector<double> cpu_after_ms_;
  std::vector<double> latencies_ms_;
  std::size_t failures_ = 0;
  std::size_t warmed_up_ = 0;  // checks that ended before the span
  bool started_ = false;
  bool over_ = false;
};

// The lines of a file. Ends the program with a message if it cannot be read or is empty.
[[nodiscard]] std::vector<std::string> read_lines(const std::string& path);

}  // namespace parallax::bench
