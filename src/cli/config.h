// SPDX-License-Identifier: Apache-2.0
// A configuration file, read into types. What is read here is well formed; whether it meets the
// rules is corroborate::check_roster's to say.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/log.h"
#include "base/result.h"
#include "caa/assess.h"
#include "corroborate/roster.h"
#include "dns/settings.h"
#include "net/guarded_client.h"
#include "net/tls.h"

namespace parallax::cli {

struct ListenAddress {
  std::string address;  // IP address text
  std::uint16_t port = 0;
};

struct RemoteConfig {
  corroborate::PerspectiveInfo info;
  std::string host;
  std::uint16_t port = 443;
  std::optional<VerifyingKey> public_key;        // required for a coordinator
  std::vector<std::string> outgoing_interfaces;  // all-in-one only
};

struct Config {
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
  bool lab = false;
  dns::ResolverSettings dns;
  std::chrono::milliseconds check_timeout{15'000};
  bool remotes_after_primary = false;
  caa::AssessmentSettings caa;
  bool control_remotes_after_primary = true;
  bool refuse_discouraged_methods = false;
  bool allow_domain_contact = false;
  std::vector<net::OwnNetwork> own_networks;
  net::GuardedSettings guarded;  // bounds and times; the rest is filled in per vantage
  std::string public_suffix_list;

  ListenAddress listen;
  unsigned workers = 0;
  net::TlsFiles server_tls;
  bool plain_http = false;
  std::chrono::milliseconds drain{20'000};
  std::size_t requests_in_flight_max = 512;
  std::size_t connections_per_address_max = 256;
  bool metrics_public = false;

  std::string clients_file;
  std::string evidence_database;
  std::size_t evidence_queue_max = 10'000;
  std::chrono::milliseconds evidence_timeout{10'000};
  std::string log_origin;
  std::string log_signing_key;  // file
  bool log_public = true;
  std::string permit_signing_key;  // file
  std::vector<VerifyingKey> permit_previous_keys;
  std::string selection_secret_file;

  net::TlsFiles peer_tls;
  std::vector<std::string> coordinator_names;
  std::size_t peer_requests_in_flight_max = 256;

  std::string perspective_code;         // a remote's own
  std::string perspective_signing_key;  // file
  std::optional<corroborate::PerspectiveInfo> primary;
  std::string primary_signing_key;  // file
  std::vector<RemoteConfig> remotes;
};

// Relative file names are taken from the folder of the configuration file. Errors: configuration,
// with the key, the line where it is known, and a suggestion for an unknown key.
[[nodiscard]] Result<Config> load_config(const std::string& path);
[[nodiscard]] Result<Config> parse_config(std::string_view toml, const std::string& folder);

// What a perspective (a coordinator) cannot start without, as the first missing key.
[[nodiscard]] Status require_perspective(const Config& config);
[[nodiscard]] Status require_coordinator(const Config& config);

// The roster of a coordinator's configuration; requires require_coordinator to hold.
[[nodiscard]] corroborate::Roster roster_of(const Config& config);

}  // namespace parallax::cli
