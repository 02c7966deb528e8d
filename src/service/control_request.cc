// SPDX-License-Identifier: Apache-2.0
#include "service/control_request.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "caa/parameters.h"
#include "dcv/method.h"
#include "dcv/methods/dns_account.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

using rules::ControlMethod;

constexpr std::size_t kDigestSize = 32;  // SHA-256
constexpr std::string_view kAcmePrefix = "_acme-challenge";

// The readers below remember what is wrong in the reader they are given, under the member's name;
// what they return then is never used.

std::string bounded(ObjectReader& in, std::string_view key,
                    std::size_t size_max = dcv::kChallengeSizeMax) {
  std::string text = in.string(key);
  if (text.size() > size_max)
    in.reject(key,
              fmt::format("\"{}\" holds {} octets; {} is the most", key, text.size(), size_max));
  return text;
}

// One of the two; the first where the member is absent.
bool is_second(ObjectReader& in, std::string_view key, std::string_view first,
               std::string_view second) {
  const auto text = in.optional_string(key);
  if (text && *text != first && *text != second)
    in.reject(key, fmt::format("\"{}\" must be \"{}\" or \"{}\"", key, first, second));
  return text && *text == second;
}

std::optional<names::DomainName> name_in(ObjectReader& in, std::string_view key,
                                         const std::string& text) {
  auto name = names::DomainName::parse(text, names::Underscores::allow);
  if (name) return std::move(*name);
  in.reject(key, fmt::format("\"{}\": {}", key, name.error().message));
  return std::nullopt;
}

std::string account_uri(ObjectReader& in) {
  std::string uri = bounded(in, "account_uri", kAccountUriSizeMax);
  if (!caa::is_uri(uri)) in.reject("account_uri", "\"account_uri\" must be a URI (RFC 3986)");
  return uri;
}

// The text of a SHA-256 digest, as ACME writes it into a TXT record (RFC 8555 s8.4).
std::string digest_text(ObjectReader& in) {
  std::string text = bounded(in, "key_authorization_hash");
  const auto octets = base64url_decode(text);
  if (!octets || octets->size() != kDigestSize)
    in.reject("key_authorization_hash",
              "\"key_authorization_hash\" must be the unpadded base64url of a SHA-256 digest, 43 "
              "characters (RFC 8555 section 8.4)");
  return text;
}

dns::RecordType record_type(ObjectReader& in) {
  const std::string text = in.optional_string("record_type").value_or("TXT");
  if (text == "CNAME") return dns::RecordType::cname;
  if (text == "CAA") return dns::RecordType::caa;
  if (text != "TXT")
    in.reject("record_type", "\"record_type\" must be TXT, CNAME or CAA (TLS BR 3.2.2.4.7)");
  return dns::RecordType::txt;
}

// Besides the challenge: what a contact did, and the first error within another object.
struct Aside {
  std::optional<Instant> confirmed_at{};
  Status nested{};
};

dcv::Challenge read_contact(ObjectReader& in, Aside& aside) {
  if (const auto text = in.optional_string("confirmed_at")) {
    const auto at = parse_instant(*text);
    if (at)
      aside.confirmed_at = *at;
    else
      in.reject("confirmed_at",
                "\"confirmed_at\" must be a time such as 2026-11-23T08:00:00Z "
                "(RFC 3339)");
  }
  return dcv::ContactValue{bounded(in, "contact")};
}

dcv::Challenge read_dns_change(ObjectReader& in) {
  dcv::DnsValue out;
  out.type = record_type(in);
  out.prefix = in.optional_string("prefix").value_or("");
  out.value = bounded(in, "value");
  out.whole = !is_second(in, "match", "whole", "contains");
  return out;
}

dcv::Challenge read_acme_dns(ObjectReader& in) {
  return dcv::DnsValue{dns::RecordType::txt, std::string(kAcmePrefix), digest_text(in)};
}

dcv::Challenge read_dns_account(ObjectReader& in) {
  const std::string account = account_uri(in);
  return dcv::DnsValue{dns::RecordType::txt, dcv::dns_account_prefix(account), digest_text(in)};
}

