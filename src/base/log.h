// SPDX-License-Identifier: Apache-2.0
// Structured logging: an event name, a level and named fields, written to standard error as text
// or as one JSON object per line. Thread safe. Never pass a token, key or mailbox local part.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace parallax::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

// A named value; values are written as strings, escaped for the format in use.
struct Field {
  std::string_view name;
  std::string value;
};

// Sets level and format for the process; before it is called: info, text.
void configure(Level level, Format format);

void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

// "debug" | "info" | "warning" | "error"; "text" | "json". Error: malformed.
[[nodiscard]] Result<Level> parse_level(std::string_view text);
[[nodiscard]] Result<Format> parse_format(std::string_view text);

}  // namespace parallax::log
