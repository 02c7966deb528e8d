// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"

namespace parallax::service {
namespace {

const json::value kNull;
// The bound on issues told: a body of nothing but mistakes gets no answer larger than itself.
constexpr std::size_t kIssuesMax = 20;
// Inputs are echoed in issues; long ones are cut.
constexpr std::size_t kEchoedTextMax = 200;
constexpr double kSafeIntegerMax = 9'007'199'254'740'992.0;  // 2^53

json::value echo(const json::value& input) {
  if (const auto* text = input.if_string(); text != nullptr && text->size() > kEchoedTextMax)
    return json::value("(long text)");
  if (input.is_structured()) return json::value(nullptr);
  return input;
}

std::optional<std::int64_t> integer_text(std::string text) {
  boost::algorithm::trim(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> integer_value(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (const auto* text = value.if_string()) return integer_text(std::string(*text));
  if (const double* number = value.if_double())
    if (std::trunc(*number) == *number && std::abs(*number) < kSafeIntegerMax)
      return static_cast<std::int64_t>(*number);
  return std::nullopt;
}

std::optional<bool> boolean_value(const json::value& value) {
  if (const bool* flag = value.if_bool()) return *flag;
  if (value.is_int64() && (value.get_int64() == 0 || value.get_int64() == 1))
    return value.get_int64() == 1;
  const auto* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  static constexpr std::array<std::string_view, 6> kTrue = {"true", "1", "yes", "on", "t", "y"};
  static constexpr std::array<std::string_view, 6> kFalse = {"false", "0", "no", "off", "f", "n"};
  const std::string lower = boost::algorithm::to_lower_copy(std::string(*text));
  if (std::find(kTrue.begin(), kTrue.end(), lower) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), lower) != kFalse.end()) return false;
  return std::nullopt;
}

}  // namespace

void SchemaIssues::add(std::string_view type, const json::array& loc, std::string_view message,
                       const json::value& input) {
  if (issues_.size() >= kIssuesMax) return;
  json::array whole = prefix_;
  whole.insert(whole.end(), loc.begin(), loc.end());
  json::object issue;
  issue["type"] = type;
  issue["loc"] = std::move(whole);
  issue["msg"] = message;
  issue["input"] = echo(input);
  issues_.push_back(std::move(issue));
}

SchemaReader::SchemaReader(const json::value& value, json::array loc, SchemaIssues& issues)
    : value_(value), object_(value.if_object()), loc_(std::move(loc)), issues_(issues) {
  if (object_ == nullptr)
    issues_.add("model_type", loc_, "Input should be a valid dictionary or object", value);
}

json::array SchemaReader::loc_of(std::string_view key) const {
  json::array out = loc_;
  out.emplace_back(json::string(key));
  return out;
}

const json::value* SchemaReader::find(std::string_view key) const {
  if (object_ == nullptr) return nullptr;
  const json::value* found = object_->if_contains(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

bool SchemaReader::has(std::string_view key) const { return find(key) != nullptr; }

const json::value& SchemaReader::member(std::string_view key) const {
  const json::value* found = find(key);
  return found == nullptr ? kNull : *found;
}

std::optional<std::string> SchemaReader::string(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* text = found->if_string()) return std::string(*text);
  issues_.add("string_type", loc_of(key), "Input should be a valid string", *found);
  return std::nullopt;
}

std::string SchemaReader::required_string(std::string_view key) {
  if (object_ == nullptr) return {};
  const json::value* found = object_->if_contains(key);
  if (found == nullptr)
    issues_.add("missing", loc_of(key), "Field required", value_);
  else if (const auto* text = found->if_string())
    return std::string(*text);
  else
    issues_.add("string_type", loc_of(key), "Input should be a valid string", *found);
  return {};
}

std::optional<std::int64_t> SchemaReader::integer(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto number = integer_value(*found)) return number;
  if (found->is_string())
    issues_.add("int_parsing", loc_of(key),
                "Input should be a valid integer, unable to parse string as an integer", *found);
  else
    issues_.add("int_type", loc_of(key), "Input should be a valid integer", *found);
  return std::nullopt;
}

std::optional<bool> SchemaReader::boolean(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto flag = boolean_value(*found)) return flag;
  issues_.add("bool_parsing", loc_of(key), "Input should be a valid boolean", *found);
  return std::nullopt;
}

std::optional<std::vector<std::string>> SchemaReader::strings(std::string_view key) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  const json::array* elements = found->if_array();
  if (elements == nullptr) {
    issues_.add("list_type", loc_of(key), "Input should be a valid list", *found);
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    if (const auto* text = (*elements)[i].if_string()) {
      out.emplace_back(*text);
      continue;
    }
    json::array loc = loc_of(key);
    loc.emplace_back(i);
    issues_.add("string_type", loc, "Input should be a valid string", (*elements)[i]);
  }
  return out;
}

std::optional<std::string> SchemaReader::literal(std::string_view key,
                                                 const std::vector<std::string_view>& allowed) {
  const json::value* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* text = found->if_string()) {
    const std::string_view have(text->data(), text->size());
    if (std::find(allowed.begin(), allowed.end(), have) != allowed.end()) return std::string(have);
  }
  issues_.add("literal_error", loc_of(key),
              fmt::format("Input should be '{}'", fmt::join(allowed, "' or '")), *found);
  return std::nullopt;
}

MpicCaaParameters read_caa_parameters(const json::value& value, json::array loc,
                                      SchemaIssues& issues) {
  MpicCaaParameters out;
  if (value.is_null()) return out;
  SchemaReader in(value, std::move(loc), issues);
  if (in.literal("certificate_type", {"tls-server", "s-mime"}) == "s-mime")
    out.type = caa::CertificateType::smime;
  out.caa_domains = in.strings("caa_domains");
  out.allow_lookup_failure = in.boolean("allow_lookup_failure");
  return out;
}

std::string_view mpic_certificate_type(caa::CertificateType type) {
  return type == caa::CertificateType::smime ? "s-mime" : "tls-server";
}

tl::expected<json::value, json::array> parse_mpic_document(std::string_view body,
                                                           json::array prefix) {
  auto document = parse_json(body);
  if (document) return *std::move(document);
  SchemaIssues issues(std::move(prefix));
  issues.add("json_invalid", {}, "Invalid JSON: " + document.error().message, kNull);
  return tl::unexpected(issues.take());
}

}  // namespace parallax::service
