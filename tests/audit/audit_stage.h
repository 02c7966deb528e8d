// SPDX-License-Identifier: Apache-2.0
// Records as a coordinator makes them, of perspectives that sign with keys of their own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "audit/decision.h"
#include "audit/keys.h"
#include "base/json.h"
#include "orders/desk_stage.h"

namespace parallax::audit::test {

using orders::Order;
using Script = std::function<std::optional<corroborate::PerspectiveReply>(
    const std::string& code, const observe::ObservationRequest& request)>;

inline constexpr const char* kHost = "mx1.example.net";

[[nodiscard]] const SigningKey& key_of(const std::string& code);
// Those of the primary and all remotes, as an auditor writes them down.
[[nodiscard]] std::string key_lines();
[[nodiscard]] PerspectiveKeys keys();

// `code` answers the request with this, and signs it.
[[nodiscard]] corroborate::PerspectiveReply reply(const std::string& code,
                                                  const observe::ObservationRequest& request,
                                                  observe::Seen seen);
// Everybody sees what permits, and the Random Value where it is looked for.
[[nodiscard]] Script everybody_permits();
// As that, but for the perspectives named.
[[nodiscard]] Script but(std::vector<std::string> codes, Script others);
// Sees CAA records that name another CA.
[[nodiscard]] Script denies();
[[nodiscard]] Script fails(corroborate::NonCorroboration kind);
// Says nothing before the decision.
[[nodiscard]] Script keeps_silent();

// The records of an order: its decision and what came late, after `decided` of the day.
[[nodiscard]] std::vector<evidence::Record> decide(Order order, const Script& script,
                                                   const char* on = "2026-12-15T00:00:00Z");

[[nodiscard]] Order caa_order(const std::string& id = "order-1");
[[nodiscard]] Order wildcard_order();
[[nodiscard]] Order control_order();
[[nodiscard]] Order mail_server_order();
[[nodiscard]] Order mailbox_order();  // control shown to the caller: the primary alone looks

// The place in a record.
[[nodiscard]] json::value& place(json::value& body, const std::string& pointer);
// Changes what a report's observation says, and signs it again.
void sign_anew(json::value& body, const std::string& report,
               const std::function<void(observe::Observation&)>& change);

}  // namespace parallax::audit::test
