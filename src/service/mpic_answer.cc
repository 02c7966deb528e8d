// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_answer.h"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "service/mpic_check.h"
#include "service/mpic_dcv_answer.h"
#include "service/mpic_schema.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

json::value number_or_null(const std::optional<std::int64_t>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value requested(const std::optional<MpicOrchestration>& sent) {
  if (!sent) return nullptr;
  return json::object{
      {"perspective_count", number_or_null(sent->perspective_count)},
      {"quorum_count", number_or_null(sent->quorum_count)},
      {"max_attempts", number_or_null(sent->max_attempts)},
      {"cohort_for_single_attempt", number_or_null(sent->cohort_for_single_attempt)}};
}

json::object actual(const MpicRequest& request, const ServiceInfo& info, unsigned remotes_used,
                    Instant decided) {
  const unsigned by_rule = info.corroborations_required(remotes_used, date_of(decided));
  return {{"perspective_count", remotes_used},
          {"quorum_count", std::max(by_rule, request.order.corroborations_required.value_or(0))},
          {"attempt_count", 1}};
}

// Nothing such a perspective said may be taken for what it observed.
bool answer_unusable(const orders::PerspectiveFinding& finding, bool control) {
  constexpr std::array<std::string_view, 3> kUnusable = {"unreachable", "wrong-identity",
                                                         "bad-signature"};
  const bool judged =
      control ? finding.control && finding.control_seen : finding.determination.has_value();
  return !judged ||
         std::find(kUnusable.begin(), kUnusable.end(), finding.result) != kUnusable.end();
}

json::object failed(const MpicRequest& request, std::string_view message, Instant when) {
  return request.dcv ? failed_dcv_check_response(*request.dcv, message, when)
                     : failed_check_response(message, when);
}

json::object checked(const MpicRequest& request, const orders::PerspectiveFinding& finding,
                     Instant when) {
  return request.dcv
             ? dcv_check_response(*request.dcv, *finding.control_seen, *finding.control, when)
             : check_response(*finding.determination, when);
}

json::object perspective(const MpicRequest& request, const orders::PerspectiveFinding& finding,
                         Instant received) {
  const Instant when = received + finding.elapsed;
  json::object out;
  out["perspective_code"] = json::string(finding.code);
  if (finding.result == "pending")
    out["check_response"] =
        failed(request, "The outcome was final before this perspective answered.", when);
  else if (answer_unusable(finding, request.dcv.has_value()))
    out["check_response"] =
        failed(request, finding.message.empty() ? finding.result : finding.message, when);
  else
    out["check_response"] = checked(request, finding, when);
  return out;
}

json::object caa_parameters(const MpicRequest& request) {
  json::array domains;
  for (const std::string& domain : request.caa_domains) domains.emplace_back(json::string(domain));
  json::object out;
  out["certificate_type"] = json::string(mpic_certificate_type(request.order.type));
  out["caa_domains"] = std::move(domains);
  out["allow_lookup_failure"] = request.allow_lookup_failure;
  return out;
}

// The part of the decision that the request is about.
struct Part {
  orders::Outcome outcome = orders::Outcome::undetermined;
  unsigned remotes_used = 0;
  json::array perspectives;
};

Part part_of(const MpicRequest& request, const orders::Decision& decision) {
  Part out;
  for (const auto& name : decision.names) {
    if (request.dcv && !name.control) continue;
    out.outcome = request.dcv ? name.control->outcome : name.outcome;
    out.remotes_used = request.dcv ? name.control->remotes_used : name.remotes_used;
    const auto& findings = request.dcv ? name.control->perspectives : name.perspectives;
    for (const auto& finding : findings)
      out.perspectives.push_back(perspective(request, finding, decision.received));
  }
  return out;
}

}  // namespace

std::string write_mpic_answer(const MpicRequest& request, const ServiceInfo& info,
                              const orders::Decision& decision) {
  Part part = part_of(request, decision);
  json::object out;
  out["mpic_completed"] = part.outcome != orders::Outcome::undetermined;
  out["request_orchestration_parameters"] = requested(request.orchestration);
  out["actual_orchestration_parameters"] =
      actual(request, info, part.remotes_used, decision.decided);
  out["check_type"] = request.dcv ? "dcv" : "caa";
  out["domain_or_ip_target"] = json::string(request.target);
  out["is_valid"] = part.outcome == orders::Outcome::permitted;
  out["trace_identifier"] = request.trace_identifier
                                ? json::value(json::string(*request.trace_identifier))
                                : json::value(nullptr);
  out["perspectives"] = std::move(part.perspectives);
  if (request.dcv)
    out["dcv_check_parameters"] = request.dcv->echo;
  else
    out["caa_check_parameters"] = caa_parameters(request);
  out["previous_attempt_results"] = nullptr;
  return json::serialize(out);
}

}  // namespace parallax::service
