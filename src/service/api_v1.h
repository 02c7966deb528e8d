// SPDX-License-Identifier: Apache-2.0
// The /v1 interface: orders in, decisions out.
#pragma once

#include <string>

#include "base/crypto.h"
#include "names/public_suffix.h"
#include "net/http.h"
#include "orders/desk.h"
#include "service/authenticator.h"
#include "service/order_request.h"
#include "service/router.h"

namespace parallax::service {

// What handlers of orders work with. One per worker, since a desk belongs to one; everything else
// may be shared. All of it outlives the handlers.
struct OrderServices {
  orders::OrderDesk& desk;
  const Authenticator& authenticator;
  const names::PublicSuffixList& suffixes;
  Random& random;
};

// POST /v1/corroborations and GET /v1/corroborations/{id}. Outlives the router it is installed in.
class ApiV1 {
 public:
  explicit ApiV1(OrderServices services) : services_(services) {}
  void install(Router& router);

  // Authenticates, parses, checks the issuers' binding, places the order. 200 with the answer
  // (`Idempotency-Replayed: true` when it is an earlier one), or problem details.
  [[nodiscard]] Task<net::HttpResponse> post(net::HttpRequest request);
  // The stored answer to one of the caller's own orders.
  [[nodiscard]] Task<net::HttpResponse> get(net::HttpRequest request, std::string id);

 private:
  [[nodiscard]] tl::expected<OrderRequest, net::HttpResponse> admit(
      const net::HttpRequest& request) const;

  OrderServices services_;
};

}  // namespace parallax::service
