// SPDX-License-Identifier: Apache-2.0
// The addresses of a server we know, through the system's resolver.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"

namespace parallax::net::impl {

// Addresses as text need no lookup. A name is looked up on Asio's own thread; getaddrinfo cannot be
// interrupted, so at the deadline its late answer is dropped. Errors: unreachable, timed_out.
[[nodiscard]] Task<Result<std::vector<boost::asio::ip::tcp::endpoint>>> resolve(std::string host,
                                                                                std::uint16_t port,
                                                                                Deadline deadline);

}  // namespace parallax::net::impl
