// SPDX-License-Identifier: Apache-2.0
#include "service/order_request.h"

#include <algorithm>
#include <set>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/canonical_json.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "caa/parameters.h"
#include "service/limits.h"
#include "service/requested_name.h"

namespace parallax::service {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

// The error with its place in the document, unless it names one already.
Error at(Error error, std::string pointer) {
  for (const auto& [name, value] : error.context)
    if (name == "pointer") return error;
  return std::move(error).with("pointer", std::move(pointer));
}

// RFC 8657 s3 compares URIs as texts; what is not even the shape of a URI (RFC 3986 s3: scheme,
// colon, only URI characters) is a mistake of the caller's.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  if (text.size() > kAccountUriSizeMax || !letter(text[0])) return false;
  const auto scheme = text.substr(0, colon);
  const bool scheme_ok = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return letter(c) || digit(c) || c == '+' || c == '-' || c == '.';
  });
  constexpr std::string_view kNeverInUri = "\"<>\\^`{|}";
  return scheme_ok && std::all_of(text.begin(), text.end(), [&](char c) {
           return c > 0x20 && c < 0x7f && kNeverInUri.find(c) == std::string_view::npos;
         });
}

void read_parameters(ObjectReader& in, orders::Order& order) {
  order.account_uri = in.optional_string("account_uri");
  if (order.account_uri && !is_uri(*order.account_uri))
    in.reject("account_uri", fmt::format("\"account_uri\" must be a URI (RFC 8657 section 3) of at "
                                         "most {} characters",
                                         kAccountUriSizeMax));
  order.validation_method = in.optional_string("validation_method");
  if (!order.validation_method) return;
  if (const auto known = caa::check_method_label(*order.validation_method); !known)
    in.reject("validation_method", known.error().message);
}

Status read_issuers(const std::vector<std::string>& texts, orders::Order& order) {
  if (texts.empty())
    return fail(Error{ErrorCode::malformed,
                      "\"issuers\" must hold at least one issuer domain name",
                      {{"pointer", "/issuers"}}});
  if (texts.size() > orders::kIssuersPerOrderMax)
    return fail(Error{ErrorCode::malformed,
                      fmt::format("\"issuers\" holds {} names; at most {} are accepted",
                                  texts.size(), orders::kIssuersPerOrderMax),
                      {{"pointer", "/issuers"}}});
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto issuer = names::DomainName::parse(texts[i]);
    if (!issuer) return fail(at(issuer.error(), fmt::format("/issuers/{}", i)));
    if (std::find(order.issuers.begin(), order.issuers.end(), *issuer) == order.issuers.end())
      order.issuers.push_back(std::move(*issuer));
  }
  return {};
}

Status read_names(const std::vector<std::string>& texts, const names::PublicSuffixList& suffixes,
                  orders::Order& order) {
  if (texts.empty() || texts.size() > orders::kNamesPerOrderMax)
    return fail(Error{ErrorCode::malformed,
                      fmt::format("\"names\" holds {} names; an order holds 1 to {}", texts.size(),
                                  orders::kNamesPerOrderMax),
                      {{"pointer", "/names"}}});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto name = parse_requested_name(texts[i], order.type, suffixes);
    if (!name) return fail(at(name.error(), fmt::format("/names/{}", i)));
    if (seen.insert(names::text_of(*name)).second) order.names.push_back(std::move(*name));
  }
  return {};
}

json::array sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  json::array out;
  for (std::string& text : texts) out.emplace_back(text);
  return out;
}

json::value or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}

template <class Number>
json::value number_or_null(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

bool valid_order_id(std::string_view id) {
  if (id.empty() || id.size() > orders::kOrderIdSizeMax || id.starts_with(kMpicOrderPrefix))
    return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return letter(c) || digit(c) || c == '.' || c == '_' || c == ':' || c == '-';
  });
}

Result<orders::Order> parse_order_request(std::string_view body, std::string generated_id,
                                          const names::PublicSuffixList& suffixes) {
  const auto document = parse_json(body);
  if (!document) return fail(at(document.error(), ""));
  ObjectReader in(*document, "");
  orders::Order order;
  order.fresh_id = !in.has("id") || in.optional_value("id") == nullptr;
  order.id = in.optional_string("id").value_or(std::move(generated_id));
  if (!valid_order_id(order.id))
    in.reject("id", fmt::format("\"id\" must be 1 to {} characters out of letters, digits and "
                                "\"._:-\", and not begin with \"{}\"",
                                orders::kOrderIdSizeMax, kMpicOrderPrefix));
  const std::string type_text = in.string("type");
  const auto type = caa::parse_certificate_type(type_text);
  if (!type)
    in.reject("type", fmt::format("\"{}\" is no certificate type; use \"smime\" or \"tls\"",
                                  printable(type_text, 20)));
  const std::vector<std::string> names = in.strings("names");
  const std::vector<std::string> issuers = in.strings("issuers");
  read_parameters(in, order);
  if (const auto end = in.finish(); !end) return fail(end.error());

  order.type = *type;
  if (const auto read = read_issuers(issuers, order); !read) return fail(read.error());
  if (const auto read = read_names(names, suffixes, order); !read) return fail(read.error());
  return order;
}

std::string request_digest(const orders::Order& order) {
  std::vector<std::string> names;
  for (const auto& name : order.names) names.push_back(names::text_of(name));
  std::vector<std::string> issuers;
  for (const auto& issuer : order.issuers) issuers.push_back(issuer.text());
  const json::object request{
      {"client", order.client},
      {"type", caa::to_string(order.type)},
      {"names", sorted(std::move(names))},
      {"issuers", sorted(std::move(issuers))},
      {"account_uri", or_null(order.account_uri)},
      {"validation_method", or_null(order.validation_method)},
      {"remote_count", number_or_null(order.remote_count)},
      {"corroborations_required", number_or_null(order.corroborations_required)}};
  const auto text = canonical_json(request);
  // Only UTF-8 text and small numbers went in, which canonical_json never refuses; were it ever to,
  // a digest that is merely less tolerant of repeats is the safe side.
  return hex_encode(sha256(text ? *text : json::serialize(request)));
}

}  // namespace parallax::service
