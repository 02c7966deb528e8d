// SPDX-License-Identifier: Apache-2.0
// The evidence of a decision as JSON; docs/evidence.md describes every member.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "corroborate/attempt.h"
#include "corroborate/roster.h"
#include "orders/order.h"
#include "orders/plan.h"

namespace parallax::orders {

struct RecordInput {
  const Order& order;
  const OrderPlan& plan;
  const std::vector<corroborate::AttemptResult>& attempts;  // in parallel with plan.checks
  const std::vector<std::vector<std::size_t>>& remotes;     // likewise: who was used
  const corroborate::Roster& roster;
  const Decision& decision;
  std::string configuration;  // digest: trust anchors, roster, resolver build, settings
  std::string rules;          // digest of the rules in force (rules::digest)
  caa::AssessmentSettings assessment;
  // False: in place of each statement its size and digest, for a record that cannot hold them.
  bool observations = true;
};

// Raised whenever a member changes its meaning.
inline constexpr int kRecordVersion = 2;

[[nodiscard]] boost::json::value decision_body(const RecordInput& input);

// A straggler's reply, appended as a record of its own.
[[nodiscard]] boost::json::value late_body(const std::string& client, const std::string& order_id,
                                           const std::string& check_digest,
                                           const corroborate::Report& report, Instant recorded);

// What of either body goes into the log as commitments: all that names somebody or something.
// What stays readable there are kind, times, outcome, rules and configuration.
[[nodiscard]] std::vector<std::string> record_parts(const boost::json::value& body);

}  // namespace parallax::orders
