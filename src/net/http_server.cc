// SPDX-License-Identifier: Apache-2.0
#include "net/http_server.h"

#include <exception>
#include <set>

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "net/impl/server_connection.h"
#include "net/impl/tls_context.h"

namespace parallax::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using impl::ServerConnection;
using ConnectionPtr = std::shared_ptr<ServerConnection>;  // the server and its coroutine share it

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{50};  // after accept() failed, e.g. no descriptors

std::string text_of(const tcp::endpoint& endpoint) {
  return endpoint.address().is_v6()
             ? fmt::format("[{}]:{}", endpoint.address().to_string(), endpoint.port())
             : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

// An IPv4 client of an IPv6 socket is still an IPv4 client.
asio::ip::address address_of(const tcp::endpoint& peer) {
  const asio::ip::address address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

tl::unexpected<Error> listen_error(std::string what, std::string where, const error_code& ec) {
  return fail(Error{ErrorCode::configuration, std::move(what), {}}
                  .with("address", std::move(where))
                  .with("cause", ec.message()));
}

Status bind(tcp::acceptor& acceptor, const HttpServer::Settings& settings) {
  using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  error_code ec;
  acceptor.open(settings.endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && settings.reuse_port) acceptor.set_option(ReusePort(true), ec);
  if (!ec) acceptor.bind(settings.endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return listen_error("cannot listen", text_of(settings.endpoint), ec);
  return {};
}

Status adopt(tcp::acceptor& acceptor, int socket) {
  int listens = 0;
  socklen_t listens_size = sizeof listens;
  sockaddr_storage address{};
  socklen_t address_size = sizeof address;
  const std::string where = fmt::format("descriptor {}", socket);
  if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_size) != 0 ||
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &address_size) != 0)
    return listen_error("not a socket", where, {errno, boost::system::system_category()});
  const bool internet = address.ss_family == AF_INET || address.ss_family == AF_INET6;
  if (listens == 0 || !internet)
    return listen_error("not a listening TCP socket", where, asio::error::invalid_argument);
  error_code ec;
  acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), socket, ec);
  if (ec) return listen_error("cannot take over the socket", where, ec);
  return {};
}

// Shared by the server and its coroutines, any of which may be the last to go.
class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::any_io_executor executor, const HttpServer::Settings& settings,
       std::shared_ptr<TlsContext> tls, HttpHandler handler)
      : acceptor(executor),
        state(std::make_shared<impl::ServerState>()),
        tls_(std::move(tls)),
        drained_(executor),
        grace_(executor) {
    state->limits = settings.limits;
    state->problem = settings.problem;
    state->handler = std::move(handler);
    drained_.expires_at(asio::steady_timer::time_point::max());
  }

  Task<void> run();
  void stop(std::chrono::milliseconds grace);
  void cut_all();

  tcp::acceptor acceptor;
  tcp::endpoint endpoint;
  std::shared_ptr<impl::ServerState> state;

 private:
  void start(tcp::socket socket);
  void ended(const ConnectionPtr& connection, std::exception_ptr failure);

  std::shared_ptr<TlsContext> tls_;
  std::set<ConnectionPtr> connections_;
  asio::steady_timer drained_;  // cancelled when the last connection ends
  asio::steady_timer grace_;
};

Task<void> Core::run() {
  // Cancelling run() is stop() without grace: connections are still awaited.
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!state->stopping) {
    auto [ec, socket] = co_await acceptor.async_accept(kAwait);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
      stop(std::chrono::milliseconds(0));
    if (state->stopping) break;
    if (!ec) {
      start(std::move(socket));
      continue;
    }
    log::warning("http.accept_failed", {{"address", text_of(endpoint)}, {"error", ec.message()}});
    drained_.expires_after(kAcceptPause);
    co_await drained_.async_wait(kAwait);
  }
  drained_.expires_at(asio::steady_timer::time_point::max());
  while (!connections_.empty()) {
    co_await drained_.async_wait(kAwait);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) cut_all();
  }
  grace_.cancel();
}

void Core::start(tcp::socket socket) {
  error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  if (ec || connections_.size() >= state->limits.connections_max) return;  // closes the socket
  const asio::ip::address address = address_of(peer);
  if (state->connections_of(address) >= state->limits.connections_per_client_max) {
    log::debug("http.connection_refused", {{"peer", address.to_string()}});
    return;
  }
  impl::SslPtr ssl;
  if (tls_) {
    ssl = tls_->server();
    if (!ssl) return;
  }
  const asio::any_io_executor executor = socket.get_executor();
  auto connection =
      std::make_shared<ServerConnection>(std::move(socket), std::move(ssl), address, state);
  connections_.insert(connection);
  asio::co_spawn(
      executor, connection->run(),
      asio::bind_cancellation_slot(
          connection->slot(), [self = shared_from_this(), connection](std::exception_ptr failure) {
            self->ended(connection, failure);
          }));
}

void Core::ended(const ConnectionPtr& connection, std::exception_ptr failure) {
  connections_.erase(connection);
  if (connections_.empty() && state->stopping) drained_.cancel();
  if (!failure || connection->was_cut()) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    log::error("http.connection_failed", {{"error", error.what()}});
  } catch (...) {
    log::error("http.connection_failed", {{"error", "not a standard exception"}});
  }
}

void Core::stop(std::chrono::milliseconds grace) {
  if (!state->stopping) {
    state->stopping = true;
    error_code ignored;
    acceptor.close(ignored);
    drained_.cancel();
    for (const ConnectionPtr& connection : connections_) connection->stop_if_idle();
  }
  if (grace.count() <= 0) return cut_all();
  grace_.expires_after(grace);
  grace_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->cut_all();
  });
}

void Core::cut_all() {
  const std::set<ConnectionPtr> all = connections_;  // cutting may end one at once
  for (const ConnectionPtr& connection : all) connection->cut();
}

// Owns the core while it runs, whatever becomes of the server.
Task<void> run_core(std::shared_ptr<Core> core) { co_await core->run(); }

class Server final : public HttpServer {
 public:
  explicit Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] tcp::endpoint endpoint() const override { return core_->endpoint; }
  [[nodiscard]] Task<void> run() override { return run_core(core_); }
  void stop(std::chrono::milliseconds grace) override { core_->stop(grace); }
  [[nodiscard]] std::size_t requests_in_flight() const override { return core_->state->in_flight; }

 private:
  std::shared_ptr<Core> core_;
};

// Cancelling and a copied set of connections can throw for want of memory; the coroutine of the
// server then goes on until its executor ends.
Server::~Server() {
  try {
    core_->stop(std::chrono::milliseconds(0));
  } catch (const std::exception& error) {
    log::error("http.stop_failed", {{"error", error.what()}});
  }
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(asio::any_io_executor executor,
                                                       const Settings& settings,
                                                       std::shared_ptr<TlsContext> tls,
                                                       HttpHandler handler) {
  auto core = std::make_shared<Core>(executor, settings, std::move(tls), std::move(handler));
  const Status bound = settings.inherited_socket >= 0
                           ? adopt(core->acceptor, settings.inherited_socket)
                           : bind(core->acceptor, settings);
  if (!bound) return fail(bound.error());
  error_code ec;
  core->endpoint = core->acceptor.local_endpoint(ec);
  if (ec) return listen_error("no local address", text_of(settings.endpoint), ec);
  return std::make_unique<Server>(std::move(core));
}

}  // namespace parallax::net
