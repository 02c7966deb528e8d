// SPDX-License-Identifier: Apache-2.0
#include "net/impl/resolve.h"

#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Shared: the lookup's handler may run after the caller has gone.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
  tcp::resolver resolver;
  asio::steady_timer done;  // cancelled when the lookup ends, else expires at the deadline
  bool answered = false;
  error_code failure;
  std::vector<tcp::endpoint> endpoints;
};

}  // namespace

Task<Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                 Deadline deadline) {
  error_code not_address;
  const asio::ip::address address = asio::ip::make_address(host, not_address);
  if (!not_address) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->done.expires_at(deadline.when());
  lookup->resolver.async_resolve(host, fmt::to_string(port), tcp::resolver::numeric_service,
                                 [lookup](error_code ec, const tcp::resolver::results_type& found) {
                                   lookup->answered = true;
                                   lookup->failure = ec;
                                   for (const auto& entry : found)
                                     lookup->endpoints.push_back(entry.endpoint());
                                   lookup->done.cancel();
                                 });
  co_await lookup->done.async_wait(asio::as_tuple(asio::use_awaitable));
  lookup->resolver.cancel();
  if (!lookup->answered)
    co_return fail(ErrorCode::timed_out, "looking up the server took too long");
  if (lookup->failure || lookup->endpoints.empty())
    co_return fail(ErrorCode::unreachable, "the server's name has no address: " + host);
  co_return std::move(lookup->endpoints);
}

}  // namespace parallax::net::impl
