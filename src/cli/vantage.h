// SPDX-License-Identifier: Apache-2.0
// One Network Perspective put together on one worker: resolver, cache and signing of its own.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/crypto.h"
#include "cli/config.h"
#include "dns/unbound_resolver.h"
#include "net/guarded_client.h"
#include "observe/perspective.h"

namespace parallax::cli {

struct Vantage {
  std::unique_ptr<dns::UnboundResolver> resolver;
  std::unique_ptr<net::GuardedClient> client;  // after the resolver it asks
  std::unique_ptr<observe::Perspective> perspective;
};

// `dns` overrides the configuration's resolver settings (remotes of an all-in-one differ in them).
[[nodiscard]] Result<Vantage> make_vantage(boost::asio::any_io_executor executor,
                                           const Config& config, const dns::ResolverSettings& dns,
                                           const std::string& code, const SigningKey& key,
                                           bool keep_packets, const Clock& clock);

// "parallax/0.1.0".
[[nodiscard]] std::string software_name();

}  // namespace parallax::cli
