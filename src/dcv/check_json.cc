// SPDX-License-Identifier: Apache-2.0
// A check as it travels from the coordinator to a perspective.
#include <algorithm>
#include <array>
#include <type_traits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "dcv/check.h"

namespace parallax::dcv {
namespace {

// The `kind` of a challenge, in the order of the variant.
constexpr std::string_view kDns = "dns";
constexpr std::string_view kPersistent = "persistent";
constexpr std::string_view kContact = "contact";
constexpr std::string_view kHttp = "http";
constexpr std::string_view kTlsAlpn = "tls-alpn";
constexpr std::string_view kReverse = "reverse";

constexpr std::size_t kThumbprintSizeMax = 128;  // octets of base64url

json::value challenge_to_json(const DnsValue& value) {
  return json::object{{"kind", kDns},           {"type", dns::to_string(value.type)},
                      {"prefix", value.prefix}, {"value", value.value},
                      {"whole", value.whole},   {"exact_case", value.exact_case}};
}

json::value challenge_to_json(const PersistentValue& value) {
  json::array issuers;
  for (const auto& issuer : value.issuers) issuers.emplace_back(issuer.text());
  json::array thumbprints;
  for (const auto& thumbprint : value.key_thumbprints) thumbprints.emplace_back(thumbprint);
  json::object out{{"kind", kPersistent},
                   {"issuers", std::move(issuers)},
                   {"account_uri", value.account_uri},
                   {"hashed", value.form == PersistentForm::hashed},
                   {"account_hash_prefix", value.account_hash_prefix},
                   {"key_thumbprints", std::move(thumbprints)}};
  // Only where it says something: a perspective of an earlier version knows no such member.
  if (value.wildcard) out.emplace("wildcard", true);
  return out;
}

json::value challenge_to_json(const ContactValue& value) {
  return json::object{{"kind", kContact}, {"contact", value.contact}};
}

json::value challenge_to_json(const HttpValue& value) {
  json::array headers;
  for (const auto& [name, text] : value.headers)
    headers.push_back(json::object{{"name", name}, {"value", text}});
  json::object out{{"kind", kHttp},
                   {"scheme", value.scheme == Scheme::https ? "https" : "http"},
                   {"path", value.path},
                   {"value", value.value},
                   {"headers", std::move(headers)}};
  if (value.pattern) out.emplace("pattern", *value.pattern);
  return out;
}

json::value challenge_to_json(const TlsAlpnValue& value) {
  return json::object{{"kind", kTlsAlpn}, {"digest", hex_encode(value.digest)}};
}

json::value challenge_to_json(const ReverseValue& value) {
  json::object out{{"kind", kReverse}, {"name", value.name.text()}};
  if (value.control)
    out.emplace("control",
                json::object{{"method", rules::to_string(value.control->method)},
                             {"challenge",
                              std::visit([](const auto& each) { return challenge_to_json(each); },
                                         value.control->challenge)}});
  return out;
}

// The readers below remember what is wrong in the reader they are given; finish() reports the first
// error with its pointer.

std::string bounded(ObjectReader& in, std::string_view key, std::size_t size_max) {
  std::string text = in.string(key);
  if (text.size() > size_max)
    in.reject(key, fmt::format("\"{}\" is longer than {} octets", key, size_max));
  return text;
}

std::optional<names::DomainName> name_of(ObjectReader& in, std::string_view key,
                                         const std::string& text) {
  auto name = names::DomainName::parse(text, names::Underscores::allow);
  if (name && name->text() == text) return std::move(*name);
  in.reject(key, fmt::format("\"{}\" must be a domain name in lower-case A-labels", key));
  return std::nullopt;
}

std::optional<names::DomainName> optional_name(ObjectReader& in, std::string_view key) {
  const auto text = in.optional_string(key);
  return text ? name_of(in, key, *text) : std::nullopt;
}

Challenge read_dns(ObjectReader& in) {
  DnsValue out;
  const std::string type = in.string("type");
  const auto is_named = [&](dns::RecordType each) { return dns::to_string(each) == type; };
  const std::array types{dns::RecordType::txt, dns::RecordType::cname, dns::RecordType::caa};
  const auto* const found = std::find_if(types.begin(), types.end(), is_named);
  if (found == types.end())
    in.reject("type", "\"type\" must be TXT, CNAME or CAA");
  else
    out.type = *found;
  out.prefix = bounded(in, "prefix", names::kDomainNameSizeMax);
  out.value = bounded(in, "value", kChallengeSizeMax);
  out.whole = in.boolean("whole");
  out.exact_case = in.boolean("exact_case");
  return out;
}

Challenge read_persistent(ObjectReader& in) {
  PersistentValue out;
  const auto issuers = in.strings("issuers");
  if (issuers.empty() || issuers.size() > kPersistentIssuersMax)
    in.reject("issuers", fmt::format("\"issuers\" must hold 1 to {} names", kPersistentIssuersMax));
  else
    for (const auto& text : issuers)
      if (auto name = name_of(in, "issuers", text)) out.issuers.push_back(std::move(*name));
  out.account_uri = bounded(in, "account_uri", kChallengeSizeMax);
  out.form = in.boolean("hashed") ? PersistentForm::hashed : PersistentForm::plain;
  out.account_hash_prefix = bounded(in, "account_hash_prefix", kChallengeSizeMax);
  out.key_thumbprints = in.strings("key_thumbprints");
  const bool fits = out.key_thumbprints.size() <= kPersistentKeysMax &&
                    std::all_of(out.key_thumbprints.begin(), out.key_thumbprints.end(),
                                [](const auto& each) { return each.size() <= kThumbprintSizeMax; });
  if (!fits)
    in.reject("key_thumbprints",
              fmt::format("\"key_thumbprints\" holds at most {} thumbprints", kPersistentKeysMax));
  out.wildcard = in.optional_boolean("wildcard").value_or(false);
  return out;
}

void read_headers(ObjectReader& in, HttpValue& out, Status& nested) {
  const json::array& headers = in.array("headers");
  if (headers.size() > kHeadersMax) {
    in.reject("headers", fmt::format("\"headers\" has more than {} elements", kHeadersMax));
    return;
  }
  for (std::size_t i = 0; i < headers.size() && nested; ++i) {
    ObjectReader header(headers[i], fmt::format("{}/{}", in.pointer_to("headers"), i));
    std::string name = bounded(header, "name", kHeaderSizeMax);
    std::string text = bounded(header, "value", kHeaderSizeMax);
    nested = header.finish();
    out.headers.emplace_back(std::move(name), std::move(text));
  }
}

Challenge read_http(ObjectReader& in, Status& nested) {
  HttpValue out;
  const std::string scheme = in.string("scheme");
  if (scheme != "http" && scheme != "https")
    in.reject("scheme", "\"scheme\" must be http or https");
  out.scheme = scheme == "https" ? Scheme::https : Scheme::http;
  out.path = bounded(in, "path", kPathSizeMax);
  out.value = bounded(in, "value", kChallengeSizeMax);
  out.pattern = in.optional_string("pattern");
  if (out.pattern && out.pattern->size() > kPatternSizeMax)
    in.reject("pattern", fmt::format("\"pattern\" is longer than {} octets", kPatternSizeMax));
  read_headers(in, out, nested);
  return out;
}

Challenge read_tls_alpn(ObjectReader& in) {
  const std::string text = bounded(in, "digest", kChallengeSizeMax);
  auto octets = hex_decode(text);
  if (octets && hex_encode(*octets) == text) return TlsAlpnValue{std::move(*octets)};
  in.reject("digest", "\"digest\" must be lower-case hex");
  return TlsAlpnValue{};
}

Result<Challenge> challenge_from_json(const json::value& value, std::string pointer,
                                      bool within_reverse);

// How control of the name that a PTR points to is shown: by no further PTR.
Result<NameControl> name_control_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  NameControl out;
  const auto method = rules::parse_control_method(in.string("method"));
  if (!method) in.reject("method", method.error().message);
  auto challenge = challenge_from_json(in.value("challenge"), in.pointer_to("challenge"), true);
  if (const auto end = in.finish(); !end) return fail(end.error());
  if (!challenge) return fail(challenge.error());
  out.method = *method;
  std::visit(
      [&out](auto& each) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(each)>, ReverseValue>)
          out.challenge = std::move(each);
      },
      *challenge);
  return out;
}

