// SPDX-License-Identifier: Apache-2.0
#include "net/impl/guarded_connect.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "net/impl/watchdog.h"

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::uint16_t port_to_dial(const GuardedSettings& settings, std::uint16_t port) {
  if (!settings.lab) return port;
  const auto mapped = settings.lab_ports.find(port);
  return mapped == settings.lab_ports.end() ? port : mapped->second;
}

// The address to bind for this family; nullopt: any. A bad setting ends the attempt: leaving by
// another address would be another perspective.
Attempt<std::optional<asio::ip::address>> source_for(const GuardedSettings& settings, bool v4) {
  for (const std::string& text : settings.source_addresses) {
    const auto source = names::IpAddress::parse(text);
    if (!source)
      return end_with(GuardedFailure::connection_failed,
                      "the source address of this perspective is no address: " + printable(text));
    if (source->is_v4() == v4) return source->native();
  }
  return std::nullopt;
}

Task<Attempt<tcp::socket>> connect_to(asio::any_io_executor executor, tcp::endpoint to,
                                      std::optional<asio::ip::address> from, Deadline deadline) {
  tcp::socket socket(executor);
  error_code ec;
  socket.open(to.protocol(), ec);
  if (!ec && from) socket.bind(tcp::endpoint(*from, 0), ec);
  if (ec) co_return end_with(GuardedFailure::connection_failed, ec.message());
  Watchdog watchdog(executor, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  watchdog.arm(deadline);
  const auto [failure] = co_await socket.async_connect(to, asio::as_tuple(asio::use_awaitable));
  if (watchdog.expired()) co_return end_with(GuardedFailure::timed_out, "no answer in time");
  if (failure) co_return end_with(GuardedFailure::connection_failed, failure.message());
  co_return socket;
}

// What the next of `waiting` addresses may use.
Deadline slice(const GuardedSettings& settings, Deadline deadline, std::size_t waiting) {
  const auto share = deadline.remaining() / static_cast<int>(waiting);
  return deadline.within(std::min(settings.connect_timeout, share));
}

}  // namespace

Task<Attempt<Connected>> connect_first(asio::any_io_executor executor,
                                       std::vector<names::IpAddress> addresses, std::uint16_t port,
                                       const GuardedSettings* settings, Deadline deadline) {
  std::string causes;
  bool all_silent = true;
  for (std::size_t i = 0; i < addresses.size() && !deadline.passed(); ++i) {
    const names::IpAddress& address = addresses[i];
    const auto from = source_for(*settings, address.is_v4());
    if (!from) co_return tl::unexpected<Ending>(from.error());
    const tcp::endpoint to(address.native(), port_to_dial(*settings, port));
    auto socket =
        co_await connect_to(executor, to, *from, slice(*settings, deadline, addresses.size() - i));
    if (socket) co_return Connected{std::move(*socket), address};
    all_silent = all_silent && socket.error().failure == GuardedFailure::timed_out;
    causes +=
        fmt::format("{}{}: {}", causes.empty() ? "" : "; ", address.text(), socket.error().message);
  }
  if (causes.empty()) causes = "the time for the check ran out before";
  co_return end_with(
      all_silent ? GuardedFailure::timed_out : GuardedFailure::connection_failed,
      fmt::format("no connection to port {} could be made: {}; the port must be open to the whole "
                  "Internet at every address that the DNS names",
                  port, causes));
}

}  // namespace parallax::net::impl
