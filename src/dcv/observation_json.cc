// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "dcv/observation.h"
#include "dcv/seen_bounds.h"

namespace parallax::dcv {
namespace {

using net::GuardedFailure;

constexpr std::size_t kDnsSizeMax = 65535;  // octets of a message, so of RDATA too
constexpr std::size_t kSha256Size = 32;
constexpr std::array kTypes{dns::RecordType::a,   dns::RecordType::aaaa, dns::RecordType::cname,
                            dns::RecordType::ptr, dns::RecordType::mx,   dns::RecordType::txt,
                            dns::RecordType::caa};
constexpr std::array kFailures{GuardedFailure::none,
                               GuardedFailure::lookup_failed,
                               GuardedFailure::bogus,
                               GuardedFailure::address_refused,
                               GuardedFailure::connection_failed,
                               GuardedFailure::timed_out,
                               GuardedFailure::redirect_refused,
                               GuardedFailure::protocol_error};

template <class Range, class ToJson>
json::array array_of(const Range& range, ToJson to_json_of) {
  json::array out;
  out.reserve(range.size());
  for (const auto& each : range) out.emplace_back(to_json_of(each));
  return out;
}

json::value text_to_json(const std::string& text) { return json::value(text); }
json::value octets_to_json(const std::string& octets) { return json::value(base64_encode(octets)); }
json::value name_to_json(const names::DomainName& name) { return json::value(name.text()); }

// Counts of what was left out stand there only where something was.
void put_count(json::object& out, std::string_view key, std::size_t count) {
  if (count > 0) out.emplace(key, count);
}

std::size_t count_of(ObjectReader& in, std::string_view key, std::size_t high) {
  const auto read = in.optional_integer(key, 0, static_cast<std::int64_t>(high));
  return static_cast<std::size_t>(read.value_or(0));
}

json::value lookup_to_json(const SeenLookup& lookup, bool packets) {
  json::object out{{"purpose", lookup.purpose},
                   {"name", lookup.name},
                   {"type", dns::to_string(lookup.type)},
                   {"status", dns::to_string(lookup.status)},
                   {"rcode", static_cast<unsigned>(lookup.rcode)},
                   {"verdict", dns::to_string(lookup.verdict)},
                   {"ttl_s", lookup.ttl_s},
                   {"reason", lookup.reason},
                   {"alias_chain", array_of(lookup.alias_chain, text_to_json)},
                   {"rdata", array_of(lookup.rdata, octets_to_json)}};
  if (packets) out.emplace("packet", base64_encode(lookup.packet));
  put_count(out, "records_left_out", lookup.records_left_out);
  put_count(out, "aliases_left_out", lookup.aliases_left_out);
  if (packets) put_count(out, "packet_left_out", lookup.packet_left_out);
  return out;
}

json::value hop_to_json(const SeenHop& hop) {
  return json::object{{"url", hop.url},
                      {"address", hop.address},
                      {"status", hop.status},
                      {"location", hop.location},
                      {"failure", net::to_string(hop.failure)},
                      {"message", hop.message}};
}

json::value http_to_json(const SeenHttp& http) {
  json::object out{{"hops", array_of(http.hops, hop_to_json)},
                   {"body", base64_encode(http.body)},
                   {"body_truncated", http.body_truncated}};
  put_count(out, "body_before", http.body_before);
  put_count(out, "body_after", http.body_after);
  if (!http.body_sha256.empty()) out.emplace("body_sha256", hex_encode(http.body_sha256));
  return out;
}

json::value tls_to_json(const SeenTls& tls) {
  return json::object{{"address", tls.address},
                      {"server_name", tls.server_name},
                      {"protocol", tls.protocol},
                      {"alpn", tls.alpn},
                      {"certificate", base64_encode(tls.certificate)},
                      {"failure", net::to_string(tls.failure)},
                      {"message", tls.message}};
}

// The readers below remember what is wrong in the reader they are given; finish() reports the first
// error with its pointer.

std::string text(ObjectReader& in, std::string_view key) {
  std::string out = in.string(key);
  if (out.size() > kSeenTextMax)
    in.reject(key, fmt::format("\"{}\" is longer than {} octets", key, kSeenTextMax));
  return out;
}

std::string octets(ObjectReader& in, std::string_view key, const std::string& encoded,
                   std::size_t size_max) {
  auto decoded = base64_decode(encoded);
  if (decoded && decoded->size() <= size_max) return std::move(*decoded);
  in.reject(key, fmt::format("\"{}\" must be base64 of at most {} octets", key, size_max));
  return {};
}

// The one of `values` whose text form the member is.
template <class E, std::size_t N, class Text>
E one_of(ObjectReader& in, std::string_view key, const std::array<E, N>& values,
         Text text_of_value) {
  const std::string word = in.string(key);
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](E value) { return text_of_value(value) == word; });
  if (found != values.end()) return *found;
  in.reject(key, fmt::format("\"{}\" is not a word known here", key));
  return values.front();
}

