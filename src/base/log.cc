// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <atomic>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/encoding.h"

namespace parallax::log {
namespace {

std::atomic<Format> active_format{Format::text};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = spdlog::stderr_logger_mt("parallax");
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum native(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

constexpr std::size_t kFieldSizeMax = 2000;

std::string as_json(Level level, std::string_view event, std::initializer_list<Field> fields) {
  boost::json::object line;
  line["time"] = format_instant(system_clock().now());
  line["level"] = name_of(level);
  line["event"] = event;
  for (const Field& field : fields)
    line[field.name] = is_utf8(field.value) && field.value.size() <= kFieldSizeMax
                           ? field.value
                           : printable(field.value, kFieldSizeMax);
  return boost::json::serialize(line);
}

std::string as_text(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line =
      fmt::format("{} {:7} {}", format_instant(system_clock().now()), name_of(level), event);
  for (const Field& field : fields) {
    const std::string value = printable(field.value, kFieldSizeMax);
    const bool bare = !value.empty() && value.find_first_of(" \"=") == std::string::npos;
    line += bare ? fmt::format(" {}={}", field.name, value)
                 : fmt::format(" {}=\"{}\"", field.name, value);
  }
  return line;
}

}  // namespace

void configure(Level level, Format format) {
  active_format = format;
  logger().set_level(native(level));
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  spdlog::logger& out = logger();
  if (!out.should_log(native(level))) return;
  out.log(native(level),
          spdlog::string_view_t(active_format == Format::json ? as_json(level, event, fields)
                                                              : as_text(level, event, fields)));
}

Result<Level> parse_level(std::string_view text) {
  for (const Level level : {Level::debug, Level::info, Level::warning, Level::error})
    if (text == name_of(level)) return level;
  return fail(ErrorCode::malformed, "a log level is debug, info, warning or error");
}

Result<Format> parse_format(std::string_view text) {
  if (text == "text") return Format::text;
  if (text == "json") return Format::json;
  return fail(ErrorCode::malformed, "a log format is text or json");
}

}  // namespace parallax::log
