// SPDX-License-Identifier: Apache-2.0
#include "service/perspective_dcv.h"

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>

#include "service/answer_json.h"
#include "service/limits.h"
#include "service/mpic_dcv_answer.h"
#include "service/mpic_dcv_request.h"
#include "service/mpic_schema.h"
#include "service/problem.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

struct Asked {
  MpicDcvParameters parameters;
  dcv::ControlCheck check;
};

// Where the error is, in the manner of a schema issue.
json::array loc_of(const Error& error, rules::ControlMethod method) {
  const std::string member = mpic_member(error, method);
  json::array out;
  if (member != "domain_or_ip_target") out.emplace_back("dcv_check_parameters");
  if (member != "dcv_check_parameters") out.emplace_back(json::string(member));
  return out;
}

tl::expected<Asked, json::array> parse(std::string_view body, Date day,
                                       const PerspectiveDcv::Settings& settings,
                                       const names::PublicSuffixList& suffixes) {
  constexpr std::string_view kParameters = "dcv_check_parameters";
  const auto document = parse_mpic_document(body, {"body"});
  if (!document) return tl::unexpected(document.error());
  SchemaIssues issues({"body"});
  SchemaReader in(*document, {}, issues);
  const std::string target = in.required_string("domain_or_ip_target");
  if (const auto trace = in.string("trace_identifier");
      trace && trace->size() > kTraceIdentifierSizeMax)
    issues.add("string_too_long", in.loc_of("trace_identifier"),
               fmt::format("String should have at most {} characters", kTraceIdentifierSizeMax),
               nullptr);
  std::optional<MpicDcvParameters> parameters;
  if (in.has(kParameters))
    parameters = read_dcv_parameters(in.member(kParameters), in.loc_of(kParameters), issues);
  else if (document->is_object())
    issues.add("missing", in.loc_of(kParameters), "Field required", *document);
  if (!parameters || !issues.empty()) return tl::unexpected(issues.take());

  auto control =
      mpic_control(*parameters, target, suffixes, day, settings.lab, settings.refuse_discouraged);
  if (!control) {
    issues.add("value_error", loc_of(control.error(), parameters->method),
               "Value error, " + mpic_sentence(control.error(), parameters->method), nullptr);
    return tl::unexpected(issues.take());
  }
  return Asked{std::move(*parameters), std::move(control->check)};
}

}  // namespace

void PerspectiveDcv::install(Router& router) {
  router.add("POST", "/dcv", [this](net::HttpRequest request, const std::string&) {
    return post(std::move(request));
  });
}

Task<net::HttpResponse> PerspectiveDcv::post(net::HttpRequest request) {
  if (settings_.may_ask && !settings_.may_ask(request))
    co_return json_response(403, {{"detail", "Forbidden"}});
  if (request.body.size() > kRequestBodySizeMax)
    co_return to_response({ProblemKind::body_too_large, "Request body too large", {}, {}});
  auto asked = parse(request.body, date_of(clock_.now()), settings_, suffixes_);
  if (!asked) {
    json::object body;
    body["detail"] = std::move(asked.error());
    co_return json_response(422, body);
  }
  const LocalControlObserver::Sight sight = co_await observer_.observe(std::move(asked->check));
  const json::object body =
      dcv_check_response(asked->parameters, sight.seen, sight.found, clock_.now());
  co_return json_response(body.at("errors").is_null() ? 200 : 500, body);
}

}  // namespace parallax::service
