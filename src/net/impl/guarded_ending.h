// SPDX-License-Identifier: Apache-2.0
// How a step of the guarded client fails: kinds of its own beside the house's Error.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "net/guarded_client.h"

namespace parallax::net::impl {

struct Ending {
  GuardedFailure failure = GuardedFailure::none;
  std::string message;  // one sentence for people; foreign octets only printable
};

template <class T>
using Attempt = tl::expected<T, Ending>;

[[nodiscard]] inline tl::unexpected<Ending> end_with(GuardedFailure failure, std::string message) {
  return tl::unexpected<Ending>(Ending{failure, std::move(message)});
}

}  // namespace parallax::net::impl
