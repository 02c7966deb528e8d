// SPDX-License-Identifier: Apache-2.0
#include "service/order_request.h"

#include <algorithm>
#include <charconv>
#include <map>

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

void read_parameters(ObjectReader& in, orders::Order& order) {
  order.account_uri = in.optional_string("account_uri");
  // RFC 8657 s3 compares URIs as texts; what is not even the shape of one is a mistake.
  if (order.account_uri &&
      (order.account_uri->size() > kAccountUriSizeMax || !caa::is_uri(*order.account_uri)))
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

// An order within the limits of its members fits into a body (docs/api.md): names and issuers have
// 253 octets at most, and what else an order holds is small.
constexpr std::size_t kJsonAroundOneName = 512;
constexpr std::size_t kIssuersSizeMax =
    orders::kIssuersPerOrderMax * (names::kDomainNameSizeMax + 4);
constexpr std::size_t kRestOfOrderSizeMax = 4 * 1024;
static_assert(dcv::kChallengeSizeMax + dcv::kPathSizeMax + dcv::kPatternSizeMax +
                  dcv::kHeadersMax * 2 * dcv::kHeaderSizeMax + names::kDomainNameSizeMax +
                  kJsonAroundOneName <=
              kNameWithControlSizeMax);
static_assert(orders::kNamesPerOrderMax * kNameWithControlSizeMax + kIssuersSizeMax +
                  kRestOfOrderSizeMax <=
              kOrderBodySizeMax);

// One entry of `names`: a text, or an object that may ask for control.
struct NameEntry {
  std::string text;
  std::string pointer;                   // to the text
  const json::value* control = nullptr;  // borrowed from the document
  std::string control_pointer;
};

Result<NameEntry> read_entry(const json::value& value, std::string pointer) {
  if (const auto* text = value.if_string()) return NameEntry{std::string(*text), pointer, {}, {}};
  if (!value.is_object())
    return fail(Error{ErrorCode::malformed,
                      "\"names\" must hold strings, and objects of \"name\" and \"control\"",
                      {{"pointer", std::move(pointer)}}});
  ObjectReader in(value, std::move(pointer));
  NameEntry out{in.string("name"), in.pointer_to("name"), in.optional_value("control"),
                in.pointer_to("control")};
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

struct ReadName {
  names::CertificateName name;
  std::optional<orders::ControlRequest> control;
};

Result<ReadName> read_name(const json::value& value, std::string pointer,
                           const names::PublicSuffixList& suffixes, const orders::Order& order) {
  const auto entry = read_entry(value, std::move(pointer));
  if (!entry) return fail(entry.error());
  auto name = entry->control != nullptr ? parse_controlled_name(entry->text, order.type, suffixes)
                                        : parse_requested_name(entry->text, order.type, suffixes);
  if (!name) return fail(at(name.error(), entry->pointer));
  ReadName out{std::move(*name), std::nullopt};
  if (entry->control == nullptr) return out;
  auto control =
      parse_control(*entry->control, entry->control_pointer, {out.name, order.type, order.issuers});
  if (!control) return fail(control.error());
  out.control = std::move(*control);
  return out;
}

Status read_names(const json::array& entries, const names::PublicSuffixList& suffixes,
                  OrderRequest& request) {
  orders::Order& order = request.order;
  if (entries.empty() || entries.size() > orders::kNamesPerOrderMax)
    return fail(Error{ErrorCode::malformed,
                      fmt::format("\"names\" holds {} names; an order holds 1 to {}",
                                  entries.size(), orders::kNamesPerOrderMax),
                      {{"pointer", "/names"}}});
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto read = read_name(entries[i], fmt::format("/names/{}", i), suffixes, order);
    if (!read) return fail(read.error());
    const auto [known, fresh] = seen.emplace(names::text_of(read->name), order.names.size());
    if (fresh) {
      request.places.push_back(
          {i, read->control ? std::optional(methods_of(*read->control)) : std::nullopt});
      order.names.push_back(std::move(read->name));
      order.controls.push_back(std::move(read->control));
    } else if (order.controls[known->second] != read->control) {
      return fail(Error{ErrorCode::malformed,
                        "the name stands in the order twice, with different \"control\"",
                        {{"pointer", fmt::format("/names/{}", i)}}});
    }
  }
  const auto asked = [](const auto& control) { return control.has_value(); };
  if (std::none_of(order.controls.begin(), order.controls.end(), asked)) order.controls.clear();
  return {};
}

// Names with what is asked of them, in the order of the names.
json::array controls_of(const orders::Order& order) {
  std::map<std::string, json::value> by_name;
  for (std::size_t i = 0; i < order.names.size(); ++i)
    by_name[names::text_of(order.names[i])] =
        order.controls[i] ? to_json(*order.controls[i]) : json::value(nullptr);
  json::array out;
  for (auto& [name, control] : by_name) out.push_back(std::move(control));
  return out;
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

Result<OrderRequest> parse_order_request(std::string_view body, std::string generated_id,
                                         const names::PublicSuffixList& suffixes) {
  const auto document = parse_json(body);
  if (!document) return fail(at(document.error(), ""));
  ObjectReader in(*document, "");
  OrderRequest request;
  orders::Order& order = request.order;
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
  const json::array& names = in.array("names");
  const std::vector<std::string> issuers = in.strings("issuers");
  read_parameters(in, order);
  order.caa_regardless = in.optional_boolean("caa_regardless").value_or(false);
  if (const auto end = in.finish(); !end) return fail(end.error());

  order.type = *type;
  if (const auto read = read_issuers(issuers, order); !read) return fail(read.error());
  if (const auto read = read_names(names, suffixes, request); !read) return fail(read.error());
  return request;
}

Error located(Error error, const std::vector<NamePlace>& places) {
  std::string field;
  std::size_t index = places.size();
  for (const auto& [key, value] : error.context) {
    if (key == "pointer") return error;
    if (key == "field") field = value;
    if (key == "name") std::from_chars(value.data(), value.data() + value.size(), index);
  }
  if (index >= places.size()) return error;
  const NamePlace& place = places[index];
  std::string pointer = fmt::format("/names/{}", place.index);
  if (place.methods)
    pointer += field == "applied_for" || field == "name"
                   ? "/name"
                   : "/control" + control_member(field, *place.methods);
  return std::move(error).with("pointer", std::move(pointer));
}

std::vector<names::DomainName> issuers_named(const orders::Order& order) {
  std::vector<names::DomainName> out = order.issuers;
  for (const auto& control : order.controls) {
    if (!control || !control->check) continue;
    const auto* value = dcv::persistent_value(*control->check);
    if (value != nullptr) out.insert(out.end(), value->issuers.begin(), value->issuers.end());
  }
  return out;
}

std::string request_digest(const orders::Order& order) {
  std::vector<std::string> names;
  for (const auto& name : order.names) names.push_back(names::text_of(name));
  std::vector<std::string> issuers;
  for (const auto& issuer : order.issuers) issuers.push_back(issuer.text());
  json::object request{{"client", order.client},
                       {"type", caa::to_string(order.type)},
                       {"names", sorted(std::move(names))},
                       {"issuers", sorted(std::move(issuers))},
                       {"account_uri", or_null(order.account_uri)},
                       {"validation_method", or_null(order.validation_method)},
                       {"remote_count", number_or_null(order.remote_count)},
                       {"corroborations_required", number_or_null(order.corroborations_required)}};
  // Left out where nothing is asked, so that orders without control keep their digests.
  if (!order.controls.empty()) request["controls"] = controls_of(order);
  if (order.caa_regardless) request["caa_regardless"] = true;
  if (order.control_alone) request["control_alone"] = true;
  const auto text = canonical_json(request);
  // Only UTF-8 text and small numbers went in, which canonical_json never refuses; were it ever to,
  // a digest that is merely less tolerant of repeats is the safe side.
  return hex_encode(sha256(text ? *text : json::serialize(request)));
}

}  // namespace parallax::service
