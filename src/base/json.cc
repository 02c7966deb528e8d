// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <algorithm>
#include <set>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax {
namespace {

// A Boost.JSON SAX handler that takes everything and keeps nothing.
struct SilentHandler {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t, json::error_code&) { return true; }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_key(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
  bool on_double(double, json::string_view, json::error_code&) { return true; }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

// Counts the members that the text spells out.
struct MemberCounter : SilentHandler {
  std::size_t members = 0;

  bool on_key(json::string_view, std::size_t, json::error_code&) {
    ++members;
    return true;
  }
};

// Keeps nothing but the keys of the open objects, and stops at the first that comes twice.
struct DuplicateKeyFinder : SilentHandler {
  std::vector<std::set<std::string, std::less<>>> open;
  std::string partial;
  std::string duplicate;

  bool on_object_begin(json::error_code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    partial.append(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    partial.append(part);
    if (!open.back().insert(partial).second) {
      duplicate = partial;
      error = json::error::exception;  // any error: it only stops the parser
      return false;
    }
    partial.clear();
    return true;
  }
};

// Members of all objects in a value, which nests at most kJsonDepthMax deep.
std::size_t count_members(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += count_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) count += count_members(element);
  }
  return count;
}

// A parsed object holds each key once, with a duplicate's last value; so the text spells out more
// members than the value holds exactly if some key stands twice.
bool holds_all_members(const json::value& value, std::string_view text,
                       const json::parse_options& options) {
  json::basic_parser<MemberCounter> counter(options);
  json::error_code error;
  counter.write_some(false, text.data(), text.size(), error);
  return !error && counter.handler().members == count_members(value);
}

const json::value kNull;
const json::array kNoElements;

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kJsonDepthMax;
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return fail(ErrorCode::malformed, "not a JSON document: " + error.message());
  if (holds_all_members(value, text, options)) return value;
  json::basic_parser<DuplicateKeyFinder> finder(options);
  finder.write_some(false, text.data(), text.size(), error);
  return fail(ErrorCode::malformed, fmt::format("the JSON key \"{}\" stands twice in one object",
                                                printable(finder.handler().duplicate)));
}

ObjectReader::ObjectReader(const json::value& value, std::string pointer, UnknownKeys unknown)
    : object_(value.if_object()), pointer_(std::move(pointer)), unknown_(unknown) {
  if (object_ == nullptr)
    error_ = Error{ErrorCode::malformed, "must be a JSON object", {{"pointer", pointer_}}};
}

bool ObjectReader::has(std::string_view key) const {
  return object_ != nullptr && object_->contains(key);
}

std::string ObjectReader::pointer_to(std::string_view key) const {
  std::string out = pointer_ + "/";
  for (const char c : key) {  // RFC 6901 s3
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

void ObjectReader::reject(std::string_view key, std::string message, ErrorCode code) {
  if (error_) return;
  error_ = Error{code, std::move(message), {{"pointer", pointer_to(key)}}};
}

const json::value* ObjectReader::find(std::string_view key) {
  if (object_ == nullptr) return nullptr;
  const auto it = object_->find(key);
  if (it == object_->end()) return nullptr;
  seen_.push_back(it->key());
  return &it->value();
}

const json::value* ObjectReader::require(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) reject(key, fmt::format("\"{}\" is required", key));
  return found;
}

std::string ObjectReader::string(std::string_view key) {
  const json::value* found = require(key);
  if (found == nullptr) return {};
  if (const auto* text = found->if_string()) return std::string(*text);
  reject(key, fmt::format("\"{}\" must be a string", key));
  return {};
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t low, std::int64_t high) {
  const json::value* found = require(key);
  if (found == nullptr) return low;
  const bool whole = found->is_int64() || (found->is_uint64() && found->get_uint64() <= INT64_MAX);
  const std::int64_t number = !whole              ? low
                              : found->is_int64() ? found->get_int64()
                                                  : static_cast<std::int64_t>(found->get_uint64());
  if (whole && number >= low && number <= high) return number;
  reject(key, fmt::format("\"{}\" must be a whole number from {} to {}", key, low, high));
  return low;
}

double ObjectReader::number(std::string_view key, double low, double high) {
  const json::value* found = require(key);
  if (found == nullptr) return low;
  if (found->is_number()) {
    const double number = found->to_number<double>();
    if (number >= low && number <= high) return number;
  }
  reject(key, fmt::format("\"{}\" must be a number from {} to {}", key, low, high));
  return low;
}

bool ObjectReader::boolean(std::string_view key) {
  const json::value* found = require(key);
  if (found == nullptr) return false;
  if (const bool* flag = found->if_bool()) return *flag;
  reject(key, fmt::format("\"{}\" must be true or false", key));
  return false;
}

std::vector<std::string> ObjectReader::strings(std::string_view key) {
  std::vector<std::string> out;
  const json::array& elements = array(key);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto* text = elements[i].if_string();
    if (text == nullptr) {
      reject(key, fmt::format("\"{}\" must hold strings only", key));
      return {};
    }
    out.emplace_back(*text);
  }
  return out;
}

const json::value& ObjectReader::value(std::string_view key) {
  const json::value* found = require(key);
  return found == nullptr ? kNull : *found;
}

const json::array& ObjectReader::array(std::string_view key) {
  const json::value* found = require(key);
  if (found == nullptr) return kNoElements;
  if (const auto* elements = found->if_array()) return *elements;
  reject(key, fmt::format("\"{}\" must be an array", key));
  return kNoElements;
}

const json::value* ObjectReader::optional_value(std::string_view key) {
  const json::value* found = find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string> ObjectReader::optional_string(std::string_view key) {
  if (optional_value(key) == nullptr) return std::nullopt;
  return string(key);
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view key, std::int64_t low,
                                                           std::int64_t high) {
  if (optional_value(key) == nullptr) return std::nullopt;
  return integer(key, low, high);
}

std::optional<double> ObjectReader::optional_number(std::string_view key, double low, double high) {
  if (optional_value(key) == nullptr) return std::nullopt;
  return number(key, low, high);
}

std::optional<bool> ObjectReader::optional_boolean(std::string_view key) {
  if (optional_value(key) == nullptr) return std::nullopt;
  return boolean(key);
}

std::optional<std::vector<std::string>> ObjectReader::optional_strings(std::string_view key) {
  if (optional_value(key) == nullptr) return std::nullopt;
  return strings(key);
}

Status ObjectReader::finish() const {
  if (error_) return fail(*error_);
  if (unknown_ == UnknownKeys::refuse && object_ != nullptr) {
    for (const auto& member : *object_) {
      const std::string_view key = member.key();
      if (std::find(seen_.begin(), seen_.end(), key) == seen_.end())
        return fail(Error{ErrorCode::malformed,
                          fmt::format("\"{}\" is not a known member here", printable(key, 60)),
                          {{"pointer", pointer_to(key)}}});
    }
  }
  return {};
}

}  // namespace parallax
