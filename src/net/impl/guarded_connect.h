// SPDX-License-Identifier: Apache-2.0
// TCP connections to addresses that have been checked, and to nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "names/ip_address.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_ending.h"

namespace parallax::net::impl {

struct Connected {
  boost::asio::ip::tcp::socket socket;
  names::IpAddress address;
};

// Connects to the first of `addresses` that answers, in their order. Each has a time slice of its
// own: connect_timeout, or its share of what is left before the deadline, so that dead addresses
// never use up the turn of a good one. Ends with connection_failed, or with timed_out if none was
// heard of at all. `settings` outlive the call.
[[nodiscard]] Task<Attempt<Connected>> connect_first(boost::asio::any_io_executor executor,
                                                     std::vector<names::IpAddress> addresses,
                                                     std::uint16_t port,
                                                     const GuardedSettings* settings,
                                                     Deadline deadline);

}  // namespace parallax::net::impl