std::vector<names::DomainName> read_issuers(ObjectReader& in, const ControlContext& context) {
  const auto texts = in.optional_strings("issuers");
  if (!texts) return context.issuers;
  if (texts->empty() || texts->size() > dcv::kPersistentIssuersMax)
    in.reject("issuers", fmt::format("\"issuers\" must hold 1 to {} issuer domain names",
                                     dcv::kPersistentIssuersMax));
  std::vector<names::DomainName> out;
  for (const std::string& text : *texts) {
    auto name = names::DomainName::parse(text);
    if (!name) {
      in.reject("issuers", name.error().message);
      break;
    }
    if (std::find(out.begin(), out.end(), *name) == out.end()) out.push_back(std::move(*name));
  }
  return out;
}

dcv::Challenge read_persistent(ObjectReader& in, const ControlContext& context) {
  dcv::PersistentValue out;
  out.issuers = read_issuers(in, context);
  out.account_uri = account_uri(in);
  if (!is_second(in, "form", "plain", "hashed")) return out;
  out.form = dcv::PersistentForm::hashed;
  out.account_hash_prefix = bounded(in, "account_hash_prefix", kAccountUriSizeMax);
  out.key_thumbprints = in.strings("key_thumbprints");
  if (out.key_thumbprints.empty() || out.key_thumbprints.size() > dcv::kPersistentKeysMax)
    in.reject("key_thumbprints", fmt::format("\"key_thumbprints\" must hold 1 to {} of them",
                                             dcv::kPersistentKeysMax));
  return out;
}

std::vector<std::pair<std::string, std::string>> read_headers(ObjectReader& in) {
  std::vector<std::pair<std::string, std::string>> out;
  const json::value* value = in.optional_value("headers");
  if (value == nullptr) return out;
  const auto* object = value->if_object();
  if (object == nullptr || object->size() > dcv::kHeadersMax) {
    in.reject("headers",
              fmt::format("\"headers\" must be an object of at most {} members", dcv::kHeadersMax));
    return out;
  }
  for (const auto& member : *object) {
    if (const auto* text = member.value().if_string())
      out.emplace_back(member.key(), *text);
    else
      in.reject("headers", "\"headers\" must hold strings only");
  }
  return out;
}

dcv::Challenge read_website(ObjectReader& in) {
  dcv::HttpValue out;
  const std::string path = bounded(in, "path", dcv::kPathSizeMax);
  if (path.empty() || path.starts_with('/'))
    in.reject("path", fmt::format("\"path\" must be the path of a document below {}, without "
                                  "leading slash (TLS BR 3.2.2.4.18)",
                                  kPkiValidationPath));
  out.path = std::string(kPkiValidationPath) + path;
  out.value = bounded(in, "value");
  if (is_second(in, "scheme", "http", "https")) out.scheme = dcv::Scheme::https;
  out.pattern = in.optional_string("pattern");
  out.headers = read_headers(in);
  return out;
}

dcv::Challenge read_acme_http(ObjectReader& in) {
  dcv::HttpValue out;
  out.path = std::string(kAcmeChallengePath) + bounded(in, "token", dcv::kPathSizeMax);
  out.value = bounded(in, "key_authorization");
  out.headers = read_headers(in);
  return out;
}

dcv::Challenge read_tls_alpn(ObjectReader& in) {
  const auto digest = base64url_decode(digest_text(in));
  return dcv::TlsAlpnValue{digest ? *digest : std::string()};
}

// By what control of the name is shown that the address points to: a method of 3.2.2.4 at that very
// name, so no member leads away from it. Nullopt with the reason in `aside`, or for the methods
// that the caller carries out.
std::optional<dcv::NameControl> read_name_control(const json::value& value, std::string pointer,
                                                  const ControlContext& context, Aside& aside);

