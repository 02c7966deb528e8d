// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_dcv_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "service/control_request.h"
#include "service/limits.h"
#include "service/requested_name.h"

namespace parallax::service {
namespace {

namespace json = boost::json;
using rules::ControlMethod;

constexpr std::size_t kDigestSize = 32;  // SHA-256

constexpr std::array<std::pair<ControlMethod, std::string_view>, 12> kMethods{{
    {ControlMethod::acme_dns, "acme-dns-01"},
    {ControlMethod::acme_http, "acme-http-01"},
    {ControlMethod::acme_tls_alpn, "acme-tls-alpn-01"},
    {ControlMethod::website_change, "website-change"},
    {ControlMethod::dns_change, "dns-change"},
    {ControlMethod::dns_persistent, "dns-persistent"},
    {ControlMethod::contact_email_txt, "contact-email-txt"},
    {ControlMethod::contact_email_caa, "contact-email-caa"},
    {ControlMethod::contact_phone_txt, "contact-phone-txt"},
    {ControlMethod::contact_phone_caa, "contact-phone-caa"},
    {ControlMethod::ip_address, "ip-address"},
    {ControlMethod::reverse_lookup, "reverse-address-lookup"},
}};

// Reads one object into the parameters: every getter fills in the echo as it goes.
class Reader {
 public:
  Reader(SchemaReader& in, MpicDcvParameters& out) : in_(in), out_(out) {}

  std::string required(std::string_view key) {
    std::string text = in_.required_string(key);
    out_.echo[key] = json::string(text);
    return text;
  }
  // Required, and a challenge: empty it would match anything.
  std::string challenge(std::string_view key) {
    std::string text = required(key);
    if (text.empty() && !out_.flaw) {
      flaw(key, fmt::format("\"{}\" is empty", key), "TLS BR 1.6.1");
      out_.flaw->context.emplace_back("flaw", "empty");
    }
    return text;
  }
  std::optional<std::string> optional(std::string_view key) {
    auto text = in_.string(key);
    out_.echo[key] = text ? json::value(json::string(*text)) : json::value(nullptr);
    return text;
  }
  // A member that has one value only; absent and null stand for it.
  void fixed(std::string_view key, std::string_view value) {
    std::ignore = in_.literal(key, {value});
    out_.echo[key] = value;
  }
  // A prefix of methods that know none.
  void no_prefix() {
    std::ignore = in_.literal("dns_name_prefix", {""});
    out_.echo["dns_name_prefix"] = nullptr;
  }
  bool flag(std::string_view key, bool otherwise) {
    const bool value = in_.boolean(key).value_or(otherwise);
    out_.echo[key] = value;
    return value;
  }
  // `require_exact_case` where the method leaves no choice.
  void case_is(bool exact) { out_.echo["require_exact_case"] = exact; }

  // Kept for after the schema; the first one counts.
  void flaw(std::string_view key, std::string message, std::string rule) {
    if (out_.flaw) return;
    out_.flaw = Error{ErrorCode::malformed, std::move(message), {{"member", std::string(key)}}};
    if (!rule.empty()) out_.flaw->context.emplace_back("rule", std::move(rule));
  }
  SchemaReader& schema() { return in_; }
  json::object& echo() { return out_.echo; }

