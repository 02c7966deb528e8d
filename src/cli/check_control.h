// SPDX-License-Identifier: Apache-2.0
// One control check for the command line; both ways give the same JSON members.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/coordinator_client.h"

namespace parallax::cli {

struct CheckControlOptions {
  std::string name;
  std::string type = "smime";
  std::string method;
  std::string adn;
  bool mail_server = false;
  std::vector<std::string> parameters;  // key=value, as in the control object of /v1
  std::vector<std::string> issuers;     // with --server, where CAA is checked too
  std::string config;
  CoordinatorOptions coordinator;
};

// The control object of /v1 that the options spell. Error: malformed.
[[nodiscard]] Result<boost::json::object> control_object(const CheckControlOptions& options);

// What is printed, out of a name's `control` as /v1 answers it: what was seen is the Primary's.
[[nodiscard]] boost::json::object flat_control(const boost::json::value& control, std::string name,
                                               const std::string& type, bool lab);

// One object: name, type, method, outcome, reason, explanation, adn, dnssec, lookups, http, tls,
// quorum, lab. From this host alone: `quorum` is null. Errors: malformed, unsupported, forbidden
// (name, method, parameters), configuration.
[[nodiscard]] Result<boost::json::object> check_control_here(const CheckControlOptions& options);

// The same through a coordinator; what was seen is the Primary's. Errors as well: unreachable,
// timed_out, untrusted, unauthorized.
[[nodiscard]] Result<boost::json::object> check_control_through(const CheckControlOptions& options);

}  // namespace parallax::cli