// ReverseValue holds a name, so that there is no value without one.
std::optional<Challenge> read_reverse(ObjectReader& in, Status& nested) {
  auto name = name_of(in, "name", in.string("name"));
  std::optional<NameControl> control;
  if (const auto* value = in.optional_value("control")) {
    auto read = name_control_from_json(*value, in.pointer_to("control"));
    if (read)
      control = std::move(*read);
    else
      nested = fail(read.error());
  }
  if (!name) return std::nullopt;
  return ReverseValue{std::move(*name), std::move(control)};
}

Result<Challenge> challenge_from_json(const json::value& value, std::string pointer,
                                      bool within_reverse) {
  ObjectReader in(value, std::move(pointer));
  const std::string kind = in.string("kind");
  std::optional<Challenge> out;
  Status nested;
  if (kind == kDns)
    out = read_dns(in);
  else if (kind == kPersistent)
    out = read_persistent(in);
  else if (kind == kContact)
    out = ContactValue{bounded(in, "contact", kChallengeSizeMax)};
  else if (kind == kHttp)
    out = read_http(in, nested);
  else if (kind == kTlsAlpn)
    out = read_tls_alpn(in);
  else if (kind == kReverse && !within_reverse)
    out = read_reverse(in, nested);
  else
    in.reject("kind", "\"kind\" must be dns, persistent, contact, http, tls-alpn or reverse");
  if (!nested) return fail(nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return std::move(*out);
}

json::value target_to_json(const Target& target) {
  const bool domain = std::holds_alternative<names::DomainName>(target);
  return json::object{{domain ? "domain" : "ip", text_of(target)}};
}

Result<Target> target_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  std::optional<Target> out;
  if (in.has("ip")) {
    const std::string text = in.string("ip");
    auto address = names::IpAddress::parse(text);
    if (address && address->text() == text)
      out = std::move(*address);
    else
      in.reject("ip", "\"ip\" must be an IP address in its canonical form");
  } else if (auto name = name_of(in, "domain", in.string("domain"))) {
    out = std::move(*name);
  }
  if (const auto end = in.finish(); !end) return fail(end.error());
  return std::move(*out);
}