template <class E>
E word(ObjectReader& in, std::string_view key, Result<E> (*parse)(std::string_view), E otherwise) {
  auto parsed = parse(in.string(key));
  if (parsed) return *parsed;
  in.reject(key, fmt::format("\"{}\" is not a word known here", key));
  return otherwise;
}

GuardedFailure failure(ObjectReader& in) {
  return one_of(in, "failure", kFailures, [](GuardedFailure each) { return net::to_string(each); });
}

std::vector<std::string> bounded_strings(ObjectReader& in, std::string_view key,
                                         std::size_t count_max, std::size_t size_max) {
  auto out = in.strings(key);
  const bool fits = out.size() <= count_max && std::all_of(out.begin(), out.end(), [&](auto& each) {
                      return each.size() <= size_max;
                    });
  if (fits) return out;
  in.reject(key, fmt::format("\"{}\" is larger than anything the DNS holds", key));
  return {};
}

std::optional<names::DomainName> name_of(ObjectReader& in, std::string_view key,
                                         const std::string& written) {
  auto name = names::DomainName::parse(written, names::Underscores::allow);
  if (name && name->text() == written) return std::move(*name);
  in.reject(key, fmt::format("\"{}\" must be a domain name in lower-case A-labels", key));
  return std::nullopt;
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
    if (element)
      out.push_back(std::move(*element));
    else
      status = fail(std::move(element.error()));
  }
  return out;
}

Result<SeenLookup> lookup_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  SeenLookup out;
  out.purpose = text(in, "purpose");
  out.name = text(in, "name");
  out.type = one_of(in, "type", kTypes, [](dns::RecordType each) { return dns::to_string(each); });
  out.status = word(in, "status", dns::parse_lookup_status, out.status);
  out.rcode = static_cast<dns::Rcode>(in.integer("rcode", 0, 255));
  out.verdict = word(in, "verdict", dns::parse_verdict, out.verdict);
  out.ttl_s = static_cast<std::uint32_t>(in.integer("ttl_s", 0, UINT32_MAX));
  out.reason = text(in, "reason");
  out.alias_chain = bounded_strings(in, "alias_chain", kSeenNamesMax, kSeenTextMax);
  for (const auto& encoded : bounded_strings(in, "rdata", kSeenRecordsMax, 2 * kDnsSizeMax))
    out.rdata.push_back(octets(in, "rdata", encoded, kDnsSizeMax));
  if (out.status != dns::LookupStatus::answered && !out.rdata.empty())
    in.reject("rdata", "\"rdata\" must be empty where no answer arrived that may be read");
  if (const auto packet = in.optional_string("packet"))
    out.packet = octets(in, "packet", *packet, kDnsSizeMax);
  out.records_left_out = count_of(in, "records_left_out", kSeenRecordsMax);
  out.aliases_left_out = count_of(in, "aliases_left_out", kSeenNamesMax);
  out.packet_left_out = count_of(in, "packet_left_out", kDnsSizeMax);
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

Result<SeenHop> hop_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  SeenHop out;
  out.url = text(in, "url");
  out.address = text(in, "address");
  out.status = static_cast<unsigned>(in.integer("status", 0, 999));
  out.location = text(in, "location");
  out.failure = failure(in);
  out.message = text(in, "message");
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

