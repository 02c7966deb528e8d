// SPDX-License-Identifier: Apache-2.0
// Reads declared settings out of a TOML table: unknown keys, kinds, bounds and defaults are the
// declaration's (cli/setting.h), not the caller's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"

namespace parallax::cli {

// Collects the first error; ask finish() at the end. Borrows the table.
class SettingsReader {
 public:
  // `prefix` is how keys of `table` are declared: "" for the file, "remotes[]." for one remote.
  SettingsReader(const toml::table& table, std::string prefix, std::string folder);

  [[nodiscard]] std::string text(std::string_view key);
  // A text that names a file, relative to the configuration's folder; empty stays empty.
  [[nodiscard]] std::string file(std::string_view key);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  [[nodiscard]] std::int64_t integer(std::string_view key);
  [[nodiscard]] bool boolean(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const;

  // Refuses keys that are not declared, in this table and the tables inside it (lists of tables
  // are left to readers of their own).
  void refuse_unknown();
  void reject(std::string_view key, std::string_view why);
  [[nodiscard]] Status finish() const;

 private:
  [[nodiscard]] const toml::node* find(std::string_view key) const;
  void refuse_unknown(const toml::table& table, const std::string& path);

  const toml::table& table_;
  std::string prefix_;
  std::string folder_;
  std::optional<Error> error_;
};

}  // namespace parallax::cli
