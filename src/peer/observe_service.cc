// SPDX-License-Identifier: Apache-2.0
#include "peer/observe_service.h"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "dcv/check.h"

namespace parallax::peer {
namespace {

struct Asked {
  observe::ObservationRequest request;
  std::chrono::milliseconds wait;
};

Result<Asked> parse_body(std::string_view body) {
  const auto value = parse_json(body);
  if (!value) return fail(value.error());
  ObjectReader in(*value, "");
  const std::chrono::milliseconds wait(in.integer("deadline_ms", 1, kDeadlineMsMax));
  auto request = observe::request_from_json(in.value("request"), "/request");
  if (auto end = in.finish(); !end) return fail(end.error());
  if (!request) return fail(request.error());
  return Asked{std::move(*request), wait};
}

// A coordinator that was taken over must not make this perspective look where no method leads.
Status may_look(const observe::Check& check, bool lab, const names::PublicSuffixList* suffixes) {
  const auto* control = std::get_if<dcv::ControlCheck>(&check);
  if (control == nullptr) return {};
  // Pruning and CNAME steps end at a Base Domain Name (TLS BR 3.2.2.4), never above one.
  if (control->adn && suffixes != nullptr && dcv::Target(*control->adn) != control->applied_for &&
      !suffixes->base_domain(*control->adn))
    return fail(ErrorCode::forbidden,
                control->adn->text() + " is a public suffix, and no Authorization Domain Name");
  return dcv::validate(*control, date_of(system_clock().now()), lab);
}

}  // namespace

net::HttpResponse problem(unsigned status, std::string_view title, std::string_view detail) {
  net::HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = json::serialize(json::object{
      {"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
  return response;
}

bool is_coordinator(const net::HttpRequest& request, const PeerPolicy& policy) {
  if (!request.client) return false;
  const auto& names = request.client->dns_names;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto& known = policy.coordinator_names;
    return std::find(known.begin(), known.end(), name) != known.end();
  });
}

Task<net::HttpResponse> serve_observe(observe::Perspective* perspective, PeerPolicy policy,
                                      net::HttpRequest request) {
  if (!is_coordinator(request, policy))
    co_return problem(403, "Forbidden", "the client certificate is not a coordinator's");
  auto asked = parse_body(request.body);
  if (!asked) co_return problem(400, "Bad Request", describe(asked.error()));
  if (auto valid = may_look(asked->request.check, perspective->settings().lab, policy.suffixes);
      !valid)
    co_return problem(400, "Bad Request", describe(valid.error()));
  auto seen =
      co_await perspective->observe(std::move(asked->request), Deadline::after(asked->wait));
  if (!seen) co_return problem(500, "Internal Server Error", seen.error().message);
  net::HttpResponse response;
  response.body = json::serialize(to_json(seen->statement));
  co_return response;
}

}  // namespace parallax::peer
