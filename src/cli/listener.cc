// SPDX-License-Identifier: Apache-2.0
#include "cli/listener.h"

#include <charconv>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include <unistd.h>

#include "service/limits.h"
#include "service/problem.h"

namespace parallax::cli {
namespace {

namespace asio = boost::asio;

// What the reply's way back may take beyond the check itself.
constexpr std::chrono::milliseconds kRequestMargin{5000};
// What a message may take beyond its body: head, chunk framing, trailers.
constexpr std::size_t kFramingMargin = 64 * 1024;

// A descriptor of its own for each worker, or -1 if none was inherited.
Result<int> inherited_socket() {
  const char* text = std::getenv(kInheritedSocketVariable);
  if (text == nullptr) return -1;
  const std::string_view digits(text);
  int descriptor = -1;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), descriptor);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  const int copy = whole ? ::dup(descriptor) : -1;
  if (copy < 0)
    return fail(ErrorCode::configuration,
                std::string(kInheritedSocketVariable) + " does not name an open socket");
  return copy;
}

}  // namespace

Result<std::unique_ptr<net::HttpServer>> Listener::make(asio::any_io_executor executor,
                                                        std::shared_ptr<net::TlsContext> tls,
                                                        net::HttpHandler handler) {
  const auto inherited = inherited_socket();
  if (!inherited) return fail(inherited.error());
  net::HttpServer::Settings settings;
  // The address was parsed when the configuration was read.
  settings.endpoint = bound_.value_or(
      asio::ip::tcp::endpoint(asio::ip::make_address(config_.listen.address), config_.listen.port));
  settings.inherited_socket = *inherited;
  settings.reuse_port = true;
  settings.problem = service::server_problem;
  settings.limits.body_bytes_max = service::kOrderBodySizeMax;
  settings.limits.message_bytes_max = service::kOrderBodySizeMax + kFramingMargin;
  settings.limits.connections_per_client_max = config_.connections_per_address_max;
  settings.limits.requests_in_flight_max = config_.requests_in_flight_max;
  settings.limits.response_timeout = config_.check_timeout + kRequestMargin;
  auto server =
      net::HttpServer::listen(std::move(executor), settings, std::move(tls), std::move(handler));
  if (server) bound_ = (*server)->endpoint();
  return server;
}

std::string Listener::text() const {
  std::ostringstream out;
  if (bound_) out << *bound_;
  return out.str();
}

}  // namespace parallax::cli
