// SPDX-License-Identifier: Apache-2.0
#include "caa/observation.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "caa/ascii.h"
#include "caa/limits.h"

namespace parallax::caa {
namespace {

json::array strings_to_json(const std::vector<std::string>& strings) {
  json::array out;
  out.reserve(strings.size());
  for (const auto& text : strings) out.emplace_back(text);
  return out;
}

json::value property_to_json(const Property& property) {
  return json::object{
      {"flags", property.flags}, {"tag", property.tag}, {"value", escape_value(property.value)}};
}

json::value proof_to_json(const dns::InsecurityProof& proof, bool packets) {
  json::array steps;
  for (const auto& step : proof.steps) {
    json::object out{{"zone_cut", step.zone_cut}, {"finding", step.finding}};
    if (packets) out.emplace("packet", base64_encode(step.packet));
    steps.emplace_back(std::move(out));
  }
  return json::object{{"proved", proof.proved},
                      {"reason", proof.reason},
                      {"insecure_at", proof.insecure_at},
                      {"steps", std::move(steps)}};
}

json::value lookup_to_json(const CaaLookup& lookup, bool packets) {
  json::array properties;
  for (const auto& property : lookup.properties) properties.push_back(property_to_json(property));
  json::object out{{"name", lookup.name.text()},
                   {"status", dns::to_string(lookup.status)},
                   {"rcode", static_cast<unsigned>(lookup.rcode)},
                   {"verdict", dns::to_string(lookup.verdict)},
                   {"ttl_s", lookup.ttl_s},
                   {"attempts", lookup.attempts},
                   {"reason", lookup.reason},
                   {"alias_chain", strings_to_json(lookup.alias_chain)},
                   {"properties", std::move(properties)},
                   {"malformed_rdata", strings_to_json(lookup.malformed_rdata)}};
  if (lookup.insecurity) out.emplace("insecurity", proof_to_json(*lookup.insecurity, packets));
  if (packets) out.emplace("packet", base64_encode(lookup.packet));
  return out;
}

// The element readers below remember what is wrong in the reader they are given, so that the
// first error, with its pointer, comes out of finish().

std::string bounded_string(ObjectReader& in, std::string_view key, std::size_t size_max) {
  std::string text = in.string(key);
  if (text.size() > size_max)
    in.reject(key, fmt::format("\"{}\" is longer than {} octets", key, size_max));
  return text;
}

std::vector<std::string> bounded_strings(ObjectReader& in, std::string_view key,
                                         std::size_t count_max) {
  auto out = in.strings(key);
  const bool fits =
      out.size() <= count_max && std::all_of(out.begin(), out.end(), [](const std::string& text) {
        return text.size() <= kElementSizeMax;
      });
  if (!fits) in.reject(key, fmt::format("\"{}\" is larger than anything the DNS holds", key));
  return out;
}

std::string optional_packet(ObjectReader& in) {
  const auto text = in.optional_string("packet");
  if (!text) return {};
  auto octets = base64_decode(*text);
  if (octets && octets->size() <= kPacketSizeMax) return std::move(*octets);
  in.reject("packet", "\"packet\" must be base64 of at most 65535 octets");
  return {};
}

// Reads an array whose elements `decode` turns into values; the first error wins.
template <class T>
std::vector<T> elements(ObjectReader& in, std::string_view key, std::size_t count_max,
                        Result<T> (*decode)(const json::value&, std::string), Status& status) {
  std::vector<T> out;
  const json::array& array = in.array(key);
  if (array.size() > count_max) {
    in.reject(key, fmt::format("\"{}\" has more than {} elements", key, count_max));
    return out;
  }
  for (std::size_t i = 0; i < array.size() && status; ++i) {
    auto element = decode(array[i], fmt::format("{}/{}", in.pointer_to(key), i));
    if (!element)
      status = fail(std::move(element.error()));
    else
      out.push_back(std::move(*element));
  }
  return out;
}

std::optional<names::DomainName> domain_name(ObjectReader& in, std::string_view key) {
  const std::string text = in.string(key);
  auto name = names::DomainName::parse(text, names::Underscores::allow);
  if (name && name->text() == text) return std::move(*name);
  in.reject(key, fmt::format("\"{}\" must be a domain name in lower-case A-labels", key));
  return std::nullopt;
}

Result<Property> property_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  Property out;
  out.flags = static_cast<std::uint8_t>(in.integer("flags", 0, 255));
  out.tag = in.string("tag");
  if (!is_property_tag(out.tag)) in.reject("tag", "\"tag\" must be 1 to 255 letters and digits");
  auto octets = unescape_value(in.string("value"));
  if (octets && octets->size() <= kPacketSizeMax)
    out.value = std::move(*octets);
  else
    in.reject("value", "\"value\" must be the escaped text of a CAA value");
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

Result<dns::InsecurityStep> step_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  dns::InsecurityStep out;
  out.zone_cut = bounded_string(in, "zone_cut", kTextSizeMax);
  out.finding = bounded_string(in, "finding", kTextSizeMax);
  out.packet = optional_packet(in);
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

Result<dns::InsecurityProof> proof_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  Status nested;
  dns::InsecurityProof out;
  out.proved = in.boolean("proved");
  out.reason = bounded_string(in, "reason", kTextSizeMax);
  out.insecure_at = bounded_string(in, "insecure_at", kTextSizeMax);
  out.steps = elements<dns::InsecurityStep>(in, "steps", kProofStepsMax, step_from_json, nested);
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

// A word of one of the DNS vocabularies.
template <class E>
E word(ObjectReader& in, std::string_view key, Result<E> (*parse)(std::string_view), E otherwise) {
  auto parsed = parse(in.string(key));
  if (parsed) return *parsed;
  in.reject(key, fmt::format("\"{}\" is not a word known here", key));
  return otherwise;
}

void read_malformed_rdata(ObjectReader& in, CaaLookup& out) {
  out.malformed_rdata = bounded_strings(in, "malformed_rdata", kRecordsMax);
  for (const auto& text : out.malformed_rdata) {
    const auto octets = hex_decode(text);
    // Well-formed RDATA has no business here: it would hide a property from the judgement.
    if (!octets || hex_encode(*octets) != text || parse_rdata(*octets))
      in.reject("malformed_rdata", "\"malformed_rdata\" must hold hex of unreadable records only");
  }
}

Result<CaaLookup> lookup_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  const auto name = domain_name(in, "name");
  if (!name) return fail(in.finish().error());
  Status nested;
  CaaLookup out{.name = *name};
  out.status = word(in, "status", dns::parse_lookup_status, out.status);
  out.rcode = static_cast<dns::Rcode>(in.integer("rcode", 0, 255));
  out.verdict = word(in, "verdict", dns::parse_verdict, out.verdict);
  out.ttl_s = static_cast<std::uint32_t>(in.integer("ttl_s", 0, UINT32_MAX));
  out.attempts = static_cast<unsigned>(in.integer("attempts", 0, UINT32_MAX));
  out.reason = bounded_string(in, "reason", kTextSizeMax);
  out.alias_chain = bounded_strings(in, "alias_chain", kAliasesMax);
  out.properties = elements<Property>(in, "properties", kRecordsMax, property_from_json, nested);
  read_malformed_rdata(in, out);
  if (const auto* proof = in.optional_value("insecurity"); proof != nullptr && nested) {
    auto decoded = proof_from_json(*proof, in.pointer_to("insecurity"));
    if (!decoded) return fail(std::move(decoded.error()));
    out.insecurity = std::move(*decoded);
  }
  out.packet = optional_packet(in);
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

}  // namespace

json::value to_json(const CaaObservation& observation, bool packets) {
  json::array lookups;
  lookups.reserve(observation.lookups.size());
  for (const auto& lookup : observation.lookups) lookups.push_back(lookup_to_json(lookup, packets));
  return json::object{{"domain", observation.domain.text()},
                      {"validating", observation.validating},
                      {"lookups", std::move(lookups)}};
}

Result<CaaObservation> observation_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  const auto domain = domain_name(in, "domain");
  if (!domain) return fail(in.finish().error());
  Status nested;
  CaaObservation out{.domain = *domain};
  out.validating = in.boolean("validating");
  out.lookups = elements<CaaLookup>(in, "lookups", kLookupsMax, lookup_from_json, nested);
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

}  // namespace parallax::caa
