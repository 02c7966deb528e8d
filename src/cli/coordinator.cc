// SPDX-License-Identifier: Apache-2.0
#include "cli/coordinator.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/configuration_digest.h"
#include "cli/coordinator_worker.h"
#include "cli/files.h"
#include "cli/startup.h"
#include "corroborate/roster.h"
#include "rules/requirements.h"

namespace parallax::cli {
namespace {

constexpr std::chrono::days kSuffixListAgeMax{180};
constexpr std::size_t kSelectionSecretMin = 16;
constexpr std::string_view kTryOutOrigin = "localhost/parallax";

class RosterInfo final : public service::ServiceInfo {
 public:
  RosterInfo(const corroborate::Roster& roster, bool lab) : lab_(lab) {
    primary_ = roster.primary.code;
    for (const auto& remote : roster.remotes) remotes_.push_back(remote.code);
  }
  [[nodiscard]] std::string primary() const override { return primary_; }
  [[nodiscard]] std::vector<std::string> remotes() const override { return remotes_; }
  [[nodiscard]] unsigned remotes_required(Date day) const override {
    return rules::requirements_at(day).remotes_required.value;
  }
  [[nodiscard]] unsigned corroborations_required(unsigned used, Date /*day*/) const override {
    return used - std::min(used, rules::allowed_non_corroborations(used));
  }
  [[nodiscard]] bool lab() const override { return lab_; }

