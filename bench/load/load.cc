// SPDX-License-Identifier: Apache-2.0
// Puts a coordinator or a perspective under closed-loop load: so many askers, each with one request
// under way, over connections that stay open. Prints one line of JSON. SIGTERM ends the span; what
// is under way is still waited for.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/async.h"
#include "base/task_group.h"
#include "common/measure.h"
#include "load/questions.h"
#include "net/http_client.h"

namespace parallax::bench {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{30};
constexpr std::size_t kComplaintsMax = 3;
constexpr std::size_t kComplaintSizeMax = 1000;

struct Options {
  QuestionSettings questions;
  std::string token_file;
  net::HttpClientSettings http;
  net::TlsFiles tls;
  std::string names_file;
  std::size_t first = 0;
  std::size_t concurrency = 1;
  double ramp_s = 0;  // the askers begin one after the other, over so long
  std::vector<pid_t> pids;
  Span span;
};

// One run of a load. Outlives its askers.
struct Load {
  Load(const Options& given, std::unique_ptr<net::HttpClient> client)
      : options(given),
        http(std::move(client)),
        names(read_lines(given.names_file)),
        next(given.first),
        run(fmt::format("{}", getpid())),
        measurement(given.span, given.pids) {}

  const Options& options;
  std::unique_ptr<net::HttpClient> http;
  std::vector<std::string> names;
  std::uint64_t next;
  std::string run;
  Measurement measurement;
  std::size_t complaints = 0;

  void complain(const Result<net::HttpResponse>& response) {
    if (++complaints > kComplaintsMax) return;
    const std::string text = response ? fmt::format("{} {}", response->status,
                                                    response->body.substr(0, kComplaintSizeMax))
                                      : describe(response.error());
    std::fprintf(stderr, "not as expected: %s\n", text.c_str());
  }
};

Task<void> keep_asking(Load* load, Clock::duration delay) {
  if (delay > Clock::duration::zero()) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, delay);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  while (!load->measurement.over()) {
    const std::uint64_t number = load->next++;
    net::HttpRequest request = make_question(
        load->options.questions, load->names[number % load->names.size()], load->run, number);
    const auto begun = Clock::now();
    const auto response =
        co_await load->http->request(std::move(request), Deadline::after(kAnswerTimeout));
    const bool good = response && is_expected(load->options.questions, *response);
    if (!good) load->complain(response);
    load->measurement.note(begun, good);
  }
}

Task<void> finish(TaskGroup* askers, Load* load, boost::asio::signal_set* signals) {
  co_await askers->join();
  load->http->close();
  signals->cancel();
}

Clock::duration begin_of(const Options& options, std::size_t asker) {
  const std::chrono::duration<double> delay(options.ramp_s * static_cast<double>(asker) /
                                            static_cast<double>(options.concurrency));
  return std::chrono::duration_cast<Clock::duration>(delay);
}

int run(Options options) {
  if (!options.token_file.empty()) options.questions.token = read_lines(options.token_file).front();
  auto tls = options.tls.certificate_file.empty() ? net::make_client_tls(options.tls.ca_file)
                                                  : net::make_client_tls(options.tls);
  if (!tls) {
    std::fprintf(stderr, "%s\n", describe(tls.error()).c_str());
    return EXIT_FAILURE;
  }
  options.http.connections_max = options.concurrency;
  options.http.requests_in_flight_max = options.concurrency;
  options.http.connect_timeout = kAnswerTimeout;  // all connect at once, to a server under load
  boost::asio::io_context context(1);
  Load load(options, net::HttpClient::make(context.get_executor(), options.http, *tls));
  TaskGroup askers(context.get_executor());
  TaskGroup end(context.get_executor());
  boost::asio::signal_set signals(context, SIGTERM);
  signals.async_wait([&load](const boost::system::error_code& error, int) {
    if (!error) load.measurement.end();
  });
  for (std::size_t i = 0; i < options.concurrency; ++i)
    askers.spawn(keep_asking(&load, begin_of(options, i)));
  end.spawn(finish(&askers, &load, &signals));
  context.run();
  std::printf("%s\n", load.measurement.report().c_str());
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace parallax::bench

int main(int argc, char** argv) {
  parallax::bench::Options options;
  CLI::App app{"Closed-loop load on a coordinator or a perspective"};
  app.add_option("--path", options.questions.path, "What is posted to")->required();
  app.add_option("--body", options.questions.body, "With <NAME>, <ID>, <NONCE>")->required();
  app.add_option("--expect", options.questions.expected, "In every good answer")->required();
  app.add_option("--host", options.http.host)->required();
  app.add_option("--port", options.http.port)->required();
  app.add_option("--verify-name", options.http.verify_name, "The server's name")->required();
  app.add_option("--ca", options.tls.ca_file)->required();
  app.add_option("--certificate", options.tls.certificate_file);
  app.add_option("--key", options.tls.key_file);
  app.add_option("--token-file", options.token_file);
  app.add_option("--names", options.names_file, "File of names, one a line")->required();
  app.add_option("--first", options.first, "Where in the file to begin");
  app.add_option("--concurrency", options.concurrency);
  app.add_option("--ramp", options.ramp_s, "Seconds over which the askers begin");
  app.add_option("--warmup", options.span.warmup_s, "Seconds before measuring");
  app.add_option("--seconds", options.span.seconds);
  app.add_option("--checks", options.span.checks, "Instead of --seconds");
  app.add_option("--pid", options.pids, "Processes whose CPU is counted");
  CLI11_PARSE(app, argc, argv);
  options.span.askers = options.concurrency;
  return parallax::bench::run(std::move(options));
}
