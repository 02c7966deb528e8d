// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/persistent_record.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "base/crypto.h"
#include "base/encoding.h"
#include "caa/ascii.h"
#include "caa/property.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kAnyDomain = "*";  // opts out of binding the hash to one domain

std::string hashed_uri(const PersistentValue& value, std::string_view domain,
                       std::string_view thumbprint) {
  std::string octets(1, static_cast<char>(domain.size()));  // a name has at most 253 octets
  octets.append(domain).append(thumbprint).append(value.account_uri);
  return value.account_hash_prefix + "sha-256/" + base64url_encode(sha256(octets));
}

std::vector<std::string_view> values_of(const caa::IssueValue& value, std::string_view tag) {
  std::vector<std::string_view> values;
  for (const auto& parameter : value.parameters)
    if (caa::equal_ignoring_case(parameter.tag, tag)) values.push_back(parameter.value);
  return values;
}

// Seconds since 1970 (POSIX time); nullopt if the text is no base-10 integer. A sign is none of
// ours, and what does not fit is no date on which anybody may rely (house rule).
std::optional<std::int64_t> timestamp(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), caa::is_digit)) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{}) return std::nullopt;
  return seconds;
}

bool is_after(Instant at, std::int64_t seconds) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const std::int64_t now = whole.time_since_epoch().count();
  return now > seconds || (now == seconds && at > whole);
}

bool policy_is_wildcard(const caa::IssueValue& value) {
  const auto policies = values_of(value, "policy");
  return policies.size() == 1 && caa::equal_ignoring_case(policies[0], "wildcard");
}

}  // namespace

std::vector<std::string> account_uris(const PersistentValue& value, std::string_view domain) {
  if (value.form == PersistentForm::plain) return {value.account_uri};
  std::vector<std::string> out;
  for (const auto& thumbprint : value.key_thumbprints)
    for (const auto hashed : {domain, kAnyDomain})
      out.push_back(hashed_uri(value, hashed, thumbprint));
  return out;
}

PersistentJudgement judge_persistent(std::string_view text, const PersistentTerms& terms) {
  using Finding = PersistentFinding;
  const auto value = caa::parse_issue_value(text);
  if (!value) return {Finding::malformed};
  const auto& issuers = terms.issuers;
  if (!value->issuer || std::find(issuers.begin(), issuers.end(), *value->issuer) == issuers.end())
    return {Finding::other_issuer};

  const auto accounts = values_of(*value, "accounturi");
  if (accounts.empty()) return {Finding::account_missing};
  if (accounts.size() > 1) return {Finding::account_twice};
  const auto& expected = terms.account_uris;
  const auto account = std::find(expected.begin(), expected.end(), accounts[0]);
  // An empty URI names no account, whatever the check says.
  if (account == expected.end() || account->empty()) return {Finding::account_differs};

  if (terms.below && !policy_is_wildcard(*value)) return {Finding::not_below};
  const auto expiries = values_of(*value, "persistUntil");
  if (!expiries.empty()) {
    const auto until = timestamp(expiries[0]);
    if (expiries.size() > 1 || !until) return {Finding::bad_expiry};
    if (is_after(terms.at, *until)) return {Finding::expired};
  }
  return {Finding::usable, static_cast<std::size_t>(account - expected.begin())};
}

}  // namespace parallax::dcv
