// SPDX-License-Identifier: Apache-2.0
// The yardstick: bare libunbound asks what a corroborated check asks. Per check six contexts, with
// caches of their own, are asked for CAA at the name and at every ancestor, all at once; one
// thread, libevent, nothing around it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <sstream>

#include <CLI/CLI.hpp>

#include "baseline/context.h"
#include "common/measure.h"

namespace parallax::bench {
namespace {

struct Options {
  std::string names_file;
  std::string trust_anchors;
  std::string root_hints;
  std::vector<std::string> sources;  // "IPv4,IPv6" per context
  std::size_t contexts = 6;
  std::size_t validating = 6;  // the first so many contexts validate
  std::size_t concurrency = 8;
  std::size_t first = 0;
  Span span;
};

// "a.b.c", "b.c", "c": the climb of RFC 8659 s3.
std::vector<std::string> climb_of(const std::string& name) {
  std::vector<std::string> out{name};
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
    out.push_back(name.substr(dot + 1));
  return out;
}

class Baseline {
 public:
  Baseline(const Options& options, event_base* base)
      : names_(read_lines(options.names_file)),
        next_(options.first),
        measurement_(options.span, {getpid()}),
        base_(base) {
    next_check_ = event_new(base, -1, 0, &Baseline::on_next, this);
  }
  ~Baseline() {
    contexts_.clear();  // lets go of what is outstanding
    event_free(next_check_);
  }
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;

  Status open(const Options& options) {
    for (std::size_t i = 0; i < options.contexts; ++i) {
      dns::ResolverSettings settings;
      settings.trust_anchor_file = options.trust_anchors;
      settings.root_hints_file = options.root_hints;
      settings.lab = true;
      settings.validate = i < options.validating;
      std::istringstream pair(options.sources[i]);
      for (std::string address; std::getline(pair, address, ',');)
        settings.outgoing_interfaces.push_back(address);
      auto context = Context::make(base_, settings);
      if (!context) return fail(context.error());
      contexts_.push_back(std::move(*context));
    }
    return {};
  }

  std::string run(std::size_t concurrency) {
    for (std::size_t i = 0; i < concurrency; ++i) start_check();
    event_base_dispatch(base_);
    return measurement_.report();
  }

 private:
  struct Check {
    Clock::time_point begun;
    std::size_t outstanding = 0;
    bool good = true;
  };

  void start_check() {
    const std::vector<std::string> names = climb_of(names_[next_++ % names_.size()]);
    // Shared by the answers it waits for; libunbound may give some of them at once.
    const auto check =
        std::make_shared<Check>(Check{Clock::now(), names.size() * contexts_.size(), true});
    for (const auto& context : contexts_)
      for (const std::string& name : names)
        context->ask(name, [this, check](bool good) { on_answer(*check, good); });
  }

  void on_answer(Check& check, bool good) {
    check.good = check.good && good;
    if (--check.outstanding > 0) return;
    measurement_.note(check.begun, check.good);
    ++ended_;
    event_active(next_check_, 0, 0);  // outside libunbound
  }

  static void on_next(evutil_socket_t, short, void* argument) {
    Baseline& self = *static_cast<Baseline*>(argument);
    if (self.measurement_.over()) {
      event_base_loopbreak(self.base_);
      return;
    }
    for (std::size_t i = std::exchange(self.ended_, 0); i > 0; --i) self.start_check();
  }

  std::vector<std::string> names_;
  std::size_t next_;
  Measurement measurement_;
  event_base* base_;
  event* next_check_ = nullptr;
  std::size_t ended_ = 0;  // checks that ended and have no successor yet
  std::vector<std::unique_ptr<Context>> contexts_;
};

int run(const Options& options) {
  if (options.sources.size() < options.contexts) {
    std::fprintf(stderr, "one --source per context is needed\n");
    return EXIT_FAILURE;
  }
  event_base* base = event_base_new();
  std::string report;
  {
    Baseline baseline(options, base);
    if (const auto opened = baseline.open(options); !opened) {
      std::fprintf(stderr, "%s\n", describe(opened.error()).c_str());
      return EXIT_FAILURE;
    }
    report = baseline.run(options.concurrency);
  }
  event_base_free(base);
  std::printf("%s\n", report.c_str());
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace parallax::bench

int main(int argc, char** argv) {
  parallax::bench::Options options;
  CLI::App app{"Bare libunbound asking what a corroborated check asks"};
  app.add_option("--names", options.names_file, "File of names, one a line")->required();
  app.add_option("--trust-anchors", options.trust_anchors)->required();
  app.add_option("--root-hints", options.root_hints)->required();
  app.add_option("--source", options.sources, "Addresses a context sends from")->required();
  app.add_option("--contexts", options.contexts);
  app.add_option("--validating", options.validating, "How many of the contexts validate");
  app.add_option("--concurrency", options.concurrency, "Checks under way at once");
  app.add_option("--first", options.first, "Where in the file to begin");
  app.add_option("--warmup", options.span.warmup_s, "Seconds before measuring");
  app.add_option("--seconds", options.span.seconds);
  app.add_option("--checks", options.span.checks, "Instead of --seconds");
  CLI11_PARSE(app, argc, argv);
  options.span.askers = options.concurrency;
  return parallax::bench::run(options);
}
