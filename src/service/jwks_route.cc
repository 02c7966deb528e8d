// SPDX-License-Identifier: Apache-2.0
#include "service/jwks_route.h"

#include <boost/json/serialize.hpp>

#include "permit/jws.h"

namespace parallax::service {
namespace {

// As long as a signer may go on without a key that was just added.
constexpr const char* kCacheControl = "public, max-age=300";

Task<net::HttpResponse> answer(std::string body) {
  co_return net::HttpResponse{
      200, "application/jwk-set+json", std::move(body), {{"Cache-Control", kCacheControl}}};
}

}  // namespace

void install_jwks_route(Router& router, const std::vector<VerifyingKey>& keys) {
  boost::json::array list;
  for (const VerifyingKey& key : keys) list.push_back(permit::to_jwk(key));
  router.add("GET", "/.well-known/jwks.json",
             [body = boost::json::serialize(boost::json::object{{"keys", std::move(list)}})](
                 const net::HttpRequest&, const std::string&) { return answer(body); });
}

}  // namespace parallax::service
