// SPDX-License-Identifier: Apache-2.0
#include "cli/vantage.h"

#include <fmt/format.h>

#include "cli/commands.h"

namespace parallax::cli {

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
  Vantage vantage;
  vantage.resolver = std::move(*resolver);
  vantage.perspective = std::make_unique<observe::Perspective>(
      std::move(executor), std::move(settings), key, *vantage.resolver, clock);
  return vantage;
}

}  // namespace parallax::cli
