// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_dcv_answer.h"

#include <algorithm>
#include <optional>

#include <boost/json/array.hpp>

#include "base/encoding.h"
#include "caa/property.h"
#include "dcv/rdata.h"
#include "service/answer_json.h"
#include "service/mpic_certificate.h"
#include "service/record_text.h"

namespace parallax::service {
namespace {

namespace json = boost::json;
using dcv::ControlReason;
using rules::ControlMethod;

// Octets of a page that are shown, if the expected value is not longer.
constexpr std::size_t kPageSizeMin = 100;

bool over_http(ControlMethod method) {
  return method == ControlMethod::website_change || method == ControlMethod::acme_http;
}

// Every key of the method's family, and nothing seen.
json::object no_details(ControlMethod method) {
  json::object out;
  out["validation_method"] = json::string(mpic_method(method));
  if (method == ControlMethod::acme_tls_alpn) {
    out["common_name"] = nullptr;
  } else if (over_http(method)) {
    for (const char* key :
         {"response_history", "response_url", "response_status_code", "response_page"})
      out[key] = nullptr;
  } else {
    for (const char* key : {"records_seen", "response_code", "ad_flag", "found_at", "cname_chain"})
      out[key] = nullptr;
  }
  return out;
}

// The text of a record as Open MPIC tells it; none if it is not shown.
std::optional<std::string> seen_text(ControlMethod method, dns::RecordType type,
                                     std::string_view rdata) {
  if (type == dns::RecordType::txt) {
    const auto text = dcv::txt_text(rdata);
    return text ? *text : record_text(type, rdata);
  }
  if (type != dns::RecordType::caa) return record_text(type, rdata);
  const auto property = caa::parse_rdata(rdata);
  if (!property) return record_text(type, rdata);
  const bool email = method == ControlMethod::contact_email_caa;
  const bool phone = method == ControlMethod::contact_phone_caa;
  if ((email && !property->has_tag("contactemail")) ||
      (phone && !property->has_tag("contactphone")))
    return std::nullopt;
  return property->value;
}

// The lookup that was to bring the challenge: the last one, where a search climbs.
const dcv::SeenLookup* decisive(const dcv::ControlObservation& seen) {
  const auto it = std::find_if(seen.lookups.rbegin(), seen.lookups.rend(), [](const auto& each) {
    return each.purpose == "challenge" || each.purpose == "reverse";
  });
  return it == seen.lookups.rend() ? nullptr : &*it;
}

void add_dns(const MpicDcvParameters& parameters, const dcv::ControlObservation& seen,
             json::object& out) {
  const dcv::SeenLookup* lookup = decisive(seen);
  if (lookup == nullptr || lookup->status != dns::LookupStatus::answered) return;
  json::array records;
  for (const std::string& rdata : lookup->rdata)
    if (const auto text = seen_text(parameters.method, lookup->type, rdata))
      records.emplace_back(json_text(*text));
  json::array chain;
  for (const std::string& alias : lookup->alias_chain) chain.emplace_back(json_text(alias + "."));
  out["records_seen"] = std::move(records);
  out["response_code"] = static_cast<unsigned>(lookup->rcode);
  out["ad_flag"] = lookup->verdict == dns::Verdict::secure;
  out["found_at"] = json_text(lookup->name);
  out["cname_chain"] = std::move(chain);
}

void add_http(const MpicDcvParameters& parameters, const dcv::ControlObservation& seen,
              json::object& out) {
  if (!seen.http || seen.http->hops.empty()) return;
  const auto& hops = seen.http->hops;
  json::array history;
  for (const dcv::SeenHop& hop : hops)
    if (!hop.location.empty())
      history.push_back(
          json::object{{"status_code", hop.status}, {"url", json_text(hop.location)}});
  if (!history.empty()) out["response_history"] = std::move(history);
  out["response_url"] = json_text(hops.front().url);
  if (hops.back().status == 0) return;
  out["response_status_code"] = hops.back().status;
  const auto* wanted =
      parameters.challenge ? std::get_if<dcv::HttpValue>(&*parameters.challenge) : nullptr;
  const std::size_t size = std::max(kPageSizeMin, wanted != nullptr ? wanted->value.size() : 0);
  out["response_page"] =
      json_text(base64_encode(std::string_view(seen.http->body).substr(0, size)));
}

json::object details(const MpicDcvParameters& parameters, const dcv::ControlObservation& seen) {
  json::object out = no_details(parameters.method);
  if (over_http(parameters.method)) {
    add_http(parameters, seen, out);
  } else if (parameters.method == ControlMethod::acme_tls_alpn) {
    if (const auto name = seen.tls ? common_name(seen.tls->certificate) : std::nullopt)
      out["common_name"] = json_text(*name);
  } else {
    add_dns(parameters, seen, out);
  }
  return out;
}

// The type of the error, as Open MPIC names it; empty where it reports none.
std::string error_type(const dcv::ControlObservation& seen,
                       const dcv::ControlDetermination& found) {
  const bool redirected = seen.http && seen.http->hops.size() > 1;
  switch (found.reason) {
    case ControlReason::challenge_found:
    case ControlReason::challenge_differs:
    case ControlReason::record_unusable: return {};
    case ControlReason::http_status: return "mpic_error:http";
    case ControlReason::redirect_refused: return "mpic_error:redirect:invalid";
    case ControlReason::address_refused:
      return redirected ? "mpic_error:redirect:invalid" : "mpic_error:dcv_checker:lookup";
    case ControlReason::certificate_unusable:
      return seen.tls ? certificate_error(seen.tls->certificate, seen.tls->server_name)
                      : "mpic_error:dcv_checker:lookup";
    default: return "mpic_error:dcv_checker:lookup";
  }
}

json::object response(bool completed, bool passed, std::string_view type, std::string_view message,
                      Instant when, json::object details) {
  json::object out;
  out["check_completed"] = completed;
  out["check_passed"] = passed;
  out["errors"] = nullptr;
  if (!type.empty())
    out["errors"] = json::array{
        json::object{{"error_type", json::string(type)}, {"error_message", json_text(message)}}};
  out["timestamp_ns"] = when.time_since_epoch().count();
  out["check_type"] = "dcv";
  out["details"] = std::move(details);
  return out;
}

}  // namespace

json::object dcv_check_response(const MpicDcvParameters& parameters,
                                const dcv::ControlObservation& seen,
                                const dcv::ControlDetermination& found, Instant when) {
  return response(found.outcome != dcv::ControlOutcome::undetermined,
                  found.outcome == dcv::ControlOutcome::shown, error_type(seen, found),
                  found.explanation, when, details(parameters, seen));
}

json::object failed_dcv_check_response(const MpicDcvParameters& parameters,
                                       std::string_view message, Instant when) {
  return response(false, false, "mpic_error:coordinator:remote_check", message, when,
                  no_details(parameters.method));
}

}  // namespace parallax::service
