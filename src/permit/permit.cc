// SPDX-License-Identifier: Apache-2.0
#include "permit/permit.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"
#include "permit/jws.h"

namespace parallax::permit {
namespace {

// RFC 7519 NumericDate within what an Instant holds.
constexpr std::int64_t kSecondsMax = 9'000'000'000;
constexpr std::size_t kNamesToldMax = 5;

std::int64_t seconds_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Instant instant_of(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

json::object claims_of(const Permit& permit) {
  json::array names;
  for (const std::string& name : permit.names) names.emplace_back(name);
  json::object methods;
  for (const auto& [name, method] : permit.methods) methods[name] = method;
  json::array issuers;
  for (const std::string& issuer : permit.issuers) issuers.emplace_back(issuer);
  json::object claims{
      {"jti", permit.order_id},
      {"sub", permit.client},
      {"iat", seconds_of(permit.decided)},
      {"exp", seconds_of(permit.not_after)},
      {"type", permit.certificate_type},
      {"names", std::move(names)},
      {"methods", std::move(methods)},
      {"issuers", std::move(issuers)},
      {"account_uri", permit.account_uri ? json::value(*permit.account_uri) : json::value(nullptr)},
      {"rules", permit.rules},
      {"evidence",
       json::object{{"log", permit.log}, {"index", permit.index}, {"leaf_hash", permit.leaf_hash}}},
      {"lab", permit.lab}};
  return claims;
}

Result<std::map<std::string, std::string>> read_methods(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::malformed, "the permit's methods are no object");
  std::map<std::string, std::string> methods;
  for (const auto& member : *object) {
    if (!member.value().is_string())
      return fail(ErrorCode::malformed, "a method of the permit is no text");
    methods.emplace(member.key(), member.value().get_string());
  }
  return methods;
}

Status read_evidence(const json::value& value, Permit& permit) {
  ObjectReader in(value, "/evidence");
  permit.log = in.string("log");
  permit.index = static_cast<std::uint64_t>(in.integer("index", 0, INT64_MAX));
  permit.leaf_hash = in.string("leaf_hash");
  return in.finish();
}

Status check_claims(const Permit& permit, const std::vector<std::string>& names) {
  const auto malformed = [](std::string message) {
    return fail(ErrorCode::malformed, std::move(message));
  };
  if (permit.certificate_type != kTls && permit.certificate_type != kSmime)
    return malformed("the permit is for a type of certificate that is not known");
  if (names.empty() || names.size() > kPermitNamesMax)
    return malformed(fmt::format("a permit has 1 to {} names", kPermitNamesMax));
  if (permit.names.size() != names.size()) return malformed("the permit names a name twice");
  if (permit.issuers.empty()) return malformed("a permit has an issuer");
  for (const auto& [name, method] : permit.methods)
    if (!permit.names.contains(name)) return malformed("the permit has a method of no name");
  return {};
}

// "a, b and 3 more".
std::string some_of(const std::vector<std::string>& names) {
  const std::size_t told = std::min(names.size(), kNamesToldMax);
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(told), ", "));
  if (names.size() > told) text += fmt::format(" and {} more", names.size() - told);
  return text;
}

std::vector<std::string> without(const NameSet& all, const NameSet& less) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), less.begin(), less.end(), std::back_inserter(left));
  for (std::string& name : left) name = printable(name);
  return left;
}

}  // namespace

std::string sign_permit(const Permit& permit, const SigningKey& key) {
  return sign_jws(kPermitType, canonical_json(claims_of(permit)).value(), key);
}

Result<Permit> open_permit(std::string_view jws, std::span<const VerifyingKey> keys) {
  const auto opened = open_jws(jws, kPermitType, keys);
  if (!opened) return fail(opened.error());
  const auto claims = parse_json(opened->payload);
  if (!claims) return fail(claims.error());
  ObjectReader in(*claims, "");
  Permit permit;
  permit.order_id = in.string("jti");
  permit.client = in.string("sub");
  permit.decided = instant_of(in.integer("iat", 0, kSecondsMax));
  permit.not_after = instant_of(in.integer("exp", 0, kSecondsMax));
  permit.certificate_type = in.string("type");
  const std::vector<std::string> names = in.strings("names");
  permit.names.insert(names.begin(), names.end());
  auto methods = read_methods(in.value("methods"));
  permit.issuers = in.strings("issuers");
  permit.account_uri = in.optional_string("account_uri");
  permit.rules = in.string("rules");
  const auto evidence = read_evidence(in.value("evidence"), permit);
  permit.lab = in.boolean("lab");
  if (auto end = in.finish(); !end) return fail(end.error());
  if (!evidence) return fail(evidence.error());
  if (!methods) return fail(std::move(methods.error()));
  permit.methods = std::move(*methods);
  if (auto fit = check_claims(permit, names); !fit) return fail(fit.error());
  return permit;
}

Status check_permit(const Permit& permit, const SigningRequest& request) {
  const auto forbidden = [](std::string message) {
    return fail(ErrorCode::forbidden, std::move(message));
  };
  if (permit.lab && !request.lab) return forbidden("the permit was made in a lab");
  if (request.at < permit.decided)
    return forbidden(
        fmt::format("the permit is of {}, which is yet to come", format_instant(permit.decided)));
  if (request.at >= permit.not_after)
    return forbidden(fmt::format("the permit expired at {}", format_instant(permit.not_after)));
  if (permit.certificate_type != request.certificate_type)
    return forbidden(fmt::format("the permit is for {}, not for {}", permit.certificate_type,
                                 printable(request.certificate_type, 20)));
  if (const auto surplus = without(request.names, permit.names); !surplus.empty())
    return forbidden("the permit does not cover " + some_of(surplus));
  if (const auto missing = without(permit.names, request.names); !missing.empty())
    return forbidden("the request leaves out names of the permit: " + some_of(missing));
  return {};
}

}  // namespace parallax::permit
