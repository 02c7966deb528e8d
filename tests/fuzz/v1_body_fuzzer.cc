// SPDX-License-Identifier: Apache-2.0
// Invariant: a body becomes an order that keeps every promise of Order, or an error that is fit for
// a problem answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/json.h"
#include "service/order_request.h"
#include "service/problem.h"

namespace {

using namespace parallax;

void require(bool holds) {
  if (!holds) std::abort();
}

const names::PublicSuffixList& suffixes() {
  static const auto list = names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  return list;
}

void check_order(const service::OrderRequest& request) {
  const orders::Order& order = request.order;
  require(request.places.size() == order.names.size());
  require(order.controls.empty() || order.controls.size() == order.names.size());
  require(service::valid_order_id(order.id));
  require(!order.names.empty() && order.names.size() <= orders::kNamesPerOrderMax);
  require(!order.issuers.empty() && order.issuers.size() <= orders::kIssuersPerOrderMax);
  std::set<std::string> texts;
  for (std::size_t i = 0; i < order.names.size(); ++i) {
    const auto& name = order.names[i];
    const bool control = !order.controls.empty() && order.controls[i].has_value();
    const bool address = std::holds_alternative<names::IpAddress>(name);
    require(texts.insert(names::text_of(name)).second);
    require(address ? control : names::caa_domain(name).has_value());
    require(address || names::check_certifiable(name, suffixes()).has_value());
    const bool smime = order.type == caa::CertificateType::smime;
    require(!std::holds_alternative<names::WildcardName>(name) || !smime);
    require(!std::holds_alternative<names::MailboxAddress>(name) || smime);
  }
  require(service::request_digest(order).size() == 64);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto order = service::parse_order_request(body, "generated", suffixes());
  if (order) {
    check_order(*order);
    return 0;
  }
  const auto response = service::to_response(service::problem_with_request(order.error()));
  require(response.status == 400);
  require(parse_json(response.body).has_value());
  return 0;
}
