// SPDX-License-Identifier: Apache-2.0
// The least that an HTTP client can do, on libevent: connect, send, read to the end, close.
#pragma once

#include <functional>
#include <string>

#include <event2/event.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/result.h"

namespace parallax::bench {

// An IPv4 or IPv6 address with a port, as sockets take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
// Error: malformed.
[[nodiscard]] Result<SocketAddress> socket_address(const std::string& text, std::uint16_t port);

struct FetchSettings {
  SocketAddress from;
  SocketAddress to;
  std::string path;
  std::string expected;  // a text that a good answer holds, besides status 200
};

// GETs `path` of `host` and tells once, never from within the call, whether the answer was good.
// `settings` outlive the fetch.
void fetch(event_base* base, const FetchSettings* settings, const std::string& host,
           std::function<void(bool good)> done);

}  // namespace parallax::bench
