// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_check.h"

#include <boost/json/array.hpp>

#include "base/encoding.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

// Where nothing was seen, all three are null.
json::object no_details() {
  return {{"caa_record_present", nullptr}, {"found_at", nullptr}, {"records_seen", nullptr}};
}

json::object details_of(const caa::CaaDetermination& determination) {
  if (determination.outcome == caa::CaaOutcome::undetermined) return no_details();
  json::object details = no_details();
  details["caa_record_present"] = determination.found_at.has_value();
  if (!determination.found_at) return details;
  json::array records;
  for (const caa::Property& property : determination.records)
    records.emplace_back(json::string(caa::to_text(property)));
  details["found_at"] = json::string(determination.found_at->text());
  details["records_seen"] = std::move(records);
  return details;
}

json::array one_error(std::string_view type, std::string_view message) {
  const std::string text =
      is_utf8(message) ? std::string(message) : printable(message, message.size());
  json::object error;
  error["error_type"] = json::string(type);
  error["error_message"] = json::string(text);
  return {std::move(error)};
}

json::object response(bool completed, bool passed, json::value errors, Instant when,
                      json::object details) {
  json::object out;
  out["check_completed"] = completed;
  out["check_passed"] = passed;
  out["errors"] = std::move(errors);
  out["timestamp_ns"] = when.time_since_epoch().count();
  out["check_type"] = "caa";
  out["details"] = std::move(details);
  return out;
}

}  // namespace

json::object check_response(const caa::CaaDetermination& determination, Instant when) {
  const bool completed = determination.outcome != caa::CaaOutcome::undetermined;
  const bool explain = !completed || determination.reason == caa::CaaReason::internal_name;
  return response(
      completed, determination.outcome == caa::CaaOutcome::permitted,
      explain ? json::value(one_error("mpic_error:caa_checker:lookup", determination.explanation))
              : json::value(nullptr),
      when, details_of(determination));
}

json::object failed_check_response(std::string_view message, Instant when) {
  return response(false, false, one_error("mpic_error:coordinator:remote_check", message), when,
                  no_details());
}

}  // namespace parallax::service
