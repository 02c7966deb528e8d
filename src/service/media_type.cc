// SPDX-License-Identifier: Apache-2.0
#include "service/media_type.h"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

constexpr std::size_t kQuotedHeaderSizeMax = 60;

bool is_json(std::string_view content_type) {
  const std::string type(content_type.substr(0, content_type.find(';')));
  return boost::algorithm::iequals(boost::algorithm::trim_copy(type), "application/json");
}

}  // namespace

std::optional<Problem> problem_with_wrapping(const net::HttpRequest& request) {
  const auto type = request.header("content-type");
  if (!type)
    return Problem{ProblemKind::unsupported_media_type,
                   "The request names no Content-Type; send application/json.",
                   {},
                   {}};
  if (!is_json(*type))
    return Problem{ProblemKind::unsupported_media_type,
                   fmt::format("The Content-Type is \"{}\"; send application/json.",
                               printable(*type, kQuotedHeaderSizeMax)),
                   {},
                   {}};
  const auto coding = request.header("content-encoding");
  if (coding && !boost::algorithm::iequals(*coding, "identity"))
    return Problem{ProblemKind::unsupported_media_type,
                   fmt::format("The Content-Encoding \"{}\" is not accepted; send plain JSON.",
                               printable(*coding, kQuotedHeaderSizeMax)),
                   {},
                   {}};
  if (request.body.size() > kOrderBodySizeMax)
    return Problem{ProblemKind::body_too_large,
                   fmt::format("The body has {} octets; at most {} are accepted.",
                               request.body.size(), kOrderBodySizeMax),
                   {},
                   {}};
  return std::nullopt;
}

}  // namespace parallax::service