std::optional<dcv::Challenge> read_reverse(ObjectReader& in, const ControlContext& context,
                                           Aside& aside) {
  auto name = name_in(in, "name", bounded(in, "name"));
  const json::value* value = in.optional_value("control");
  if (value == nullptr) {
    aside.nested = fail(
        {ErrorCode::malformed,
         "\"control\" is required: a PTR record alone shows no control of the address; say how "
         "control of the name is shown that it points to",
         {{"pointer", in.pointer_to("control")}, {"rule", "TLS BR 3.2.2.5.3"}}});
    return std::nullopt;
  }
  auto control = read_name_control(*value, in.pointer_to("control"), context, aside);
  if (!name || !control) return std::nullopt;
  return dcv::ReverseValue{std::move(*name), std::move(control)};
}

// None for the methods that the caller carries out.
std::optional<dcv::Challenge> read_challenge(ObjectReader& in, ControlMethod method,
                                             const ControlContext& context, Aside& aside) {
  switch (method) {
    case ControlMethod::dns_change: return read_dns_change(in);
    case ControlMethod::acme_dns: return read_acme_dns(in);
    case ControlMethod::dns_account: return read_dns_account(in);
    case ControlMethod::dns_persistent: return read_persistent(in, context);
    case ControlMethod::website_change: return read_website(in);
    case ControlMethod::acme_http: return read_acme_http(in);
    case ControlMethod::acme_tls_alpn: return read_tls_alpn(in);
    case ControlMethod::contact_email_txt:
    case ControlMethod::contact_email_caa:
    case ControlMethod::contact_phone_txt:
    case ControlMethod::contact_phone_caa: return read_contact(in, aside);
    case ControlMethod::reverse_lookup: return read_reverse(in, context, aside);
    default: return std::nullopt;
  }
}

std::optional<dcv::NameControl> read_name_control(const json::value& value, std::string pointer,
                                                  const ControlContext& context, Aside& aside) {
  ObjectReader in(value, std::move(pointer));
  const auto method = rules::parse_control_method(in.string("method"));
  if (!method) {
    in.reject("method", method.error().message);
    aside.nested = fail(in.finish().error());
    return std::nullopt;
  }
  if (*method == ControlMethod::reverse_lookup || dcv::find_method(*method) == nullptr) {
    aside.nested =
        fail({ErrorCode::unsupported,
              fmt::format("{} is no method by which control of a name is looked for here",
                          rules::to_string(*method)),
              {{"pointer", in.pointer_to("method")},
               {"field", "control.method"},
               {"rule", "TLS BR 3.2.2.5.3, 3.2.2.4"}}});
    return std::nullopt;
  }
  auto challenge = read_challenge(in, *method, context, aside);
  if (const auto end = in.finish(); !end) aside.nested = fail(end.error());
  if (!aside.nested || !challenge) return std::nullopt;
  dcv::NameControl out{*method, {}};
  std::visit(
      [&out](auto& each) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(each)>, dcv::ReverseValue>)
          out.challenge = std::move(each);
      },
      *challenge);
  return out;
}

dcv::Target target_of(const names::CertificateName& name) {
  if (const auto* wildcard = std::get_if<names::WildcardName>(&name)) return wildcard->base();
  if (const auto* mailbox = std::get_if<names::MailboxAddress>(&name)) return mailbox->domain();
  if (const auto* address = std::get_if<names::IpAddress>(&name)) return *address;
  return std::get<names::DomainName>(name);
}

void read_way(ObjectReader& in, const ControlContext& context, dcv::ControlCheck& check) {
  if (const auto adn = in.optional_string("adn")) check.adn = name_in(in, "adn", *adn);
  if (!in.optional_boolean("mail_server").value_or(false)) return;
  const auto* domain = std::get_if<names::DomainName>(&check.applied_for);
  if (context.type == caa::CertificateType::smime && domain != nullptr)
    check.mail_server = dcv::MailServerOf{*domain, std::nullopt};
  else
    in.reject("mail_server", "\"mail_server\" is for the mailboxes of S/MIME orders (SBR 3.2.2.3)");
}

