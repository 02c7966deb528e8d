// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "base/encoding.h"
#include "cli/settings_reader.h"
#include "names/domain_name.h"
#include "names/ip_address.h"

namespace parallax::cli {
namespace {

constexpr std::size_t kConfigSizeMax = 1024 * 1024;
constexpr std::size_t kCodeSizeMax = 63;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kCodeSizeMax && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::configuration, "a port is a number from 0 to 65535");
  return port;
}

// "host:port" or "[v6]:port".
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostPort> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return fail(ErrorCode::configuration, "must be host:port");
  auto port = parse_port(text.substr(colon + 1));
  if (!port) return fail(port.error());
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return HostPort{std::string(host), *port};
}

// A perspective's declaration out of "primary." or a [[remotes]] table.
std::optional<corroborate::PerspectiveInfo> read_perspective(SettingsReader& in,
                                                             const std::string& at) {
  const auto key = [&at](std::string_view name) { return at + std::string(name); };
  const std::string code = in.text(key("code"));
  if (!is_code(code)) in.reject(key("code"), "must be 1 to 63 of a-z, 0-9 and inner hyphens");
  const auto rir = rules::parse_rir(in.text(key("rir")));
  if (!rir) in.reject(key("rir"), rir.error().message);
  const auto location = rules::Coordinates::parse(in.text(key("location")));
  if (!location) in.reject(key("location"), location.error().message);
  auto resolver_rir = rir;
  if (in.has(key("resolver_rir"))) resolver_rir = rules::parse_rir(in.text(key("resolver_rir")));
  if (!resolver_rir) in.reject(key("resolver_rir"), resolver_rir.error().message);
  auto resolver_location = location;
  if (in.has(key("resolver_location")))
    resolver_location = rules::Coordinates::parse(in.text(key("resolver_location")));
  if (!resolver_location) in.reject(key("resolver_location"), resolver_location.error().message);
  std::string provider = in.text(key("provider"));
  std::string bgp_mitigation = in.text(key("bgp_mitigation"));
  if (!is_code(code) || !rir || !location || !resolver_rir || !resolver_location)
    return std::nullopt;
  return corroborate::PerspectiveInfo{code,
                                      *rir,
                                      *location,
                                      *resolver_rir,
                                      *resolver_location,
                                      std::move(provider),
                                      std::move(bgp_mitigation),
                                      true};
}

void read_url(SettingsReader& in, RemoteConfig& remote) {
  const std::string url = in.text("url");
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) {
    in.reject("url", "must begin with https:// (the channel is authenticated and encrypted)");
    return;
  }
  std::string authority = url.substr(kScheme.size());
  while (!authority.empty() && authority.back() == '/') authority.pop_back();
  if (authority.rfind(':') == std::string::npos || authority.back() == ']') authority += ":443";
  const auto host_port = parse_host_port(authority);
  if (!host_port || host_port->host.find('/') != std::string::npos) {
    in.reject("url", "must be https://host:port without a path");
    return;
  }
  remote.host = host_port->host;
  remote.port = host_port->port;
}

Result<RemoteConfig> read_remote(const toml::table& table, const std::string& folder) {
  SettingsReader in(table, "remotes[].", folder);
  in.refuse_unknown();
  auto info = read_perspective(in, "");
  const bool validates = in.boolean("validates");
  if (auto done = in.finish(); !done) return fail(done.error());
  info->validates = validates;
  RemoteConfig remote{std::move(*info), {}, 443, {}, in.texts("outgoing_interfaces")};
  if (in.has("url")) read_url(in, remote);
  if (in.has("public_key")) {
    const auto raw = base64_decode(in.text("public_key"));
    const auto key = raw ? VerifyingKey::from_raw(*raw) : tl::unexpected<Error>(raw.error());
    if (!key) in.reject("public_key", key.error().message);
    if (key) remote.public_key = *key;
  }
  if (auto done = in.finish(); !done) return fail(done.error());
  return remote;
}

Status read_remotes(const toml::table& table, const std::string& folder, Config& config) {
  const toml::node* node = table.get("remotes");
  if (node == nullptr) return {};
  const toml::array* list = node->as_array();
  if (list == nullptr) return fail(ErrorCode::configuration, "remotes must be [[remotes]] tables");
  if (list->size() > corroborate::kRemotesMax)
    return fail(ErrorCode::configuration,
                fmt::format("at most {} remotes are supported", corroborate::kRemotesMax));
  std::set<std::string> codes;
  if (config.primary) codes.insert(config.primary->code);
  for (const toml::node& element : *list) {
    const toml::table* one = element.as_table();
    if (one == nullptr) return fail(ErrorCode::configuration, "remotes must be [[remotes]] tables");
    auto remote = read_remote(*one, folder);
    if (!remote) return fail(remote.error());
    if (!codes.insert(remote->info.code).second)
      return fail(ErrorCode::configuration,
                  fmt::format("two perspectives have the code {}", remote->info.code));
    config.remotes.push_back(std::move(*remote));
  }
  return {};
}

