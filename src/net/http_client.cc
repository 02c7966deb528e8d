// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include <utility>

#include <fmt/format.h>

#include "net/impl/connection_pool.h"
#include "net/impl/message_writer.h"
#include "net/impl/tls_context.h"

namespace parallax::net {
namespace {

using impl::ClientConnection;
using impl::ConnectionPool;
using impl::Lease;

// Counts a request while it runs, also when its coroutine is destroyed.
class InFlight {
 public:
  explicit InFlight(ConnectionPool& pool) : pool_(pool) { ++pool_.requests_in_flight; }
  ~InFlight() { --pool_.requests_in_flight; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  ConnectionPool& pool_;
};

std::string host_header(const HttpClientSettings& settings) {
  const std::string& name = settings.verify_name.empty() ? settings.host : settings.verify_name;
  if (name.find(':') != std::string::npos) return fmt::format("[{}]:{}", name, settings.port);
  return fmt::format("{}:{}", name, settings.port);
}

// A kept-alive connection that broke before it answered anything was closed by the server in the
// meantime, as servers may at any time (RFC 9112 s9.3.1).
bool went_stale(const ClientConnection& connection, const Error& error) {
  return error.code == ErrorCode::unreachable && connection.used() && !connection.answer_began();
}

// Owns the pool for as long as it runs, whatever becomes of the client.
Task<Result<HttpResponse>> run_request(std::shared_ptr<ConnectionPool> pool, HttpRequest request,
                                       Deadline deadline) {
  if (pool->requests_in_flight >= pool->settings.requests_in_flight_max)
    co_return fail(ErrorCode::overloaded, "too many requests to this server are under way");
  const InFlight counted(*pool);
  if (deadline.passed())
    co_return fail(ErrorCode::timed_out, "the deadline passed before the request was sent");
  std::string octets;
  if (const Status written = impl::write_request(request, host_header(pool->settings), octets);
      !written)
    co_return fail(written.error());
  const bool bodiless_answer = request.method == "HEAD";
  auto acquired = co_await pool->acquire(deadline);
  if (!acquired) co_return fail(acquired.error());
  Lease lease = std::move(*acquired);
  if (lease.connection() != nullptr) {
    auto answer = co_await lease.connection()->exchange(octets, bodiless_answer, deadline);
    if (answer || pool->closed() || !went_stale(*lease.connection(), answer.error()))
      co_return answer;
  }
  auto opened = co_await pool->open(deadline);
  if (!opened) co_return fail(opened.error());
  if (pool->closed()) co_return fail(ErrorCode::unreachable, "the client is closed");
  lease.put(std::move(*opened));
  auto answer = co_await lease.connection()->exchange(octets, bodiless_answer, deadline);
  co_return answer;
}

class Client final : public HttpClient {
 public:
  explicit Client(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}
  ~Client() override { pool_->close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] Task<Result<HttpResponse>> request(HttpRequest request,
                                                   Deadline deadline) override {
    return run_request(pool_, std::move(request), deadline);
  }
  void close() override { pool_->close(); }

 private:
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace

std::unique_ptr<HttpClient> HttpClient::make(boost::asio::any_io_executor executor,
                                             HttpClientSettings settings,
                                             std::shared_ptr<TlsContext> tls) {
  return std::make_unique<Client>(
      std::make_shared<ConnectionPool>(std::move(executor), std::move(settings), std::move(tls)));
}

}  // namespace parallax::net
