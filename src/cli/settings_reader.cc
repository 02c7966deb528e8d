// SPDX-License-Identifier: Apache-2.0
#include "cli/settings_reader.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/encoding.h"
#include "cli/setting.h"

namespace parallax::cli {
namespace {

// The declaration of a key that this program itself asks for: missing is a bug.
const Setting& declared(const std::string& key) {
  const Setting* setting = find_setting(key);
  if (setting == nullptr) std::abort();
  return *setting;
}

std::string unquoted(std::string_view toml_text) {
  if (toml_text.size() >= 2 && toml_text.front() == '"')
    return std::string(toml_text.substr(1, toml_text.size() - 2));
  return std::string(toml_text);
}

}  // namespace

SettingsReader::SettingsReader(const toml::table& table, std::string prefix, std::string folder)
    : table_(table), prefix_(std::move(prefix)), folder_(std::move(folder)) {}

const toml::node* SettingsReader::find(std::string_view key) const {
  return table_.at_path(key).node();
}

bool SettingsReader::has(std::string_view key) const { return find(key) != nullptr; }

void SettingsReader::reject(std::string_view key, std::string_view why) {
  if (error_) return;
  error_ = Error{ErrorCode::configuration, fmt::format("{}{}: {}", prefix_, key, why), {}};
  if (const toml::node* node = find(key))
    error_->context.emplace_back("line", std::to_string(node->source().begin.line));
}

std::string SettingsReader::text(std::string_view key) {
  const Setting& setting = declared(prefix_ + std::string(key));
  const toml::node* node = find(key);
  if (node == nullptr) return unquoted(setting.fallback);
  if (const auto value = node->value_exact<std::string>()) return *value;
  reject(key, "must be a text in quotes");
  return {};
}

std::string SettingsReader::file(std::string_view key) {
  std::string name = text(key);
  if (name.empty() || name.front() == '/' || folder_.empty()) return name;
  return folder_ + "/" + name;
}

std::vector<std::string> SettingsReader::texts(std::string_view key) {
  const Setting& setting = declared(prefix_ + std::string(key));
  std::vector<std::string> out;
  toml::table fallback;
  const toml::node* node = find(key);
  if (node == nullptr) {
    // The fallback is our own declaration: it parses.
    fallback = toml::parse(fmt::format("value = {}", setting.fallback));
    node = fallback.get("value");
  }
  const toml::array* elements = node->as_array();
  if (elements == nullptr) {
    reject(key, "must be a list of texts");
    return out;
  }
  for (const toml::node& element : *elements) {
    const auto value = element.value_exact<std::string>();
    if (!value) reject(key, "must be a list of texts");
    if (value) out.push_back(*value);
  }
  return out;
}

std::int64_t SettingsReader::integer(std::string_view key) {
  const Setting& setting = declared(prefix_ + std::string(key));
  const auto low = static_cast<std::int64_t>(setting.low);
  const auto high = static_cast<std::int64_t>(setting.high);
  const toml::node* node = find(key);
  if (node == nullptr) return std::strtoll(std::string(setting.fallback).c_str(), nullptr, 10);
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= low && *value <= high) return *value;
  reject(key, fmt::format("must be a whole number from {} to {}", low, high));
  return low;
}

bool SettingsReader::boolean(std::string_view key) {
  const Setting& setting = declared(prefix_ + std::string(key));
  const toml::node* node = find(key);
  if (node == nullptr) return setting.fallback == "true";
  if (const auto value = node->value_exact<bool>()) return *value;
  reject(key, "must be true or false");
  return false;
}

void SettingsReader::refuse_unknown() { refuse_unknown(table_, ""); }

void SettingsReader::refuse_unknown(const toml::table& table, const std::string& path) {
  for (const auto& [key, node] : table) {
    const std::string name = path + std::string(key.str());
    if (find_setting(prefix_ + name) != nullptr) continue;
    if (const toml::table* inner = node.as_table()) {
      refuse_unknown(*inner, name + ".");
      continue;
    }
    const std::string_view near = nearest_setting(prefix_ + name);
    if (error_) return;
    error_ = Error{ErrorCode::configuration,
                   near.empty() ? fmt::format("{}{} is not a setting", prefix_, printable(name, 80))
                                : fmt::format("{}{} is not a setting; did you mean {}?", prefix_,
                                              printable(name, 80), near),
                   {{"line", std::to_string(key.source().begin.line)}}};
  }
}

Status SettingsReader::finish() const {
  if (error_) return fail(*error_);
  return {};
}

}  // namespace parallax::cli