 private:
  SchemaReader& in_;
  MpicDcvParameters& out_;
};

dns::RecordType record_type(Reader& in) {
  const auto text = in.schema().literal("dns_record_type", {"TXT", "CNAME", "CAA"});
  if (!in.schema().has("dns_record_type"))  // reported as missing
    std::ignore = in.schema().required_string("dns_record_type");
  in.echo()["dns_record_type"] = json::string(text.value_or("TXT"));
  if (text == "CNAME") return dns::RecordType::cname;
  return text == "CAA" ? dns::RecordType::caa : dns::RecordType::txt;
}

dcv::Challenge read_dns_change(Reader& in) {
  dcv::DnsValue out;
  out.type = record_type(in);
  out.prefix = in.optional("dns_name_prefix").value_or("");
  out.value = in.challenge("challenge_value");
  out.whole = in.flag("require_exact_match", false);
  const bool exact_case = in.flag("require_exact_case", true);
  if (out.type != dns::RecordType::txt) in.case_is(false);
  // Of names the comparison never depends on case, whatever this says.
  if (out.type != dns::RecordType::cname)
    out.exact_case = out.type == dns::RecordType::txt && exact_case;
  return out;
}

dcv::Challenge read_acme_dns(Reader& in) {
  in.fixed("dns_record_type", "TXT");
  in.fixed("dns_name_prefix", "_acme-challenge");
  in.case_is(true);
  return dcv::DnsValue{dns::RecordType::txt, "_acme-challenge",
                       in.challenge("key_authorization_hash")};
}

std::vector<std::pair<std::string, std::string>> read_headers(Reader& in) {
  std::vector<std::pair<std::string, std::string>> out;
  in.echo()["http_headers"] = nullptr;
  if (!in.schema().has("http_headers")) return out;
  const json::value& sent = in.schema().member("http_headers");
  SchemaReader headers = in.schema().inner("http_headers");
  const auto* object = sent.if_object();
  if (object == nullptr) return out;
  if (object->size() > dcv::kHeadersMax) {
    in.flaw("http_headers", fmt::format("at most {} headers are sent along", dcv::kHeadersMax), "");
    return out;
  }
  for (const auto& member : *object)
    out.emplace_back(member.key(), headers.required_string(member.key()));
  in.echo()["http_headers"] = *object;
  return out;
}

dcv::Challenge read_website(Reader& in) {
  dcv::HttpValue out;
  out.path = std::string(kPkiValidationPath) + in.challenge("http_token_path");
  out.value = in.challenge("challenge_value");
  const auto scheme = in.schema().literal("url_scheme", {"http", "https"});
  if (scheme == "https") out.scheme = dcv::Scheme::https;
  in.echo()["url_scheme"] = json::string(scheme.value_or("http"));
  out.pattern = in.optional("match_regex");
  if (out.pattern && out.pattern->empty()) out.pattern.reset();
  out.headers = read_headers(in);
  std::ignore = in.flag("require_exact_case", true);
  return out;
}

dcv::Challenge read_acme_http(Reader& in) {
  dcv::HttpValue out;
  out.path = std::string(kAcmeChallengePath) + in.challenge("token");
  out.value = in.challenge("key_authorization");
  out.headers = read_headers(in);
  in.case_is(true);
  return out;
}

dcv::Challenge read_tls_alpn(Reader& in) {
  constexpr std::string_view kMember = "key_authorization_hash";
  const std::string text = in.challenge(kMember);
  in.case_is(false);
  const auto digest = hex_decode(text);
  if (!digest || digest->size() != kDigestSize)
    in.flaw(kMember, "\"key_authorization_hash\" must be a SHA-256 digest as 64 hex digits",
            "RFC 8737 s3");
  return dcv::TlsAlpnValue{digest ? *digest : std::string()};
}

dcv::Challenge read_persistent(Reader& in) {
  constexpr std::string_view kIssuers = "issuer_domain_names";
  dcv::PersistentValue out;
  const auto texts = in.schema().strings(kIssuers);
  if (!in.schema().has(kIssuers)) std::ignore = in.schema().required_string(kIssuers);
  if (texts && (texts->empty() || texts->size() > dcv::kPersistentIssuersMax))
    in.flaw(kIssuers,
            fmt::format("\"{}\" must hold 1 to {} names", kIssuers, dcv::kPersistentIssuersMax),
            "TLS BR 3.2.2.4.22");
  json::array echoed;
  for (const std::string& text : texts.value_or(std::vector<std::string>())) {
    auto name = names::DomainName::parse(text);
    if (name)
      out.issuers.push_back(std::move(*name));
    else
      in.flaw(kIssuers, name.error().message, "TLS BR 3.2.2.4.22");
    echoed.emplace_back(json::string(text));
  }
  in.echo()[kIssuers] = std::move(echoed);
  out.account_uri = in.challenge("expected_account_uri");
  in.fixed("dns_record_type", "TXT");
  in.fixed("dns_name_prefix", "_validation-persist");
  in.case_is(false);
  return out;
}

dcv::Challenge read_contact(Reader& in, std::string_view prefix) {
  if (prefix.empty()) {
    in.fixed("dns_record_type", "CAA");
    in.no_prefix();
  } else {
    in.fixed("dns_record_type", "TXT");
    in.fixed("dns_name_prefix", prefix);
  }
  in.case_is(false);
  return dcv::ContactValue{in.challenge("challenge_value")};
}

std::optional<dcv::Challenge> read_reverse(Reader& in) {
  in.fixed("dns_record_type", "PTR");
  in.no_prefix();
  in.case_is(false);
  auto name = names::DomainName::parse(in.challenge("challenge_value"));
  if (name) return dcv::ReverseValue{std::move(*name)};
  in.flaw("challenge_value", name.error().message, "TLS BR 3.2.2.5.3");
  return std::nullopt;
}

std::optional<dcv::Challenge> read_challenge(Reader& in, ControlMethod method) {
  switch (method) {
    case ControlMethod::dns_change: return read_dns_change(in);
    case ControlMethod::acme_dns: return read_acme_dns(in);
    case ControlMethod::website_change: return read_website(in);
    case ControlMethod::acme_http: return read_acme_http(in);
    case ControlMethod::acme_tls_alpn: return read_tls_alpn(in);
    case ControlMethod::dns_persistent: return read_persistent(in);
    case ControlMethod::contact_email_txt: return read_contact(in, "_validation-contactemail");
    case ControlMethod::contact_phone_txt: return read_contact(in, "_validation-contactphone");
    case ControlMethod::contact_email_caa:
    case ControlMethod::contact_phone_caa: return read_contact(in, "");
    case ControlMethod::reverse_lookup: return read_reverse(in);
    default: return std::nullopt;  // ip-address: nothing looks for it any more
  }
}

}  // namespace

std::string_view mpic_method(ControlMethod method) {
  const auto* const it = std::find_if(kMethods.begin(), kMethods.end(),
                                      [&](const auto& each) { return each.first == method; });
  return it == kMethods.end() ? std::string_view() : it->second;
}

std::optional<MpicDcvParameters> read_dcv_parameters(const json::value& value, json::array loc,
                                                     SchemaIssues& issues) {
  constexpr std::string_view kMethod = "validation_method";
  SchemaReader in(value, std::move(loc), issues);
  if (!value.is_object()) return std::nullopt;
  if (!in.has(kMethod)) {
    std::ignore = in.required_string(kMethod);
    return std::nullopt;
  }
  std::vector<std::string_view> known;
  for (const auto& [method, name] : kMethods) known.push_back(name);
  const auto text = in.literal(kMethod, known);
  if (!text) return std::nullopt;
  const auto* const it = std::find_if(kMethods.begin(), kMethods.end(),
                                      [&](const auto& each) { return each.second == *text; });
  MpicDcvParameters out{it->first, {}};
  out.echo[kMethod] = json::string(*text);
  Reader reader(in, out);
  out.challenge = read_challenge(reader, out.method);
  if (!issues.empty()) return std::nullopt;
  return out;
}

}  // namespace parallax::service
