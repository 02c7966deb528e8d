// SPDX-License-Identifier: Apache-2.0
// Bodies of the Open MPIC interface: read as its services read them (unknown members ignored,
// numbers and booleans also as strings), refused in the shape its clients parse:
//   {"type": ..., "loc": [...], "msg": ..., "input": ...}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "caa/assess.h"

namespace parallax::service {

// Collects every issue of one document; readers of inner objects share it.
class SchemaIssues {
 public:
  // `prefix` begins every "loc" ("body" at a perspective).
  explicit SchemaIssues(boost::json::array prefix = {}) : prefix_(std::move(prefix)) {}
  void add(std::string_view type, const boost::json::array& loc, std::string_view message,
           const boost::json::value& input);
  [[nodiscard]] bool empty() const { return issues_.empty(); }
  [[nodiscard]] boost::json::array take() { return std::move(issues_); }

 private:
  boost::json::array prefix_;
  boost::json::array issues_;
};

// Reads members of one object. A null or absent optional member is nullopt; a mistyped one is an
// issue and nullopt. Borrows value and issues.
class SchemaReader {
 public:
  SchemaReader(const boost::json::value& value, boost::json::array loc, SchemaIssues& issues);

  [[nodiscard]] bool has(std::string_view key) const;  // present and not null
  [[nodiscard]] std::optional<std::string> string(std::string_view key);
  [[nodiscard]] std::string required_string(std::string_view key);
  // Whole numbers, also as decimal text or as a number with a zero fraction.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key);
  // true, false, and the texts that stand for them: true/false, 1/0, yes/no, on/off, t/f, y/n.
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<std::vector<std::string>> strings(std::string_view key);
  // One of `allowed`.
  [[nodiscard]] std::optional<std::string> literal(std::string_view key,
                                                   const std::vector<std::string_view>& allowed);
  // The member, for a reader of its own; null value if absent.
  [[nodiscard]] const boost::json::value& member(std::string_view key) const;
  [[nodiscard]] boost::json::array loc_of(std::string_view key) const;
  // A reader of the member, which is there; an issue if it is no object.
  [[nodiscard]] SchemaReader inner(std::string_view key) {
    return SchemaReader(member(key), loc_of(key), issues_);
  }

 private:
  const boost::json::value* find(std::string_view key) const;

  const boost::json::value& value_;
  const boost::json::object* object_;
  boost::json::array loc_;
  SchemaIssues& issues_;
};

// `caa_check_parameters`, as sent.
struct MpicCaaParameters {
  caa::CertificateType type = caa::CertificateType::tls_server;
  std::optional<std::vector<std::string>> caa_domains;
  std::optional<bool> allow_lookup_failure;
};
// A null or absent object gives the defaults.
[[nodiscard]] MpicCaaParameters read_caa_parameters(const boost::json::value& value,
                                                    boost::json::array loc, SchemaIssues& issues);
// "tls-server" | "s-mime"
[[nodiscard]] std::string_view mpic_certificate_type(caa::CertificateType type);

// The document, or the one issue `json_invalid` as an array (duplicate keys included).
[[nodiscard]] tl::expected<boost::json::value, boost::json::array> parse_mpic_document(
    std::string_view body, boost::json::array prefix);

}  // namespace parallax::service
