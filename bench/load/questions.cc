// SPDX-License-Identifier: Apache-2.0
#include "load/questions.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "observe/statement.h"

namespace parallax::bench {
namespace {

std::string order_body(const QuestionSettings& settings, const std::string& domain,
                       const std::string& id) {
  return json::serialize(json::object{{"id", id},
                                      {"type", "smime"},
                                      {"names", json::array{json::value("user@" + domain)}},
                                      {"issuers", json::array{json::value(settings.issuer)}}});
}

std::string observe_body(const std::string& domain, const std::string& id, std::uint64_t number) {
  constexpr int kDeadlineMs = 14'000;
  const std::string nonce = base64url_encode(fmt::format("{:016}", number));
  const observe::ObservationRequest request{
      id, 1, nonce, {names::DomainName::parse(domain).value(), false}};
  return json::serialize(json::object{{"request", to_json(request)}, {"deadline_ms", kDeadlineMs}});
}

}  // namespace

net::HttpRequest make_question(const QuestionSettings& settings, const std::string& domain,
                               const std::string& run, std::uint64_t number) {
  const std::string id = fmt::format("bench-{}-{}", run, number);
  net::HttpRequest request;
  request.method = "POST";
  request.headers.emplace_back("content-type", "application/json");
  if (settings.target == Target::coordinator) {
    request.path = "/v1/corroborations";
    request.headers.emplace_back("authorization", "Bearer " + settings.token);
    request.body = order_body(settings, domain, id);
  } else {
    request.path = "/v1/observe";
    request.body = observe_body(domain, id, number);
  }
  return request;
}

bool is_expected(Target target, const net::HttpResponse& response) {
  const std::string_view sign =
      target == Target::coordinator ? R"("outcome":"permitted")" : R"(\"tag\":\"issuemail\")";
  return response.status == 200 && response.body.find(sign) != std::string::npos;
}

}  // namespace parallax::bench
