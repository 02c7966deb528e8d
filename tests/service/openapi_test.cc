// SPDX-License-Identifier: Apache-2.0
#include "service/openapi.h"

#include <set>

#include <gtest/gtest.h>

#include "service/service_fixture.h"

namespace parallax::service {
namespace {

json::value document() {
  // Deeper than what is accepted from outside, so not parse_json.
  json::parse_options options;
  options.max_depth = 64;
  return json::parse(json::string_view(openapi_document()), {}, options);
}

TEST(OpenApi, IsServed) {
  Router router;
  install_openapi(router);
  const auto response = testing::run(router.answer(testing::get("/openapi.json", "")));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, openapi_document());
  EXPECT_EQ(document().at("openapi").as_string(), "3.1.0");
  testing::keep_sample("GET", "/openapi.json", response);
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  std::set<std::string> described;
  const json::value whole = document();
  for (const auto& path : whole.at("paths").as_object()) described.insert(std::string(path.key()));
  const std::set<std::string> routes(kRoutePatterns.begin(), kRoutePatterns.end());
  EXPECT_EQ(described, routes);
}

// An undocumented member of an answer must fail validation.
TEST(OpenApi, AnswersAreClosed) {
  const json::value whole = document();
  for (const auto& schema : whole.at("components").at("schemas").as_object()) {
    const std::string name(schema.key());
    if (name.ends_with("Request") && name != "OrderRequest") continue;
    const json::value* type = schema.value().as_object().if_contains("type");
    if (type == nullptr || *type != json::value("object")) continue;
    SCOPED_TRACE(name);
    const json::value* more = schema.value().as_object().if_contains("additionalProperties");
    ASSERT_NE(more, nullptr);
    EXPECT_EQ(*more, json::value(false));
  }
}

}  // namespace
}  // namespace parallax::service
