// SPDX-License-Identifier: Apache-2.0
#include "service/openapi.h"

namespace parallax::service {
namespace {

Task<net::HttpResponse> document() {
  net::HttpResponse response;
  response.body = openapi_document();
  co_return response;
}

}  // namespace

void install_openapi(Router& router) {
  router.add("GET", "/openapi.json", [](net::HttpRequest, std::string) { return document(); });
}

}  // namespace parallax::service
