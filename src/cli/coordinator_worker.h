// SPDX-License-Identifier: Apache-2.0
// One worker of a coordinator: its primary, its ways to the remotes, its desk and its APIs.
#pragma once

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/task_group.h"
#include "cli/config.h"
#include "cli/coordinator.h"
#include "cli/listener.h"
#include "cli/server_loop.h"
#include "cli/vantage.h"
#include "corroborate/client.h"
#include "evidence/sqlite_store.h"
#include "evidence/timed_store.h"
#include "names/public_suffix.h"
#include "orders/coordinator_desk.h"
#include "service/api_v1.h"
#include "service/authenticator.h"
#include "service/metrics.h"
#include "service/mpic.h"
#include "service/router.h"
#include "service/service_info.h"

namespace parallax::cli {

// The queue of records waiting to be committed, as metrics call it.
inline constexpr const char* kEvidenceQueue = "evidence";

// What all workers of a coordinator share; outlives them.
struct CoordinatorShared {
  Config config;
  RemoteHosting hosting = RemoteHosting::elsewhere;
  corroborate::Roster roster;
  SigningKey primary_key;
  names::PublicSuffixList suffixes;
  std::string configuration;  // digest
  std::string selection_secret;
  std::shared_ptr<net::TlsContext> server_tls;  // null: plain HTTP
  std::shared_ptr<net::TlsContext> peer_tls;    // null: remotes in process
  std::unique_ptr<service::Authenticator> authenticator;
  std::unique_ptr<service::Metrics> metrics;
  std::unique_ptr<service::ServiceInfo> info;
  std::unique_ptr<orders::OrdersUnderWay> under_way;
  evidence::LogKey log_key;
  std::optional<SigningKey> permit_key;  // none: no permits are made
};

class CoordinatorWorker final : public WorkerService {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CoordinatorWorker>> make(
      boost::asio::any_io_executor executor, const CoordinatorShared& shared,
      evidence::SqliteStore& store);

  // Error: configuration.
  [[nodiscard]] Status listen(Listener& listener);
  [[nodiscard]] Task<void> run() override;
  void stop(std::chrono::milliseconds grace) override;
  // The root's keys must validate at every resolver that this worker has, each a context with
  // anchors of its own. Error: untrusted.
  [[nodiscard]] Task<Status> check_roots();

 private:
  CoordinatorWorker(boost::asio::any_io_executor executor, const CoordinatorShared& shared,
                    evidence::SqliteStore& store, Vantage primary);
  [[nodiscard]] Status add_remote(const RemoteConfig& remote);
  void open_desk();
  void install_routes();

  boost::asio::any_io_executor executor_;
  const CoordinatorShared& shared_;
  evidence::SqliteStore& store_;
  Vantage primary_;
  corroborate::LocalPerspective primary_client_;
  std::vector<Vantage> local_remotes_;  // all-in-one only
  std::vector<std::unique_ptr<corroborate::PerspectiveClient>> remotes_;
  TaskGroup group_;
  evidence::TimedLog log_;  // the store's, with an end to waiting
  std::unique_ptr<orders::CoordinatorDesk> desk_;
  std::unique_ptr<service::ApiV1> v1_;
  std::unique_ptr<service::MpicApi> mpic_;
  service::Router router_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace parallax::cli
