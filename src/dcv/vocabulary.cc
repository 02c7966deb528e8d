// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dcv/assess.h"
#include "dcv/check.h"

namespace parallax::dcv {
namespace {

constexpr std::array<std::pair<ControlReason, std::string_view>, 15> kReasons{{
    {ControlReason::challenge_found, "challenge-found"},
    {ControlReason::challenge_missing, "challenge-missing"},
    {ControlReason::challenge_differs, "challenge-differs"},
    {ControlReason::record_unusable, "record-unusable"},
    {ControlReason::adn_not_reached, "adn-not-reached"},
    {ControlReason::mail_server_unusable, "mail-server-unusable"},
    {ControlReason::http_status, "http-status"},
    {ControlReason::redirect_refused, "redirect-refused"},
    {ControlReason::address_refused, "address-refused"},
    {ControlReason::certificate_unusable, "certificate-unusable"},
    {ControlReason::protocol_error, "protocol-error"},
    {ControlReason::connection_failed, "connection-failed"},
    {ControlReason::timed_out, "control-timed-out"},
    {ControlReason::lookup_failed, "control-lookup-failed"},
    {ControlReason::bogus, "control-bogus"},
}};

}  // namespace

std::string_view to_string(ControlOutcome outcome) {
  switch (outcome) {
    case ControlOutcome::shown: return "shown";
    case ControlOutcome::not_shown: return "not-shown";
    case ControlOutcome::undetermined: return "undetermined";
  }
  return "undetermined";
}

std::string_view to_string(ControlReason reason) {
  const auto* const it = std::find_if(kReasons.begin(), kReasons.end(),
                                      [&](const auto& each) { return each.first == reason; });
  return it == kReasons.end() ? std::string_view("unknown") : it->second;
}

Result<ControlReason> parse_control_reason(std::string_view text) {
  for (const auto& [reason, name] : kReasons)
    if (name == text) return reason;
  return fail(ErrorCode::malformed, fmt::format("\"{}\" is no reason of a control check", text));
}

std::string text_of(const Target& target) {
  return std::visit([](const auto& each) { return each.text(); }, target);
}

}  // namespace parallax::dcv
