// SPDX-License-Identifier: Apache-2.0
#include "permit/jws.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"

namespace parallax::permit {
namespace {

constexpr std::string_view kAlgorithm = "EdDSA";
constexpr std::string_view kKeyType = "OKP";
constexpr std::string_view kCurve = "Ed25519";

struct Pieces {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signing_input;  // header.payload
};

Result<Pieces> take_apart(std::string_view jws) {
  if (jws.size() > kJwsSizeMax) return fail(ErrorCode::malformed, "the JWS is too long");
  const std::size_t first = jws.find('.');
  const std::size_t second = first == std::string_view::npos ? first : jws.find('.', first + 1);
  if (second == std::string_view::npos || jws.find('.', second + 1) != std::string_view::npos)
    return fail(ErrorCode::malformed, "a JWS in compact form has three parts between dots");
  return Pieces{jws.substr(0, first), jws.substr(first + 1, second - first - 1),
                jws.substr(second + 1), jws.substr(0, second)};
}

// The key id of a header that is as it must be.
Result<std::string> read_header(std::string_view encoded, std::string_view type) {
  const auto text = base64url_decode(encoded);
  if (!text) return fail(ErrorCode::malformed, "the JWS header is not base64url");
  const auto value = parse_json(*text);
  if (!value) return fail(ErrorCode::malformed, "the JWS header is not JSON");
  ObjectReader in(*value, "");
  const std::string algorithm = in.string("alg");
  std::string id = in.string("kid");
  const std::string typed = in.string("typ");
  if (auto end = in.finish(); !end)
    return fail(ErrorCode::malformed, "the JWS header: " + end.error().message);
  if (algorithm != kAlgorithm)
    return fail(ErrorCode::unsupported,
                fmt::format("the JWS algorithm is {}, not EdDSA", printable(algorithm, 20)));
  if (typed != type)
    return fail(ErrorCode::unsupported,
                fmt::format("the JWS is of type {}, not {}", printable(typed, 40), type));
  return id;
}

std::optional<VerifyingKey> read_jwk(const json::value& value) {
  const json::object* jwk = value.if_object();
  if (jwk == nullptr) return std::nullopt;
  const auto member = [jwk](std::string_view name) -> std::string {
    const json::value* found = jwk->if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
  };
  if (member("kty") != kKeyType || member("crv") != kCurve) return std::nullopt;
  const auto raw = base64url_decode(member("x"));
  if (!raw) return std::nullopt;
  auto key = VerifyingKey::from_raw(*raw);
  if (!key) return std::nullopt;
  return std::move(*key);
}

}  // namespace

std::string key_id(const VerifyingKey& key) {
  // RFC 7638 s3: the required members only, in lexicographic order, without white space.
  return base64url_encode(sha256(fmt::format(R"({{"crv":"{}","kty":"{}","x":"{}"}})", kCurve,
                                             kKeyType, base64url_encode(key.raw()))));
}

json::object to_jwk(const VerifyingKey& key) {
  return {{"kty", kKeyType},    {"crv", kCurve}, {"x", base64url_encode(key.raw())},
          {"kid", key_id(key)}, {"use", "sig"},  {"alg", kAlgorithm}};
}

Result<std::vector<VerifyingKey>> keys_from_jwks(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) return fail(value.error());
  const json::object* set = value->if_object();
  const json::value* list = set == nullptr ? nullptr : set->if_contains("keys");
  if (list == nullptr || !list->is_array())
    return fail(ErrorCode::malformed, "a JWK Set has an array of keys");
  std::vector<VerifyingKey> keys;
  for (const json::value& item : list->get_array())
    if (auto key = read_jwk(item)) keys.push_back(std::move(*key));
  return keys;
}

std::string sign_jws(std::string_view type, std::string_view payload, const SigningKey& key) {
  const json::object header{
      {"alg", kAlgorithm}, {"kid", key_id(key.verifying_key())}, {"typ", type}};
  std::string jws = base64url_encode(canonical_json(header).value());  // three strings of ours
  jws += '.';
  jws += base64url_encode(payload);
  const std::string signature = base64url_encode(key.sign(jws));
  return jws + '.' + signature;
}

Result<OpenedJws> open_jws(std::string_view jws, std::string_view type,
                           std::span<const VerifyingKey> keys) {
  const auto pieces = take_apart(jws);
  if (!pieces) return fail(pieces.error());
  auto id = read_header(pieces->header, type);
  if (!id) return fail(std::move(id.error()));
  const auto key = std::find_if(keys.begin(), keys.end(),
                                [&id](const VerifyingKey& each) { return key_id(each) == *id; });
  if (key == keys.end())
    return fail(ErrorCode::untrusted,
                fmt::format("none of the keys given is {}", printable(*id, 60)));
  const auto signature = base64url_decode(pieces->signature);
  if (!signature || !key->verify(pieces->signing_input, *signature))
    return fail(ErrorCode::untrusted, "the signature does not hold");
  auto payload = base64url_decode(pieces->payload);
  if (!payload) return fail(ErrorCode::malformed, "the JWS payload is not base64url");
  return OpenedJws{std::move(*payload), std::move(*id)};
}

}  // namespace parallax::permit
