// SPDX-License-Identifier: Apache-2.0
#include "net/problem.h"

#include <boost/beast/http/status.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.h"

namespace parallax::net {

std::string status_title(unsigned status) {
  switch (status) {
    // Beast keeps the names of RFC 7231; these two have changed since.
    case 413: return "Content Too Large";
    case 422: return "Unprocessable Content";
    default: break;
  }
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {reason.data(), reason.size()};
}

HttpResponse problem(unsigned status, std::string detail) {
  boost::json::object body;
  body["type"] = "about:blank";
  body["title"] = status_title(status);
  body["status"] = status;
  body["detail"] = is_utf8(detail) ? detail : printable(detail);
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(body);
  return response;
}

}  // namespace parallax::net
