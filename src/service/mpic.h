// SPDX-License-Identifier: Apache-2.0
// The coordinator's side of the Open MPIC interface: an existing client works unchanged, over the
// same engine and under the same rules as /v1.
#pragma once

#include "base/clock.h"
#include "net/http.h"
#include "service/api_v1.h"
#include "service/router.h"
#include "service/service_info.h"
#include "service/status_route.h"

namespace parallax::service {

// POST /mpic, GET /healthz (open to all), GET /configz (to whom `access` says). Outlives the router
// it is installed in.
class MpicApi {
 public:
  MpicApi(OrderServices services, const ServiceInfo& info, const Clock& clock,
          StatusAccess access = StatusAccess::clients)
      : services_(services), info_(info), clock_(clock), access_(access) {}
  void install(Router& router);

  // Each call is an order of its own under a generated id. 200 whatever was decided; 400
  // request-validation-failed, 401, 403, 503 as {"detail": ...}, 413 as a problem, as the server
  // says it itself. In the lab every answer carries `Parallax-Lab: true`: the body has no member
  // that could say so.
  [[nodiscard]] Task<net::HttpResponse> post(net::HttpRequest request);
  [[nodiscard]] Task<net::HttpResponse> configuration();

 private:
  OrderServices services_;
  const ServiceInfo& info_;
  const Clock& clock_;
  StatusAccess access_;
};

// {"status":"healthy"}: the process answers. Also for a perspective's listener.
[[nodiscard]] Task<net::HttpResponse> healthy();

}  // namespace parallax::service
