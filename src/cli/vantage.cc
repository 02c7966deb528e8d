// SPDX-License-Identifier: Apache-2.0
#include "cli/vantage.h"

#include <fmt/format.h>

#include "cli/commands.h"

namespace parallax::cli {

namespace {

// Names the product and neither its version nor the CA: one vantage looks like another.
constexpr const char* kUserAgent = "Parallax (domain control check)";

}  // namespace

std::string software_name() { return fmt::format("parallax/{}", kVersion); }

Result<Vantage> make_vantage(boost::asio::any_io_executor executor, const Config& config,
                             const dns::ResolverSettings& dns, const std::string& code,
                             const SigningKey& key, bool keep_packets, const Clock& clock) {
  auto resolver = dns::UnboundResolver::make(executor, dns, clock);
  if (!resolver) return fail(resolver.error());
  observe::PerspectiveSettings settings;
  settings.code = code;
  settings.software = software_name();
  settings.lab = config.lab;
  settings.validating = dns.validate;
  settings.keep_packets = keep_packets;
  settings.lookup_timeout = dns.lookup_timeout;
  settings.check_timeout = config.check_timeout;
  net::GuardedSettings guarded = config.guarded;
  guarded.lab = config.lab;
  guarded.own_networks = config.own_networks;
  guarded.source_addresses = dns.outgoing_interfaces;
  guarded.ipv4 = dns.ipv4;
  guarded.ipv6 = dns.ipv6;
  guarded.user_agent = kUserAgent;
  guarded.lookup_timeout = dns.lookup_timeout;
  Vantage vantage;
  vantage.resolver = std::move(*resolver);
  vantage.client = net::GuardedClient::make(executor, std::move(guarded), *vantage.resolver);
  vantage.perspective = std::make_unique<observe::Perspective>(
      std::move(executor), std::move(settings), key,
      observe::Senses{vantage.resolver.get(), vantage.client.get(), &system_random()}, clock);
  return vantage;
}

}  // namespace parallax::cli