void read_dns(SettingsReader& in, Config& config) {
  config.lab = in.boolean("lab.enabled");
  config.dns.lab = config.lab;
  config.dns.trust_anchor_file = in.file("dns.trust_anchors");
  config.dns.root_hints_file = in.file("dns.root_hints");
  config.dns.lookup_timeout = std::chrono::milliseconds(in.integer("dns.lookup_timeout_ms"));
  config.dns.cache_max_ttl = std::chrono::seconds(in.integer("dns.cache_max_ttl_s"));
  config.dns.ipv4 = in.boolean("dns.ipv4");
  config.dns.ipv6 = in.boolean("dns.ipv6");
  if (!config.dns.ipv4 && !config.dns.ipv6)
    in.reject("dns.ipv6", "ipv4 and ipv6 cannot both be off");
  config.dns.outgoing_interfaces = in.texts("dns.outgoing_interfaces");
  for (const std::string& address : config.dns.outgoing_interfaces)
    if (!names::IpAddress::parse(address))
      in.reject("dns.outgoing_interfaces", "must hold IP addresses");
  config.dns.validate = in.boolean("dns.validate");
}

void read_caa(SettingsReader& in, Config& config) {
  const std::string policy = in.text("caa.lookup_failure");
  if (policy != "refuse" && policy != "permit-if-insecure")
    in.reject("caa.lookup_failure", "must be \"refuse\" or \"permit-if-insecure\"");
  config.caa.permit_insecure_lookup_failure = policy == "permit-if-insecure";
  config.caa.flag_one_is_critical = in.boolean("caa.flag_one_is_critical");
}

std::optional<net::OwnNetwork> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto address = names::IpAddress::parse(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (!address || error != std::errc() || end != digits.data() + digits.size() ||
      bits > (address->is_v4() ? 32U : 128U))
    return std::nullopt;
  return net::OwnNetwork{std::move(*address), bits};
}

void read_control(SettingsReader& in, Config& config) {
  config.control_remotes_after_primary = in.boolean("control.remotes_after_primary");
  const std::string policy = in.text("control.discouraged_methods");
  if (policy != "allow" && policy != "refuse")
    in.reject("control.discouraged_methods", "must be \"allow\" or \"refuse\"");
  config.refuse_discouraged_methods = policy == "refuse";
  const std::string contact = in.text("control.domain_contact");
  if (contact != "allow" && contact != "refuse")
    in.reject("control.domain_contact", "must be \"allow\" or \"refuse\"");
  config.allow_domain_contact = contact == "allow";
  const auto count = [&in](std::string_view key) {
    return static_cast<std::size_t>(in.integer(key));
  };
  const auto time = [&in](std::string_view key) {
    return std::chrono::milliseconds(in.integer(key));
  };
  config.guarded.body_bytes_max = count("control.body_bytes_max");
  config.guarded.redirects_max = count("control.redirects_max");
  config.guarded.connect_timeout = time("control.connect_timeout_ms");
  config.guarded.tls_timeout = time("control.tls_timeout_ms");
  config.guarded.response_timeout = time("control.response_timeout_ms");
  for (const std::string& text : in.texts("control.own_networks")) {
    auto network = parse_network(text);
    if (network)
      config.own_networks.push_back(std::move(*network));
    else
      in.reject("control.own_networks", "must hold networks such as 192.0.2.0/24");
  }
}

void read_server(SettingsReader& in, Config& config) {
  const auto listen = parse_host_port(in.text("server.listen"));
  if (!listen || !names::IpAddress::parse(listen->host))
    in.reject("server.listen", "must be address:port, [address]:port for IPv6");
  else
    config.listen = {listen->host, listen->port};
  config.workers = static_cast<unsigned>(in.integer("server.workers"));
  config.server_tls = {in.file("server.certificate"), in.file("server.key"),
                       in.file("server.client_ca")};
  config.plain_http = in.boolean("server.plain_http");
  const auto address = names::IpAddress::parse(config.listen.address);
  if (config.plain_http && address && !address->native().is_loopback())
    in.reject("server.plain_http", "only with server.listen on a loopback address");
  config.drain = std::chrono::milliseconds(in.integer("server.drain_ms"));
  config.requests_in_flight_max =
      static_cast<std::size_t>(in.integer("server.requests_in_flight_max"));
  config.connections_per_address_max =
      static_cast<std::size_t>(in.integer("server.connections_per_address_max"));
  config.metrics_public = in.boolean("server.metrics_public");
}

