// SPDX-License-Identifier: Apache-2.0
#include "cli/setting.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <toml++/toml.h>

#include "cli/config.h"

namespace parallax::cli {
namespace {

TEST(Settings, TheDocumentIsWhatIsDeclared) {
  std::ifstream file(std::string(PARALLAX_SOURCE_DIR) + "/docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), settings_markdown())
      << "refresh it: parallax config settings > docs/configuration.md";
}

TEST(Settings, AreEachDeclaredOnceAndDescribed) {
  std::set<std::string_view> keys;
  for (const Setting& setting : all_settings()) {
    SCOPED_TRACE(setting.key);
    EXPECT_TRUE(keys.insert(setting.key).second);
    EXPECT_TRUE(setting.text.ends_with('.')) << "a sentence";
    EXPECT_EQ(find_setting(setting.key), &setting);
    if (setting.kind == SettingKind::integer || setting.kind == SettingKind::number)
      EXPECT_LT(setting.low, setting.high);
  }
}

TEST(Settings, EveryDefaultIsOfItsKindAndWithinItsBounds) {
  for (const Setting& setting : all_settings()) {
    SCOPED_TRACE(setting.key);
    if (setting.fallback.empty()) continue;
    const toml::table table = toml::parse("value = " + std::string(setting.fallback));
    const toml::node* value = table.get("value");
    switch (setting.kind) {
      case SettingKind::text: EXPECT_TRUE(value->is_string()); break;
      case SettingKind::texts: EXPECT_TRUE(value->is_array()); break;
      case SettingKind::boolean: EXPECT_TRUE(value->is_boolean()); break;
      case SettingKind::integer:
      case SettingKind::number:
        ASSERT_TRUE(value->is_number());
        EXPECT_GE(*value->value<double>(), setting.low);
        EXPECT_LE(*value->value<double>(), setting.high);
        break;
      case SettingKind::tables: ADD_FAILURE() << "tables have no default";
    }
  }
}

TEST(Settings, TheNearestKeyIsSuggestedAndNothingFarAway) {
  const std::pair<const char*, const char*> cases[] = {
      {"dns.lookup_timeout", "dns.lookup_timeout_ms"},
      {"dns.validates", "dns.validate"},
      {"server.listne", "server.listen"},
      {"remotes[].pubic_key", "remotes[].public_key"},
      {"remotes[].validate", "remotes[].validates"},
      {"xyzzy", ""},
      {"", ""},
  };
  for (const auto& [key, nearest] : cases) EXPECT_EQ(nearest_setting(key), nearest) << key;
  EXPECT_EQ(nearest_setting(std::string(100'000, 'd')), "");
}

// What is written by somebody who copies the table of settings must be accepted.
TEST(Settings, EveryDefaultMayBeWrittenDown) {
  std::string toml;
  for (const Setting& setting : all_settings())
    if (!setting.fallback.empty() && !setting.key.starts_with("remotes") &&
        !setting.key.starts_with("primary."))
      toml += std::string(setting.key) + " = " + std::string(setting.fallback) + "\n";
  const auto config = parse_config(toml, "");
  EXPECT_TRUE(config) << describe(config.error());
}

}  // namespace
}  // namespace parallax::cli
