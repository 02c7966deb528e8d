// SPDX-License-Identifier: Apache-2.0
// The connections of one HttpClient: who may use which, and who waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/impl/client_connection.h"

namespace parallax::net::impl {

class ConnectionPool;

// The right to one of the pool's connections. Gives it back when destroyed: a reusable connection
// to the next in line or to rest, any other closed.
class Lease {
 public:
  Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<ClientConnection> connection);
  ~Lease();
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Null until the holder put one in.
  [[nodiscard]] ClientConnection* connection() const { return connection_.get(); }
  void put(std::unique_ptr<ClientConnection> fresh);

 private:
  std::shared_ptr<ConnectionPool> pool_;  // null after a move
  std::unique_ptr<ClientConnection> connection_;
};

// Used from one executor. Shared by the client and its requests, any of which may go last.
class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  ConnectionPool(boost::asio::any_io_executor executor, HttpClientSettings settings,
                 std::shared_ptr<TlsContext> tls);

  // A lease on a connection at rest, or on none (to be opened); in turn when all are taken.
  // Errors: timed_out, unreachable (closed).
  [[nodiscard]] Task<Result<Lease>> acquire(Deadline deadline);
  // A new connection, connected and verified.
  [[nodiscard]] Task<Result<std::unique_ptr<ClientConnection>>> open(Deadline deadline);
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

  const HttpClientSettings settings;
  std::size_t requests_in_flight = 0;

 private:
  friend class Lease;
  struct Waiter;
  struct Resting {
    std::unique_ptr<ClientConnection> connection;
    Deadline::clock::time_point since;
  };

  void give_back(std::unique_ptr<ClientConnection> connection);
  [[nodiscard]] std::unique_ptr<ClientConnection> wake_resting();

  boost::asio::any_io_executor executor_;
  std::shared_ptr<TlsContext> tls_;
  std::vector<Resting> resting_;        // the most recently used last
  std::set<ClientConnection*> leased_;  // in use, to be cut by close()
  std::list<Waiter*> waiters_;          // first come, first served
  std::size_t leases_ = 0;
  bool closed_ = false;
};

}  // namespace parallax::net::impl
