// SPDX-License-Identifier: Apache-2.0
// Every setting, declared once: key, kind, default, bounds, unit and what it does. The loader
// takes defaults and bounds from here, and docs/configuration.md is printed from here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parallax::cli {

enum class SettingKind { text, texts, integer, number, boolean, tables };

struct Setting {
  std::string_view key;  // "dns.lookup_timeout_ms"; of a table in a list: "remotes[].code"
  SettingKind kind;
  std::string_view fallback;  // the default as TOML text; empty: no default
  double low = 0;             // bounds of integers and numbers
  double high = 0;
  std::string_view text;  // one sentence or two, with the unit
};

[[nodiscard]] std::span<const Setting> all_settings();
// Nullptr if there is no such setting.
[[nodiscard]] const Setting* find_setting(std::string_view key);
// The known key nearest to `key` by edit distance, or empty if none is near.
[[nodiscard]] std::string_view nearest_setting(std::string_view key);
// docs/configuration.md: a table per section.
[[nodiscard]] std::string settings_markdown();

}  // namespace parallax::cli
