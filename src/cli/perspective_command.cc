// SPDX-License-Identifier: Apache-2.0
// `parallax perspective`: a remote Network Perspective as a service.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/files.h"
#include "cli/listener.h"
#include "cli/server_loop.h"
#include "cli/startup.h"
#include "cli/vantage.h"
#include "names/public_suffix.h"
#include "peer/observe_service.h"
#include "service/metrics.h"
#include "service/mpic.h"
#include "service/perspective_caa.h"
#include "service/perspective_dcv.h"
#include "service/router.h"

namespace parallax::cli {
namespace {

// What all workers of the process share.
struct Shared {
  Config config;
  SigningKey key;
  names::PublicSuffixList suffixes;
  std::shared_ptr<net::TlsContext> tls;
  std::unique_ptr<service::Metrics> metrics;
};

// The Open MPIC view of this vantage.
class Observer final : public service::LocalCaaObserver {
 public:
  Observer(observe::Perspective& perspective, bool prove_insecure)
      : perspective_(perspective), prove_insecure_(prove_insecure) {}
  [[nodiscard]] Task<caa::CaaObservation> observe(names::DomainName domain) override {
    observe::Seen seen =
        co_await perspective_.look(observe::CaaCheck{std::move(domain), prove_insecure_},
                                   Deadline::after(perspective_.settings().check_timeout));
    co_return std::get<caa::CaaObservation>(std::move(seen));
  }

 private:
  observe::Perspective& perspective_;
  bool prove_insecure_;
};

// The same of control.
class ControlObserver final : public service::LocalControlObserver {
 public:
  explicit ControlObserver(observe::Perspective& perspective) : perspective_(perspective) {}
  [[nodiscard]] Task<Sight> observe(dcv::ControlCheck check) override {
    const Instant at = system_clock().now();
    observe::Seen seen =
        co_await perspective_.look(check, Deadline::after(perspective_.settings().check_timeout));
    auto control = std::get<dcv::ControlObservation>(std::move(seen));
    dcv::ControlDetermination found = dcv::assess(control, check, at);
    co_return Sight{std::move(control), std::move(found)};
  }

 private:
  observe::Perspective& perspective_;
};

class PerspectiveWorker final : public WorkerService {
 public:
  PerspectiveWorker(const Shared& shared, Vantage vantage)
      : shared_(shared),
        vantage_(std::move(vantage)),
        observer_(*vantage_.perspective, shared.config.caa.permit_insecure_lookup_failure),
        control_observer_(*vantage_.perspective),
        policy_{shared.config.coordinator_names, &shared.suffixes},
        caa_(observer_, shared.suffixes, system_clock(),
             {shared.config.caa,
              {},
              [this](const net::HttpRequest& request) {
                return peer::is_coordinator(request, policy_);
              }}),
        dcv_(control_observer_, shared.suffixes, system_clock(),
             {shared.config.lab,
              [this](const net::HttpRequest& request) {
                return peer::is_coordinator(request, policy_);
              },
              shared.config.refuse_discouraged_methods}),
        router_(shared.metrics.get()) {
    router_.add("POST", peer::kObservePath, [this](net::HttpRequest request, const std::string&) {
      return peer::serve_observe(vantage_.perspective.get(), policy_, std::move(request));
    });
    router_.add("GET", "/healthz",
                [](const net::HttpRequest&, const std::string&) { return service::healthy(); });
    caa_.install(router_);
    dcv_.install(router_);
    shared.metrics->install(router_);
  }

  Status listen(boost::asio::any_io_executor executor, Listener& listener) {
    auto server = listener.make(std::move(executor), shared_.tls, router_.handler());
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    return {};
  }
  [[nodiscard]] Task<void> run() override { co_await server_->run(); }
  void stop(std::chrono::milliseconds grace) override { server_->stop(grace); }
  dns::UnboundResolver& resolver() { return *vantage_.resolver; }

 private:
  const Shared& shared_;
  Vantage vantage_;
  Observer observer_;
  ControlObserver control_observer_;
  peer::PeerPolicy policy_;
  service::PerspectiveCaa caa_;
  service::PerspectiveDcv dcv_;
  service::Router router_;
  std::unique_ptr<net::HttpServer> server_;
};

Result<Shared> prepare(const std::string& path) {
  auto config = load_config(path);
  if (!config) return fail(config.error());
  log::configure(config->log_level, config->log_format);
  if (auto fit = prepare_process(); !fit) return fail(fit.error());
  if (auto complete = require_perspective(*config); !complete) return fail(complete.error());
  auto key = read_signing_key(config->perspective_signing_key);
  if (!key) return fail(key.error());
  auto suffixes = names::PublicSuffixList::load(config->public_suffix_list);
  if (!suffixes) return fail(suffixes.error());
  if (auto kept = require_private(config->peer_tls.key_file); !kept) return fail(kept.error());
  auto tls = net::make_server_tls(config->peer_tls, net::ClientCertificates::required);
  if (!tls) return fail(tls.error());
  auto metrics =
      std::make_unique<service::Metrics>(service::Metrics::Names{{config->perspective_code}, {}});
  return Shared{std::move(*config), std::move(*key), std::move(*suffixes), std::move(*tls),
                std::move(metrics)};
}

Status serve(const std::string& path) {
  const auto shared = prepare(path);
  if (!shared) return fail(shared.error());
  const Config& config = shared->config;
  Contexts contexts = make_contexts(config.workers);
  EndGuard guard;
  Listener listener(config);
  std::vector<std::unique_ptr<WorkerService>> services;
  for (const auto& context : contexts) {
    auto vantage = make_vantage(context->get_executor(), config, config.dns,
                                config.perspective_code, shared->key, false, system_clock());
    if (!vantage) return fail(vantage.error());
    auto worker = std::make_unique<PerspectiveWorker>(*shared, std::move(*vantage));
    auto root =
        run_once(*context, worker->resolver().check_root(Deadline::after(kRootCheckTimeout)));
    if (!root) return root;
    if (auto bound = worker->listen(context->get_executor(), listener); !bound) return bound;
    services.push_back(std::move(worker));
  }
  log::info("perspective-serving", {{"code", config.perspective_code},
                                    {"address", listener.text()},
                                    {"workers", std::to_string(contexts.size())},
                                    {"lab", config.lab ? "true" : "false"}});
  serve_until_signalled(contexts, services, config.drain, guard);
  log::info("perspective-stopped");
  return {};
}

}  // namespace

void add_perspective_command(CLI::App& app, int& exit_code) {
  const auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("perspective", "Serve as a remote Network Perspective");
  command->add_option("--config", *path, "Configuration file (TOML)")->required();
  command->callback([path, &exit_code] {
    const auto served = serve(*path);
    if (!served) exit_code = report_error(served.error());
  });
}

}  // namespace parallax::cli
