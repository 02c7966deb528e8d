// SPDX-License-Identifier: Apache-2.0
// Parts that every answer is made of, as JSON. What came from the network is escaped so that the
// result is always UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/time.h"
#include "names/domain_name.h"
#include "net/http.h"
#include "rules/rule.h"

namespace parallax::service {

// Text as it is if it is UTF-8, else printable ASCII with every other octet as \xNN.
[[nodiscard]] boost::json::string json_text(std::string_view from);
[[nodiscard]] boost::json::array json_texts(const std::vector<std::string>& from);
// RFC 3339 with nanoseconds, or null.
[[nodiscard]] boost::json::value json_instant(const std::optional<Instant>& when);
[[nodiscard]] boost::json::value json_name(const std::optional<names::DomainName>& name);
// {rule, document, version, section, ballot}
[[nodiscard]] boost::json::object json_rule(const rules::Rule& rule);
// `body` as an answer of application/json.
[[nodiscard]] net::HttpResponse json_response(unsigned status, const boost::json::object& body);

}  // namespace parallax::service
