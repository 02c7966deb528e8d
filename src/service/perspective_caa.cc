// SPDX-License-Identifier: Apache-2.0
#include "service/perspective_caa.h"

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>

#include "base/encoding.h"
#include "orders/order.h"
#include "service/answer_json.h"
#include "service/limits.h"
#include "service/mpic_check.h"
#include "service/mpic_schema.h"
#include "service/problem.h"
#include "service/requested_name.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

struct Asked {
  names::DomainName domain;
  caa::CaaQuestion question;
};

using Issuers = std::vector<names::DomainName>;

// A value that has the right JSON type and yet is none.
void add_value_error(SchemaIssues& issues, const json::array& loc, std::string_view message,
                     const json::value& input) {
  const std::string text = is_utf8(message) ? std::string(message) : printable(message);
  issues.add("value_error", loc, "Value error, " + text, input);
}

Issuers read_issuers(const MpicCaaParameters& parameters, const Issuers& defaults,
                     const json::value& input, SchemaIssues& issues) {
  const json::array loc{"caa_check_parameters", "caa_domains"};
  if (!parameters.caa_domains) {
    if (defaults.empty()) issues.add("missing", loc, "Field required", input);
    return defaults;
  }
  Issuers out;
  if (parameters.caa_domains->empty() ||
      parameters.caa_domains->size() > orders::kIssuersPerOrderMax)
    add_value_error(issues, loc,
                    fmt::format("caa_domains must hold 1 to {} names", orders::kIssuersPerOrderMax),
                    input);
  for (const std::string& text : *parameters.caa_domains) {
    auto issuer = names::DomainName::parse(text);
    if (!issuer) {
      add_value_error(issues, loc, issuer.error().message, input);
      break;
    }
    out.push_back(std::move(*issuer));
  }
  return out;
}

tl::expected<Asked, json::array> parse(std::string_view body, const Issuers& defaults,
                                       const names::PublicSuffixList& suffixes) {
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
  const json::value& sent = in.member("caa_check_parameters");
  const auto parameters = read_caa_parameters(sent, in.loc_of("caa_check_parameters"), issues);
  if (!issues.empty()) return tl::unexpected(issues.take());

  caa::CaaQuestion question;
  question.type = parameters.type;
  question.wildcard = names::looks_like_wildcard(target);
  question.issuers = read_issuers(parameters, defaults, sent, issues);
  const auto name = parse_requested_name(target, parameters.type, suffixes);
  if (!name)
    add_value_error(issues, in.loc_of("domain_or_ip_target"), name.error().message,
                    in.member("domain_or_ip_target"));
  if (!issues.empty()) return tl::unexpected(issues.take());
  return Asked{*names::caa_domain(*name), std::move(question)};
}

}  // namespace

void PerspectiveCaa::install(Router& router) {
  router.add("POST", "/caa", [this](net::HttpRequest request, const std::string&) {
    return post(std::move(request));
  });
}

Task<net::HttpResponse> PerspectiveCaa::post(net::HttpRequest request) {
  if (settings_.may_ask && !settings_.may_ask(request))
    co_return json_response(403, {{"detail", "Forbidden"}});
  if (request.body.size() > kRequestBodySizeMax)
    co_return to_response({ProblemKind::body_too_large, "Request body too large", {}, {}});
  auto asked = parse(request.body, settings_.default_issuers, suffixes_);
  if (!asked) {
    json::object body;
    body["detail"] = std::move(asked.error());
    co_return json_response(422, body);
  }
  const caa::CaaObservation seen = co_await observer_.observe(asked->domain);
  const auto determination = caa::assess(seen, asked->question, settings_.assessment);
  co_return json_response(200, check_response(determination, clock_.now()));
}

}  // namespace parallax::service