// As control_member(), for one method.
std::string member_of(std::string_view field, ControlMethod method) {
  const bool acme_http = method == ControlMethod::acme_http;
  const bool digest = method == ControlMethod::acme_dns || method == ControlMethod::dns_account;
  if (field == "method") return "/method";
  if (field == "adn" || field == "follow_cnames") return "/adn";
  if (field == "mail_server") return "/mail_server";
  if (field == "confirmed_at") return "/confirmed_at";
  if (field == "challenge.type") return "/record_type";
  if (field == "challenge.digest") return "/key_authorization_hash";
  if (field == "challenge.whole") return "/match";
  if (field == "challenge.hashed") return "/form";
  if (field == "challenge.path") return acme_http ? "/token" : "/path";
  if (field == "challenge.value")
    return acme_http ? "/key_authorization" : digest ? "/key_authorization_hash" : "/value";
  constexpr std::string_view kChallenge = "challenge.";
  if (!field.starts_with(kChallenge)) return {};
  // The other members bear the same name in the request.
  std::string member(field.substr(kChallenge.size()));
  return "/" + member.substr(0, member.find_first_of(".["));
}

// Methods that the caller carries out at a name other than the one applied for.
bool has_adn(ControlMethod method) {
  return method == ControlMethod::constructed_email || method == ControlMethod::domain_contact;
}

// Under which a request for control of such a name is judged, where nothing closer is known.
std::string_view rule_of(const names::CertificateName& name) {
  if (std::holds_alternative<names::IpAddress>(name)) return "TLS BR 3.2.2.5";
  return std::holds_alternative<names::MailboxAddress>(name) ? "SBR 3.2.2" : "TLS BR 3.2.2.4";
}

bool names_rule(const Error& error) {
  return std::any_of(error.context.begin(), error.context.end(),
                     [](const auto& each) { return each.first == "rule"; });
}

Result<orders::ControlRequest> read_control(const json::value& control, std::string pointer,
                                            const ControlContext& context) {
  ObjectReader in(control, std::move(pointer));
  const std::string text = in.string("method");
  const auto method = rules::parse_control_method(text);
  if (!method) {
    in.reject("method", method.error().message);
    return fail(in.finish().error());
  }
  orders::ControlRequest out{.method = *method};
  // TLS BR 3.2.2.4.8: nothing looks for it any more; planning says since when.
  if (*method == ControlMethod::ip_address) return out;
  Aside aside;
  auto challenge = read_challenge(in, *method, context, aside);
  out.confirmed_at = aside.confirmed_at;
  if (has_adn(*method))
    if (const auto adn = in.optional_string("adn")) out.adn = name_in(in, "adn", *adn);
  if (challenge) {
    dcv::ControlCheck check{*method, target_of(context.name), std::nullopt, std::nullopt,
                            false,   std::move(*challenge)};
    read_way(in, context, check);
    out.check = std::move(check);
  }
  if (!aside.nested) return fail(aside.nested.error());
  if (const auto end = in.finish(); !end) return fail(end.error());
  return out;
}

}  // namespace

Result<orders::ControlRequest> parse_control(const json::value& control, std::string pointer,
                                             const ControlContext& context) {
  auto out = read_control(control, std::move(pointer), context);
  if (out || names_rule(out.error())) return out;
  return fail(std::move(out.error()).with("rule", std::string(rule_of(context.name))));
}

ControlMethods methods_of(const orders::ControlRequest& request) {
  const auto* reverse =
      request.check ? std::get_if<dcv::ReverseValue>(&request.check->challenge) : nullptr;
  if (reverse == nullptr || !reverse->control) return {request.method, std::nullopt};
  return {request.method, reverse->control->method};
}

std::string control_member(std::string_view field, const ControlMethods& methods) {
  constexpr std::string_view kNested = "control.";
  if (!methods.of_pointed_name || !field.starts_with(kNested))
    return member_of(field, methods.method);
  return "/control" + member_of(field.substr(kNested.size()), *methods.of_pointed_name);
}

json::value to_json(const orders::ControlRequest& request) {
  json::object out{{"method", rules::to_string(request.method)},
                   {"check", request.check ? dcv::to_json(*request.check) : json::value()}};
  // Left out where nothing is said, so that such orders keep their digests.
  if (request.adn) out["adn"] = request.adn->text();
  if (request.confirmed_at) out["confirmed_at"] = format_instant(*request.confirmed_at);
  return out;
}

}  // namespace parallax::service