void read_rest(SettingsReader& in, Config& config) {
  const auto level = log::parse_level(in.text("log.level"));
  if (!level) in.reject("log.level", level.error().message);
  const auto format = log::parse_format(in.text("log.format"));
  if (!format) in.reject("log.format", format.error().message);
  if (level) config.log_level = *level;
  if (format) config.log_format = *format;
  config.check_timeout = std::chrono::milliseconds(in.integer("checks.timeout_ms"));
  config.remotes_after_primary = in.boolean("checks.remotes_after_primary");
  config.public_suffix_list = in.file("names.public_suffix_list");
  config.clients_file = in.file("clients.file");
  config.evidence_database = in.file("evidence.database");
  config.evidence_queue_max = static_cast<std::size_t>(in.integer("evidence.queue_max"));
  config.evidence_timeout = std::chrono::milliseconds(in.integer("evidence.wait_timeout_ms"));
  config.log_origin = in.text("evidence.log_origin");
  config.log_signing_key = in.file("evidence.log_key");
  config.log_public = in.boolean("evidence.log_public");
  config.permit_signing_key = in.file("permit.signing_key");
  for (const std::string& text : in.texts("permit.previous_keys")) {
    const auto raw = base64_decode(text);
    auto key = raw ? VerifyingKey::from_raw(*raw) : tl::unexpected<Error>(raw.error());
    if (!key)
      in.reject("permit.previous_keys", key.error().message);
    else
      config.permit_previous_keys.push_back(std::move(*key));
  }
  config.selection_secret_file = in.file("selection.secret");
  config.peer_tls = {in.file("peer.certificate"), in.file("peer.key"), in.file("peer.ca")};
  config.coordinator_names = in.texts("peer.coordinator_names");
  config.peer_requests_in_flight_max =
      static_cast<std::size_t>(in.integer("peer.requests_in_flight_max"));
  config.perspective_code = in.text("perspective.code");
  if (!config.perspective_code.empty() && !is_code(config.perspective_code))
    in.reject("perspective.code", "must be 1 to 63 of a-z, 0-9 and inner hyphens");
  config.perspective_signing_key = in.file("perspective.signing_key");
  config.primary_signing_key = in.file("primary.signing_key");
}

Result<toml::table> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Error{ErrorCode::configuration,
                      fmt::format("not TOML: {}", error.description()),
                      {{"line", std::to_string(error.source().begin.line)}}});
  }
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& folder) {
  const auto table = parse_toml(text);
  if (!table) return fail(table.error());
  SettingsReader in(*table, "", folder);
  in.refuse_unknown();
  Config config;
  read_dns(in, config);
  read_caa(in, config);
  read_control(in, config);
  read_server(in, config);
  read_rest(in, config);
  if (table->contains("primary")) config.primary = read_perspective(in, "primary.");
  if (auto done = in.finish(); !done) return fail(done.error());
  if (auto done = read_remotes(*table, folder, config); !done) return fail(done.error());
  return config;
}

Result<Config> load_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::configuration, fmt::format("cannot read {}", path));
  std::string text(kConfigSizeMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kConfigSizeMax)
    return fail(ErrorCode::configuration, fmt::format("{} is larger than 1 MiB", path));
  auto config = parse_config(text, std::filesystem::path(path).parent_path().string());
  if (!config) return fail(std::move(config.error()).with("file", path));
  return config;
}

Status require_perspective(const Config& config) {
  const auto missing = [](std::string_view key) {
    return fail(ErrorCode::configuration, fmt::format("a perspective needs {}", key));
  };
  if (config.perspective_code.empty()) return missing("perspective.code");
  if (config.perspective_signing_key.empty()) return missing("perspective.signing_key");
  if (config.peer_tls.certificate_file.empty()) return missing("peer.certificate");
  if (config.peer_tls.key_file.empty()) return missing("peer.key");
  if (config.peer_tls.ca_file.empty()) return missing("peer.ca");
  if (config.coordinator_names.empty()) return missing("peer.coordinator_names");
  return {};
}

Status require_coordinator(const Config& config) {
  const auto missing = [](std::string_view key) {
    return fail(ErrorCode::configuration, fmt::format("a coordinator needs {}", key));
  };
  if (!config.primary) return missing("a [primary] table");
  if (config.remotes.empty()) return missing("[[remotes]] tables");
  if (config.evidence_database.empty()) return missing("evidence.database");
  if (config.clients_file.empty()) return missing("clients.file");
  if (!config.plain_http && config.server_tls.certificate_file.empty())
    return missing("server.certificate (or server.plain_http behind a proxy)");
  if (!config.dns.validate)
    return fail(ErrorCode::configuration,
                "dns.validate = false: the Primary always validates (TLS BR 4.2.2.2)");
  return {};
}

corroborate::Roster roster_of(const Config& config) {
  corroborate::Roster roster{*config.primary, {}};
  for (const RemoteConfig& remote : config.remotes) roster.remotes.push_back(remote.info);
  return roster;
}

}  // namespace parallax::cli