// The digest binds the excerpt where the excerpt is everything; elsewhere it says of what it is
// one.
void read_digest(ObjectReader& in, SeenHttp& out) {
  const bool excerpt = out.body_before > 0 || out.body_after > 0;
  const auto written = in.optional_string("body_sha256");
  if (!written && excerpt) in.reject("body_sha256", "an excerpt needs the digest of the whole");
  if (!written) return;
  auto digest = hex_decode(*written);
  if (!digest || digest->size() != kSha256Size || hex_encode(*digest) != *written)
    in.reject("body_sha256", "must be SHA-256 in lower-case hex");
  else if (!excerpt && *digest != sha256(out.body))
    in.reject("body_sha256", "is not the digest of the body beside it");
  else
    out.body_sha256 = std::move(*digest);
}

Result<SeenHttp> http_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  SeenHttp out;
  Status nested;
  out.hops = elements<SeenHop>(in, "hops", kSeenHopsMax, hop_from_json, nested);
  out.body = octets(in, "body", in.string("body"), kSeenBodyMax);
  out.body_truncated = in.boolean("body_truncated");
  out.body_before = count_of(in, "body_before", kSeenBodyReadMax);
  out.body_after = count_of(in, "body_after", kSeenBodyReadMax);
  read_digest(in, out);
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

Result<SeenTls> tls_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  SeenTls out;
  out.address = text(in, "address");
  out.server_name = text(in, "server_name");
  out.protocol = text(in, "protocol");
  out.alpn = text(in, "alpn");
  out.certificate = octets(in, "certificate", in.string("certificate"), kSeenCertificateMax);
  out.failure = failure(in);
  out.message = text(in, "message");
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

void read_exchanges(ObjectReader& in, ControlObservation& out, Status& nested) {
  if (const auto* http = in.optional_value("http"); http != nullptr && nested) {
    auto read = http_from_json(*http, in.pointer_to("http"));
    if (read)
      out.http = std::move(*read);
    else
      nested = fail(read.error());
  }
  if (const auto* tls = in.optional_value("tls"); tls != nullptr && nested) {
    auto read = tls_from_json(*tls, in.pointer_to("tls"));
    if (read)
      out.tls = std::move(*read);
    else
      nested = fail(read.error());
  }
}

}  // namespace

json::value to_json(const ControlObservation& observation, bool packets) {
  json::array lookups;
  lookups.reserve(observation.lookups.size());
  for (const auto& lookup : observation.lookups) lookups.push_back(lookup_to_json(lookup, packets));
  json::object out{{"validating", observation.validating},
                   {"aliases", array_of(observation.aliases, name_to_json)},
                   {"lookups", std::move(lookups)},
                   {"equal_preference", observation.equal_preference}};
  if (observation.http) out.emplace("http", http_to_json(*observation.http));
  if (observation.tls) out.emplace("tls", tls_to_json(*observation.tls));
  if (observation.smtp_host) out.emplace("smtp_host", observation.smtp_host->text());
  return out;
}

Result<ControlObservation> control_observation_from_json(const json::value& value,
                                                         std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  ControlObservation out;
  Status nested;
  out.validating = in.boolean("validating");
  for (const auto& alias : bounded_strings(in, "aliases", kSeenNamesMax, kSeenTextMax))
    if (auto name = name_of(in, "aliases", alias)) out.aliases.push_back(std::move(*name));
  out.lookups = elements<SeenLookup>(in, "lookups", kSeenLookupsMax, lookup_from_json, nested);
  read_exchanges(in, out, nested);
  if (const auto host = in.optional_string("smtp_host"))
    out.smtp_host = name_of(in, "smtp_host", *host);
  out.equal_preference = static_cast<unsigned>(in.integer("equal_preference", 0, UINT32_MAX));
  if (nested && in.finish() && !within_bounds(out))
    in.reject("", "the observation is larger than any that a perspective keeps");
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

}  // namespace parallax::dcv
