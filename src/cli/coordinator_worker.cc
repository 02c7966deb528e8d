// SPDX-License-Identifier: Apache-2.0
#include "cli/coordinator_worker.h"

#include "base/clock.h"
#include "net/http_client.h"
#include "peer/remote_perspective.h"
#include "service/jwks_route.h"
#include "service/log_routes.h"
#include "service/openapi.h"

namespace parallax::cli {

Result<std::unique_ptr<CoordinatorWorker>> CoordinatorWorker::make(
    boost::asio::any_io_executor executor, const CoordinatorShared& shared,
    evidence::SqliteStore& store) {
  const Config& config = shared.config;
  auto primary = make_vantage(executor, config, config.dns, config.primary->code,
                              shared.primary_key, true, system_clock());
  if (!primary) return fail(primary.error());
  std::unique_ptr<CoordinatorWorker> worker(
      new CoordinatorWorker(std::move(executor), shared, store, std::move(*primary)));
  for (const RemoteConfig& remote : config.remotes)
    if (auto added = worker->add_remote(remote); !added) return fail(added.error());
  worker->open_desk();
  worker->install_routes();
  return worker;
}

CoordinatorWorker::CoordinatorWorker(boost::asio::any_io_executor executor,
                                     const CoordinatorShared& shared, evidence::SqliteStore& store,
                                     Vantage primary)
    : executor_(std::move(executor)),
      shared_(shared),
      store_(store),
      primary_(std::move(primary)),
      primary_client_(*primary_.perspective),
      group_(executor_),
      log_(executor_, &store_, &group_, shared.config.evidence_timeout),
      router_(shared.metrics.get()) {}

Status CoordinatorWorker::add_remote(const RemoteConfig& remote) {
  const Config& config = shared_.config;
  if (shared_.hosting == RemoteHosting::in_process) {
    dns::ResolverSettings dns = config.dns;
    dns.outgoing_interfaces = remote.outgoing_interfaces;
    dns.validate = remote.info.validates;
    auto vantage = make_vantage(executor_, config, dns, remote.info.code, SigningKey::generate(),
                                false, system_clock());
    if (!vantage) return fail(vantage.error());
    local_remotes_.push_back(std::move(*vantage));
    remotes_.push_back(
        std::make_unique<corroborate::LocalPerspective>(*local_remotes_.back().perspective));
    return {};
  }
  net::HttpClientSettings settings;
  settings.host = remote.host;
  settings.port = remote.port;
  settings.verify_name = remote.info.code;
  settings.requests_in_flight_max = config.peer_requests_in_flight_max;
  settings.connections_max = config.peer_requests_in_flight_max;
  remotes_.push_back(std::make_unique<peer::RemotePerspective>(
      remote.info.code, *remote.public_key,
      net::HttpClient::make(executor_, std::move(settings), shared_.peer_tls)));
  return {};
}

void CoordinatorWorker::open_desk() {
  const Config& config = shared_.config;
  orders::DeskSettings settings;
  settings.check_timeout = config.check_timeout;
  settings.evidence_timeout = config.evidence_timeout;
  settings.assessment = config.caa;
  settings.remotes_after_primary = config.remotes_after_primary;
  settings.control_remotes_after_primary = config.control_remotes_after_primary;
  settings.refuse_discouraged_methods = config.refuse_discouraged_methods;
  settings.allow_domain_contact = config.allow_domain_contact;
  settings.lab = config.lab;
  settings.configuration = shared_.configuration;
  settings.selection_secret = shared_.selection_secret;
  if (shared_.permit_key)
    settings.permits = orders::PermitTerms{*shared_.permit_key, shared_.log_key.origin()};
  orders::DeskParts parts;
  parts.executor = executor_;
  parts.roster = &shared_.roster;
  parts.suffixes = &shared_.suffixes;
  parts.primary = {config.primary->code, &primary_client_};
  for (std::size_t i = 0; i < remotes_.size(); ++i)
    parts.remotes.push_back({config.remotes[i].info.code, remotes_[i].get()});
  parts.store = &store_;
  parts.under_way = shared_.under_way.get();
  parts.clock = &system_clock();
  parts.random = &system_random();
  parts.group = &group_;
  parts.decided = [metrics = shared_.metrics.get()](const orders::Decision& decision) {
    metrics->observe(decision);
  };
  desk_ = std::make_unique<orders::CoordinatorDesk>(std::move(settings), std::move(parts));
}

void CoordinatorWorker::install_routes() {
  const service::OrderServices services{*desk_, *shared_.authenticator, shared_.suffixes,
                                        system_random()};
  v1_ = std::make_unique<service::ApiV1>(services);
  v1_->install(router_);
  const auto access = shared_.config.metrics_public ? service::StatusAccess::anybody
                                                    : service::StatusAccess::clients;
  mpic_ = std::make_unique<service::MpicApi>(services, *shared_.info, system_clock(), access);
  mpic_->install(router_);
  service::install_openapi(router_);
  service::install_log_routes(
      router_, log_, *shared_.authenticator,
      shared_.config.log_public ? service::StatusAccess::anybody : service::StatusAccess::clients);
  std::vector<VerifyingKey> keys;
  if (shared_.permit_key) keys.push_back(shared_.permit_key->verifying_key());
  for (const VerifyingKey& key : shared_.config.permit_previous_keys) keys.push_back(key);
  service::install_jwks_route(router_, keys);
  const auto page = [this](const net::HttpRequest&, const std::string&) {
    shared_.metrics->set_queue_depth(kEvidenceQueue, store_.queue_depth());
    return shared_.metrics->page();
  };
  router_.add("GET", "/metrics", service::status_route(*shared_.authenticator, access, page));
}

Status CoordinatorWorker::listen(Listener& listener) {
  auto server = listener.make(executor_, shared_.server_tls, router_.handler());
  if (!server) return fail(server.error());
  server_ = std::move(*server);
  return {};
}

Task<Status> CoordinatorWorker::check_roots() {
  Status checked = co_await primary_.resolver->check_root(Deadline::after(kRootCheckTimeout));
  for (const Vantage& remote : local_remotes_) {
    if (!checked) co_return checked;
    checked = co_await remote.resolver->check_root(Deadline::after(kRootCheckTimeout));
  }
  co_return checked;
}

Task<void> CoordinatorWorker::run() {
  co_await server_->run();
  co_await group_.join();
}

void CoordinatorWorker::stop(std::chrono::milliseconds grace) { server_->stop(grace); }

}  // namespace parallax::cli
