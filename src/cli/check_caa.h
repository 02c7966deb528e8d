// SPDX-License-Identifier: Apache-2.0
// One CAA check for the command line; both ways give the same JSON members.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace parallax::cli {

struct CheckCaaOptions {
  std::string name;
  std::string type = "smime";
  std::vector<std::string> issuers;
  std::string account_uri;
  std::string method;
  std::string config;
  std::string server;
  std::string token_file;
  std::string ca_file;
};

// One object: name, type, outcome, reason, explanation, found_at, records, ttl_s,
// permission_expires, dnssec, lookups, quorum, lab. From this host's resolver alone: `quorum` is
// null. Errors: malformed (the name, the method label), unsupported, forbidden (the name),
// configuration.
[[nodiscard]] Result<boost::json::object> check_caa_here(const CheckCaaOptions& options);

// The same through a coordinator's /v1/corroborations; `lookups` are the Primary's. Errors as
// well: unreachable, timed_out, untrusted, unauthorized.
[[nodiscard]] Result<boost::json::object> check_caa_through(const CheckCaaOptions& options);

}  // namespace parallax::cli
