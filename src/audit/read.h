// SPDX-License-Identifier: Apache-2.0
// What the readers of a record's parts share. Borrowed values, pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "audit/record.h"
#include "base/json.h"

namespace parallax::audit {

// Members that joined since are ignored.
class RecordReader : public ObjectReader {
 public:
  RecordReader(const json::value& value, std::string pointer)
      : ObjectReader(value, std::move(pointer), UnknownKeys::ignore) {}

  [[nodiscard]] Instant instant(std::string_view key) {
    const auto read = parse_instant(string(key));
    if (!read) reject(key, read.error().message);
    return read.value_or(Instant());
  }
  [[nodiscard]] std::optional<Instant> optional_instant(std::string_view key) {
    if (optional_value(key) == nullptr) return std::nullopt;
    return instant(key);
  }
  [[nodiscard]] Outcome outcome(std::string_view key);
  [[nodiscard]] std::optional<std::size_t> optional_position(std::string_view key,
                                                             std::size_t size);
  // The text of a member as what `parse` makes of it, if that is anything.
  template <class Parse>
  [[nodiscard]] auto parsed(std::string_view key, Parse parse) {
    auto read = parse(string(key));
    if (!read) reject(key, read.error().message);
    return read;
  }
};

// The elements of a list, at most `max`, each read by read(value, pointer).
template <class Read>
auto read_list(RecordReader& in, std::string_view key, std::size_t max, Read read) {
  using Item = typename decltype(read(json::value(), std::string()))::value_type;
  std::vector<Item> items;
  const json::array& list = in.array(key);
  if (list.size() > max)
    return Result<std::vector<Item>>(
        fail(Error{ErrorCode::malformed,
                   fmt::format("a list of {} elements, at most {}", list.size(), max),
                   {{"pointer", in.pointer_to(key)}}}));
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto item = read(list[i], fmt::format("{}/{}", in.pointer_to(key), i));
    if (!item) return Result<std::vector<Item>>(fail(std::move(item.error())));
    items.push_back(std::move(*item));
  }
  return Result<std::vector<Item>>(std::move(items));
}

// A member that may be null, read by read(value, pointer).
template <class Read>
auto read_optional(RecordReader& in, std::string_view key, Read read) {
  using Item = typename decltype(read(json::value(), std::string()))::value_type;
  const json::value* value = in.optional_value(key);
  if (value == nullptr) return Result<std::optional<Item>>(std::nullopt);
  auto item = read(*value, in.pointer_to(key));
  if (!item) return Result<std::optional<Item>>(fail(std::move(item.error())));
  return Result<std::optional<Item>>(std::move(*item));
}

[[nodiscard]] Result<RecordedReport> read_report(const json::value& value, std::string pointer);
[[nodiscard]] Result<RecordedCheck> read_check(const json::value& value, std::string pointer);
// `checks`: how many the record has.
[[nodiscard]] Result<RecordedName> read_name(const json::value& value, std::string pointer,
                                             caa::CertificateType type, std::size_t checks);

}  // namespace parallax::audit