json::value mail_server_to_json(const MailServerOf& of) {
  json::object out{{"mail_domain", of.mail_domain.text()}};
  if (of.smtp_host) out.emplace("smtp_host", of.smtp_host->text());
  return out;
}

Result<MailServerOf> mail_server_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  auto domain = name_of(in, "mail_domain", in.string("mail_domain"));
  auto host = optional_name(in, "smtp_host");
  if (const auto end = in.finish(); !end) return fail(end.error());
  return MailServerOf{std::move(*domain), std::move(host)};
}

}  // namespace

json::value to_json(const ControlCheck& check) {
  json::object out{{"method", rules::to_string(check.method)},
                   {"applied_for", target_to_json(check.applied_for)},
                   {"follow_cnames", check.follow_cnames}};
  if (check.adn) out.emplace("adn", check.adn->text());
  if (check.mail_server) out.emplace("mail_server", mail_server_to_json(*check.mail_server));
  out.emplace("challenge", std::visit([](const auto& each) { return challenge_to_json(each); },
                                      check.challenge));
  return out;
}

Result<ControlCheck> control_check_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  const auto method = rules::parse_control_method(in.string("method"));
  if (!method) in.reject("method", method.error().message);
  auto target = target_from_json(in.value("applied_for"), in.pointer_to("applied_for"));
  const bool follow_cnames = in.boolean("follow_cnames");
  auto adn = optional_name(in, "adn");
  std::optional<MailServerOf> mail_server;
  Status nested;
  if (const auto* of = in.optional_value("mail_server")) {
    auto read = mail_server_from_json(*of, in.pointer_to("mail_server"));
    if (read)
      mail_server = std::move(*read);
    else
      nested = fail(read.error());
  }
  auto challenge = challenge_from_json(in.value("challenge"), in.pointer_to("challenge"), false);
  if (const auto end = in.finish(); !end) return fail(end.error());
  if (!target) return fail(target.error());
  if (!nested) return fail(nested.error());
  if (!challenge) return fail(challenge.error());
  return ControlCheck{*method,       std::move(*target),   std::move(adn), std::move(mail_server),
                      follow_cnames, std::move(*challenge)};
}

}  // namespace parallax::dcv
