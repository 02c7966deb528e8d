// SPDX-License-Identifier: Apache-2.0
// Coroutines on Asio. Rules of the house (CONTRIBUTING.md): parameters by value or owned by the
// caller for the whole await; no capturing lambda coroutines; no lock across co_await; bind an
// awaited value to a name before testing it.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace parallax {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace parallax
