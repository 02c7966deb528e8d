// SPDX-License-Identifier: Apache-2.0
#include "net/impl/connection_pool.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/impl/tls_context.h"

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;

// Below the idle timeout of our servers, so that a request seldom meets a connection just closed.
constexpr std::chrono::seconds kRestMax{30};

}  // namespace

// A request in line. Lives in its coroutine; leaves the line when that goes.
struct ConnectionPool::Waiter {
  enum class State { queued, granted, taken };

  Waiter(ConnectionPool& the_pool, Deadline deadline)
      : pool(the_pool), ready(the_pool.executor_, deadline.when()) {
    place = pool.waiters_.insert(pool.waiters_.end(), this);
  }
  ~Waiter() {
    if (state == State::queued) pool.waiters_.erase(place);
    // Cancelled between the grant and its resumption.
    if (state == State::granted) pool.give_back(std::move(connection));
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Called by the pool, which has taken it out of the line.
  void grant(std::unique_ptr<ClientConnection> with) {
    state = State::granted;
    connection = std::move(with);
    ready.cancel();
  }

  ConnectionPool& pool;
  asio::steady_timer ready;
  std::list<Waiter*>::iterator place;
  std::unique_ptr<ClientConnection> connection;
  State state = State::queued;
};

Lease::Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<ClientConnection> connection)
    : pool_(std::move(pool)) {
  put(std::move(connection));
}

Lease::~Lease() {
  if (!pool_) return;
  pool_->leased_.erase(connection_.get());
  pool_->give_back(std::move(connection_));
}

void Lease::put(std::unique_ptr<ClientConnection> fresh) {
  pool_->leased_.erase(connection_.get());
  connection_ = std::move(fresh);
  if (connection_) pool_->leased_.insert(connection_.get());
}

ConnectionPool::ConnectionPool(asio::any_io_executor executor, HttpClientSettings the_settings,
                               std::shared_ptr<TlsContext> tls)
    : settings(std::move(the_settings)), executor_(std::move(executor)), tls_(std::move(tls)) {}

Task<Result<Lease>> ConnectionPool::acquire(Deadline deadline) {
  const auto self = shared_from_this();
  if (closed_) co_return fail(ErrorCode::unreachable, "the client is closed");
  if (leases_ < settings.connections_max) {
    ++leases_;
    co_return Lease(self, wake_resting());
  }
  Waiter waiter(*this, deadline);
  co_await waiter.ready.async_wait(asio::as_tuple(asio::use_awaitable));
  if (waiter.state == Waiter::State::granted) {
    waiter.state = Waiter::State::taken;
    co_return Lease(self, std::move(waiter.connection));
  }
  if (closed_) co_return fail(ErrorCode::unreachable, "the client is closed");
  co_return fail(ErrorCode::timed_out, "no connection to the server became free in time");
}

Task<Result<std::unique_ptr<ClientConnection>>> ConnectionPool::open(Deadline deadline) {
  const auto self = shared_from_this();
  const Deadline limit = deadline.within(settings.connect_timeout);
  SslPtr ssl;
  if (tls_) {
    auto made = tls_->client(settings.verify_name);
    if (!made) co_return fail(made.error());
    ssl = std::move(*made);
  }
  auto socket = co_await connect(settings, limit);
  if (!socket) co_return fail(socket.error());
  auto connection = std::make_unique<ClientConnection>(std::move(*socket), std::move(ssl),
                                                       settings.response_bytes_max);
  const Status shaken = co_await connection->handshake(limit);
  if (!shaken) co_return fail(shaken.error());
  co_return connection;
}

std::unique_ptr<ClientConnection> ConnectionPool::wake_resting() {
  const auto oldest = Deadline::clock::now() - kRestMax;
  std::erase_if(resting_, [&](const Resting& entry) { return entry.since < oldest; });
  if (resting_.empty()) return nullptr;
  auto connection = std::move(resting_.back().connection);
  resting_.pop_back();
  return connection;
}

void ConnectionPool::give_back(std::unique_ptr<ClientConnection> connection) {
  if (connection && (closed_ || !connection->reusable())) connection.reset();
  if (!closed_ && !waiters_.empty()) {
    Waiter* const next = waiters_.front();
    waiters_.pop_front();
    next->grant(std::move(connection));
    return;
  }
  --leases_;
  if (connection) resting_.push_back({std::move(connection), Deadline::clock::now()});
}

void ConnectionPool::close() {
  closed_ = true;
  resting_.clear();
  for (ClientConnection* connection : leased_) connection->cut();
  for (Waiter* waiter : waiters_) waiter->ready.cancel();
}

}  // namespace parallax::net::impl
