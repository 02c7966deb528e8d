// SPDX-License-Identifier: Apache-2.0
// The socket that all workers of a serving process accept on.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "cli/config.h"
#include "net/http_server.h"

namespace parallax::cli {

// Deadline of the check at start that the root's keys validate under the trust anchors.
inline constexpr std::chrono::milliseconds kRootCheckTimeout{15'000};

// A listening socket that was opened before this process started (before it entered a network
// namespace, say) is named by its descriptor in this variable, and serves in place of
// server.listen.
inline constexpr const char* kInheritedSocketVariable = "PARALLAX_LISTEN_FD";

// Makes one server per worker on the configured address. The first worker fixes the port where
// 0 was asked for.
class Listener {
 public:
  explicit Listener(const Config& config) : config_(config) {}
  // Error: configuration.
  [[nodiscard]] Result<std::unique_ptr<net::HttpServer>> make(boost::asio::any_io_executor executor,
                                                              std::shared_ptr<net::TlsContext> tls,
                                                              net::HttpHandler handler);
  // "127.0.0.1:8443", once the first server listens.
  [[nodiscard]] std::string text() const;

 private:
  const Config& config_;
  std::optional<boost::asio::ip::tcp::endpoint> bound_;
};

}  // namespace parallax::cli