 private:
  std::string primary_;
  std::vector<std::string> remotes_;
  bool lab_;
};

// Says what is wrong with the roster; an error in it keeps the coordinator from starting.
Status admit_roster(const corroborate::Roster& roster, Date today) {
  Status status;
  for (const auto& finding : corroborate::check_roster(roster, today)) {
    if (finding.severity == corroborate::Severity::warning) {
      log::warning("roster", {{"finding", finding.message}, {"rule", finding.rule}});
      continue;
    }
    log::error("roster", {{"finding", finding.message}, {"rule", finding.rule}});
    if (status)
      status = fail(Error{ErrorCode::configuration,
                          "the roster cannot meet the rules: " + finding.message,
                          {{"rule", finding.rule}}});
  }
  return status;
}

Status require_remote_keys(const Config& config) {
  for (const RemoteConfig& remote : config.remotes) {
    if (remote.host.empty())
      return fail(ErrorCode::configuration, fmt::format("remote {} needs a url", remote.info.code));
    if (!remote.public_key)
      return fail(ErrorCode::configuration,
                  fmt::format("remote {} needs its public_key", remote.info.code));
  }
  if (config.peer_tls.certificate_file.empty() || config.peer_tls.ca_file.empty())
    return fail(ErrorCode::configuration, "a coordinator needs peer.certificate, key and ca");
  if (config.primary_signing_key.empty())
    return fail(ErrorCode::configuration, "a coordinator needs primary.signing_key");
  if (config.log_origin.empty() || config.log_signing_key.empty())
    return fail(ErrorCode::configuration,
                "a coordinator needs evidence.log_origin and evidence.log_key");
  return {};
}

Result<SigningKey> primary_key(const Config& config) {
  if (config.primary_signing_key.empty()) return SigningKey::generate();
  return read_signing_key(config.primary_signing_key);
}

// All-in-one, for trying out, may do without: then every start makes another key.
Result<evidence::LogKey> log_key(const Config& config) {
  auto secret = config.log_signing_key.empty() ? Result<SigningKey>(SigningKey::generate())
                                               : read_signing_key(config.log_signing_key);
  if (!secret) return fail(std::move(secret.error()));
  auto key = evidence::LogKey::make(
      config.log_origin.empty() ? std::string(kTryOutOrigin) : config.log_origin,
      std::move(*secret));
  if (!key)
    return fail(ErrorCode::configuration,
                fmt::format("evidence.log_origin: {}", key.error().message));
  return key;
}

Result<std::optional<SigningKey>> permit_key(const Config& config) {
  if (config.permit_signing_key.empty()) return std::nullopt;
  auto key = read_signing_key(config.permit_signing_key);
  if (!key) return fail(std::move(key.error()));
  return std::move(*key);
}

Result<std::string> selection_secret(const Config& config) {
  if (config.selection_secret_file.empty()) return system_random().octets(32);
  auto secret = read_private_file(config.selection_secret_file);
  if (secret && secret->size() < kSelectionSecretMin)
    return fail(ErrorCode::configuration,
                fmt::format("{} holds fewer than {} octets", config.selection_secret_file,
                            kSelectionSecretMin));
  return secret;
}

Status open_tls(CoordinatorShared& shared) {
  const Config& config = shared.config;
  if (!config.plain_http) {
    if (auto kept = require_private(config.server_tls.key_file); !kept) return kept;
    auto tls = net::make_server_tls(config.server_tls, config.server_tls.ca_file.empty()
                                                           ? net::ClientCertificates::none
                                                           : net::ClientCertificates::optional);
    if (!tls) return fail(tls.error());
    shared.server_tls = std::move(*tls);
  }
  if (shared.hosting == RemoteHosting::in_process) return {};
  if (auto kept = require_private(config.peer_tls.key_file); !kept) return kept;
  auto tls = net::make_client_tls(config.peer_tls);
  if (!tls) return fail(tls.error());
  shared.peer_tls = std::move(*tls);
  return {};
}

std::unique_ptr<service::Metrics> make_metrics(const Config& config) {
  service::Metrics::Names names{{config.primary->code}, {kEvidenceQueue}};
  for (const RemoteConfig& remote : config.remotes) names.perspectives.push_back(remote.info.code);
  return std::make_unique<service::Metrics>(names);
}

Result<std::unique_ptr<CoordinatorShared>> prepare(const std::string& path, RemoteHosting hosting) {
  auto config = load_config(path);
  if (!config) return fail(config.error());
  log::configure(config->log_level, config->log_format);
  if (auto fit = prepare_process(); !fit) return fail(fit.error());
  if (hosting == RemoteHosting::in_process && !config->lab)
    return fail(ErrorCode::configuration,
                "all-in-one is for trying out, since remotes on one host corroborate nothing: set "
                "lab.enabled, which marks every answer");
  auto complete = require_coordinator(*config);
  if (complete && hosting == RemoteHosting::elsewhere) complete = require_remote_keys(*config);
  if (!complete) return fail(complete.error());
  const Date today = date_of(system_clock().now());
  if (auto roster = admit_roster(roster_of(*config), today); !roster) return fail(roster.error());
  auto key = primary_key(*config);
  if (!key) return fail(key.error());
  auto suffixes = names::PublicSuffixList::load(config->public_suffix_list);
  if (!suffixes) return fail(suffixes.error());
  if (today - suffixes->dated() > kSuffixListAgeMax)
    log::warning("public-suffix-list-old", {{"dated", format_date(suffixes->dated())}});
  const auto facts = configuration_facts(*config);
  if (!facts) return fail(facts.error());
  auto secret = selection_secret(*config);
  if (!secret) return fail(secret.error());
  auto authenticator = service::Authenticator::open(config->clients_file);
  if (!authenticator) return fail(authenticator.error());
  auto checkpoints_key = log_key(*config);
  if (!checkpoints_key) return fail(checkpoints_key.error());
  auto permits_key = permit_key(*config);
  if (!permits_key) return fail(permits_key.error());
  const corroborate::Roster roster = roster_of(*config);
  auto metrics = make_metrics(*config);
  auto info = std::make_unique<RosterInfo>(roster, config->lab);
  auto shared = std::make_unique<CoordinatorShared>(CoordinatorShared{
      std::move(*config), hosting, roster, std::move(*key), std::move(*suffixes),
      configuration_digest(*facts), std::move(*secret), nullptr, nullptr, std::move(*authenticator),
      std::move(metrics), std::move(info), std::make_unique<orders::OrdersUnderWay>(),
      std::move(*checkpoints_key), std::move(*permits_key)});
  if (auto tls = open_tls(*shared); !tls) return fail(tls.error());
  return shared;
}

}  // namespace

Status serve_coordinator(const std::string& config_path, RemoteHosting hosting) {
  const auto shared = prepare(config_path, hosting);
  if (!shared) return fail(shared.error());
  const Config& config = (*shared)->config;
  // In this order: the store posts its last results to contexts that must still be there, and is
  // asked by workers that must be gone. Its destructor waits for the disk, and the guard for that.
  Contexts contexts = make_contexts(config.workers);
  EndGuard guard;
  auto store = evidence::SqliteStore::open({config.evidence_database, config.evidence_queue_max},
                                           (*shared)->log_key);
  if (!store) return fail(store.error());
  std::vector<std::unique_ptr<WorkerService>> services;
  Listener listener(config);
  for (const auto& context : contexts) {
    auto worker = CoordinatorWorker::make(context->get_executor(), **shared, **store);
    if (!worker) return fail(worker.error());
    auto roots = run_once(*context, (*worker)->check_roots());
    if (!roots) return roots;
    if (auto bound = (*worker)->listen(listener); !bound) return bound;
    services.push_back(std::move(*worker));
  }
  log::info("coordinator-serving", {{"primary", config.primary->code},
                                    {"remotes", std::to_string(config.remotes.size())},
                                    {"address", listener.text()},
                                    {"workers", std::to_string(contexts.size())},
                                    {"configuration", (*shared)->configuration},
                                    {"log", (*shared)->log_key.key().vkey()},
                                    {"lab", config.lab ? "true" : "false"}});
  serve_until_signalled(contexts, services, config.drain, guard);
  log::info("coordinator-stopped");
  return {};
}

}  // namespace parallax::cli
