// SPDX-License-Identifier: Apache-2.0
// The yardstick: bare libunbound asks what a corroborated check asks. Per check six contexts, with
// caches of their own, are asked for CAA at the name and at every ancestor, all at once; one
// thread, libevent, nothing around it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include <CLI/CLI.hpp>

#include "baseline/context.h"
#include "baseline/fetch.h"
#include "baseline/questions.h"
#include "common/measure.h"

namespace parallax::bench {
namespace {

constexpr std::uint16_t kHttpPort = 80;

struct Options {
  std::string names_file;
  std::string trust_anchors;
  std::string root_hints;
  std::vector<std::string> sources;  // "IPv4,IPv6" per context
  std::size_t contexts = 6;
  std::size_t validating = 6;  // the first so many contexts validate
  std::size_t concurrency = 8;
  std::size_t first = 0;
  std::vector<Ask> asks{Ask::caa};
  std::string label;
  std::string get_address;  // empty: no document is fetched
  std::string get_path;
  std::string get_expected;
  Span span;
};

class Baseline {
 public:
  Baseline(const Options& options, event_base* base)
      : asks_(options.asks),
        label_(options.label),
        names_(read_lines(options.names_file)),
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
      if (auto ready = prepare_fetch(options, settings.outgoing_interfaces); !ready) return ready;
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

  // One context's fetch leaves from its own address of the target's family.
  Status prepare_fetch(const Options& options, const std::vector<std::string>& sources) {
    if (options.get_address.empty()) return {};
    const auto to = socket_address(options.get_address, kHttpPort);
    if (!to) return fail(to.error());
    for (const std::string& source : sources) {
      const auto from = socket_address(source, 0);
      if (!from) return fail(from.error());
      if (from->storage.ss_family != to->storage.ss_family) continue;
      fetches_.push_back({*from, *to, options.get_path, options.get_expected});
      return {};
    }
    return fail(ErrorCode::configuration, "a context has no address of the target's family");
  }

  void start_check() {
    const std::string& name = names_[next_++ % names_.size()];
    // Shared by the answers it waits for; libunbound may give some of them at once.
    const auto check = std::make_shared<Check>(Check{Clock::now(), contexts_.size(), true});
    for (std::size_t i = 0; i < contexts_.size(); ++i) look(i, name, check);
  }

  // One context's share of a check: its questions, then the document.
  void look(std::size_t i, const std::string& name, const std::shared_ptr<Check>& check) {
    const auto questions = questions_of(asks_, name, label_);
    const auto left = std::make_shared<std::size_t>(questions.size());
    const auto answered = [this, i, name, check, left](bool good) {
      check->good = check->good && good;
      if (--*left > 0) return;
      if (fetches_.empty()) return on_share(*check, true);
      fetch(base_, &fetches_[i], name, [this, check](bool got) { on_share(*check, got); });
    };
    for (const auto& question : questions)
      contexts_[i]->ask(question.name, question.type, answered);
  }

  void on_share(Check& check, bool good) {
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

  std::vector<Ask> asks_;
  std::string label_;
  std::vector<std::string> names_;
  std::size_t next_;
  Measurement measurement_;
  event_base* base_;
  event* next_check_ = nullptr;
  std::size_t ended_ = 0;               // checks that ended and have no successor yet
  std::vector<FetchSettings> fetches_;  // one per context, or none
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
  using parallax::bench::Ask;
  const std::map<std::string, Ask> asks{
      {"caa", Ask::caa}, {"txt", Ask::txt}, {"addresses", Ask::addresses}};
  app.add_option("--names", options.names_file, "File of names, one a line")->required();
  app.add_option("--trust-anchors", options.trust_anchors)->required();
  app.add_option("--root-hints", options.root_hints)->required();
  app.add_option("--source", options.sources, "Addresses a context sends from")->required();
  app.add_option("--contexts", options.contexts);
  app.add_option("--validating", options.validating, "How many of the contexts validate");
  app.add_option("--ask", options.asks, "What a check asks each context; default caa")
      ->transform(CLI::CheckedTransformer(asks));
  app.add_option("--label", options.label, "In front of the name for txt");
  app.add_option("--get", options.get_address, "Then fetch a document from this address");
  app.add_option("--get-path", options.get_path);
  app.add_option("--get-expect", options.get_expected, "In every good answer");
  app.add_option("--concurrency", options.concurrency, "Checks under way at once");
  app.add_option("--first", options.first, "Where in the file to begin");
  app.add_option("--warmup", options.span.warmup_s, "Seconds before measuring");
  app.add_option("--seconds", options.span.seconds);
  app.add_option("--checks", options.span.checks, "Instead of --seconds");
  CLI11_PARSE(app, argc, argv);
  options.span.askers = options.concurrency;
  return parallax::bench::run(options);
}
