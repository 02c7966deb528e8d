// SPDX-License-Identifier: Apache-2.0
// Places one order with a coordinator, for the command line.
#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "base/result.h"

namespace parallax::cli {

struct CoordinatorOptions {
  std::string server;      // https://host:port, or http:// on this host
  std::string token_file;  // empty: no token
  std::string ca_file;     // PEM; empty: the system's
};

// POSTs `body` to /v1/corroborations and returns the answer's JSON. Errors: malformed (the server's
// URL, or what the coordinator refused, in its words), unreachable, timed_out, untrusted.
[[nodiscard]] Result<boost::json::value> place_order(const CoordinatorOptions& options,
                                                     std::string body);

// The member `key` of an object; null if `object` is none or has no such member.
[[nodiscard]] const boost::json::value* member(const boost::json::value* object,
                                               std::string_view key);

}  // namespace parallax::cli
