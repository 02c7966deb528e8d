// SPDX-License-Identifier: Apache-2.0
#include "caa/parameters.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/ascii.h"
#include "caa/limits.h"

namespace parallax::caa {
namespace {

// TLS BR 4.2.2.1.2: the ca-tbr label and the IANA ACME label of one method.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEqualLabels = {{
    {"ca-tbr-7", "dns-01"},
    {"ca-tbr-19", "http-01"},
    {"ca-tbr-20", "tls-alpn-01"},
    {"ca-tbr-21", "dns-account-01"},
    {"ca-tbr-22", "dns-persist-01"},
}};

constexpr std::array<std::string_view, 10> kRegisteredMethods = {
    "http-01",        "dns-01",         "tls-alpn-01",  "tls-sni-01", "email-reply-00",
    "dns-account-01", "dns-persist-01", "onion-csr-01", "tkauth-01",  "bp-nodeid-00"};
constexpr std::string_view kUnregisteredPrefix = "ca-";

std::string_view canonical_label(std::string_view label) {
  for (const auto& [tbr, acme] : kEqualLabels)
    if (label == tbr) return acme;
  return label;
}

std::vector<std::string_view> values_of(const std::vector<Parameter>& parameters,
                                        std::string_view tag) {
  std::vector<std::string_view> values;
  for (const auto& parameter : parameters)
    if (equal_ignoring_case(parameter.tag, tag)) values.push_back(parameter.value);
  return values;
}

// RFC 8657 s4: label = 1*(ALPHA / DIGIT / "-").
bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// RFC 8657 s4: value = [*(label ",") label].
bool lists_method(std::string_view list, std::string_view method) {
  bool listed = false;
  while (true) {
    const auto comma = list.find(',');
    const auto label = list.substr(0, comma);
    if (!is_label(label)) return false;
    listed = listed || same_method(label, method);
    if (comma == std::string_view::npos) return listed;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool same_method(std::string_view a, std::string_view b) {
  return canonical_label(a) == canonical_label(b);
}

Status check_method_label(std::string_view label) {
  const bool unregistered = label.starts_with(kUnregisteredPrefix) &&
                            label.size() > kUnregisteredPrefix.size() &&
                            label.size() <= kMethodLabelSizeMax && is_label(label);
  if (unregistered || std::find(kRegisteredMethods.begin(), kRegisteredMethods.end(), label) !=
                          kRegisteredMethods.end())
    return {};
  return fail(ErrorCode::malformed,
              fmt::format("\"{}\" is no validation method label (RFC 8657 section 4): neither in "
                          "the IANA registry of ACME validation methods nor with the prefix ca-",
                          printable(label, kMethodLabelSizeMax)));
}

bool is_uri(std::string_view text) {
  static constexpr std::string_view kPunctuation = "-._~:/?#[]@!$&'()*+,;=%";
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const auto scheme = text.substr(0, colon);
  if (is_digit(scheme[0]) || !is_alphanumeric(scheme[0])) return false;
  const bool scheme_valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  });
  return scheme_valid && std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || kPunctuation.find(c) != std::string_view::npos;
         });
}

bool parameters_satisfied(const std::vector<Parameter>& parameters,
                          const std::optional<std::string>& account_uri,
                          const std::optional<std::string>& validation_method) {
  const auto accounts = values_of(parameters, "accounturi");
  if (accounts.size() > 1) return false;
  if (accounts.size() == 1 && (!account_uri || !is_uri(accounts[0]) || accounts[0] != *account_uri))
    return false;
  const auto methods = values_of(parameters, "validationmethods");
  if (methods.size() > 1) return false;
  return methods.empty() || (validation_method && lists_method(methods[0], *validation_method));
}

}  // namespace parallax::caa
