// SPDX-License-Identifier: Apache-2.0
// JSON at the door: bounded, strict parsing and a reader that knows where it is.
//
// Boost.JSON silently keeps the last of duplicate keys; two readers of one document could then
// disagree, so duplicates are refused here. Errors name the place as a JSON pointer (RFC 6901) in
// the context entry "pointer".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace parallax {

namespace json = boost::json;

// Deepest nesting accepted from anybody.
inline constexpr std::size_t kJsonDepthMax = 16;

// One JSON document (RFC 8259), UTF-8, nesting at most kJsonDepthMax, no duplicate keys, nothing
// behind it but white space. The caller bounds the size. Error: malformed.
[[nodiscard]] Result<json::value> parse_json(std::string_view text);

// What an ObjectReader does with members nobody asked for.
enum class UnknownKeys { refuse, ignore };

// Reads the members of one object in any order and collects the first error. Ask for every member,
// then call finish(): it reports the first error, or a member that nobody asked for.
//
//   ObjectReader in(value, "/order");
//   const std::string id = in.string("id");
//   const auto days = in.optional_integer("days", 0, 30);
//   if (const auto end = in.finish(); !end) return fail(end.error());
//
// Borrows the value, which must outlive the reader. Not thread safe.
class ObjectReader {
 public:
  ObjectReader(const json::value& value, std::string pointer,
               UnknownKeys unknown = UnknownKeys::refuse);

  [[nodiscard]] bool has(std::string_view key) const;

  // Required members: a missing or mistyped one is remembered as the error, and a default is
  // returned so that reading can go on.
  [[nodiscard]] std::string string(std::string_view key);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
  [[nodiscard]] double number(std::string_view key, double low, double high);
  [[nodiscard]] bool boolean(std::string_view key);
  [[nodiscard]] std::vector<std::string> strings(std::string_view key);
  // The member itself, whatever it is; null value if missing (and an error remembered).
  [[nodiscard]] const json::value& value(std::string_view key);
  // A member that must be an array; empty if missing (and an error remembered).
  [[nodiscard]] const json::array& array(std::string_view key);

  // Optional members: absent and null both give nullopt (or nullptr).
  [[nodiscard]] std::optional<std::string> optional_string(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t low,
                                                             std::int64_t high);
  [[nodiscard]] std::optional<double> optional_number(std::string_view key, double low,
                                                      double high);
  [[nodiscard]] std::optional<bool> optional_boolean(std::string_view key);
  [[nodiscard]] std::optional<std::vector<std::string>> optional_strings(std::string_view key);
  [[nodiscard]] const json::value* optional_value(std::string_view key);

  // The JSON pointer of a member of this object.
  [[nodiscard]] std::string pointer_to(std::string_view key) const;
  // Remembers an error about `key` unless there is one already.
  void reject(std::string_view key, std::string message, ErrorCode code = ErrorCode::malformed);
  // The first error, or the first unknown member if those are refused.
  [[nodiscard]] Status finish() const;

 private:
  const json::value* find(std::string_view key);
  const json::value* require(std::string_view key);

  const json::object* object_ = nullptr;
  std::string pointer_;
  UnknownKeys unknown_;
  std::vector<std::string_view> seen_;
  std::optional<Error> error_;
};

}  // namespace parallax
