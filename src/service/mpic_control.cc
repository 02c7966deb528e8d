// SPDX-License-Identifier: Apache-2.0
// From the parameters of an Open MPIC request to a check, and from what is wrong with it to issues.
#include <fmt/format.h>

#include "base/encoding.h"
#include "service/control_request.h"
#include "service/mpic_dcv_request.h"
#include "service/requested_name.h"

namespace parallax::service {
namespace {

using rules::ControlMethod;
using rules::MethodStanding;
using rules::TargetKind;

constexpr unsigned kHexBits = 4;

std::string context_of(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.context)
    if (key == name) return value;
  return {};
}

Error about(Error error, std::string field) {
  return std::move(error).with("field", std::move(field));
}

// The text in front of `zone`, its labels in reverse order.
std::optional<std::vector<std::string_view>> reversed_labels(const names::DomainName& name,
                                                             std::string_view zone,
                                                             std::size_t count) {
  if (!name.text().ends_with(zone)) return std::nullopt;
  auto labels = name.labels();
  if (labels.size() != count + 2) return std::nullopt;  // and the two of the zone
  labels.resize(count);
  return std::vector<std::string_view>(labels.rbegin(), labels.rend());
}

// The address whose name in the reverse zone this is (RFC 1035 s3.5, RFC 3596 s2.5).
Result<names::IpAddress> address_of_reverse(std::string_view target) {
  const auto name = names::DomainName::parse(target);
  if (!name) return fail(name.error());
  if (const auto v4 = reversed_labels(*name, ".in-addr.arpa", 4))
    return names::IpAddress::parse(fmt::format("{}", fmt::join(*v4, ".")));
  constexpr std::size_t kNibbles = 128 / kHexBits;
  if (const auto v6 = reversed_labels(*name, ".ip6.arpa", kNibbles)) {
    std::string text;
    for (std::size_t i = 0; i < kNibbles; ++i)
      text += fmt::format("{}{}", i != 0 && i % 4 == 0 ? ":" : "", (*v6)[i]);
    return names::IpAddress::parse(text);
  }
  return fail(
      ErrorCode::malformed,
      fmt::format("{} is not the name of an address in in-addr.arpa or ip6.arpa", name->text()));
}

Result<names::CertificateName> parse_target(std::string_view target, ControlMethod method,
                                            const names::PublicSuffixList& suffixes) {
  if (target.find('@') != std::string_view::npos)
    return fail(ErrorCode::malformed,
                "the target is a domain name or an IP address; of a mailbox, send the domain part");
  if (method == ControlMethod::reverse_lookup && !names::IpAddress::parse(target)) {
    auto address = address_of_reverse(target);
    if (!address) return fail(address.error());
    return names::CertificateName(std::move(*address));
  }
  return parse_controlled_name(target, caa::CertificateType::tls_server, suffixes);
}

dcv::Target looked_at(const names::CertificateName& name) {
  if (const auto* wildcard = std::get_if<names::WildcardName>(&name)) return wildcard->base();
  if (const auto* address = std::get_if<names::IpAddress>(&name)) return *address;
  return std::get<names::DomainName>(name);
}

// Whether the method may be used for such a target on that day.
Status check_method(ControlMethod method, const names::CertificateName& name, Date day,
                    bool refuse_discouraged) {
  const bool address = std::holds_alternative<names::IpAddress>(name);
  // 3.2.2.4.8 has no row for addresses, and its end is the same for everything.
  const auto kind =
      address && method != ControlMethod::ip_address ? TargetKind::ip_address : TargetKind::domain;
  const auto row = rules::method_rule(method, kind, day);
  if (!row)
    return fail(
        about({ErrorCode::unsupported,
               fmt::format("{} shows no control of {}", mpic_method(method), names::text_of(name)),
               {}},
              "method"));
  std::string rule = fmt::format("{} {}", rules::to_string(row->rule.document), row->rule.section);
  if (row->standing == MethodStanding::retired)
    return fail(about({ErrorCode::forbidden,
                       fmt::format("{} must not be used since {} (ballot {})", mpic_method(method),
                                   row->retired_from ? format_date(*row->retired_from) : "long ago",
                                   row->retired_by),
                       {{"rule", std::move(rule)}}},
                      "method"));
  if (row->standing == MethodStanding::discouraged && refuse_discouraged)
    return fail(about({ErrorCode::forbidden,
                       fmt::format("{} should not be used since {}, and is switched off here",
                                   mpic_method(method), format_date(*row->discouraged_from)),
                       {{"rule", std::move(rule)}}},
                      "method"));
  if (std::holds_alternative<names::WildcardName>(name) && !row->wildcard)
    return fail(
        about({ErrorCode::forbidden,
               fmt::format("{} cannot show control for a wildcard name", mpic_method(method)),
               {{"rule", std::move(rule)}}},
              "method"));
  return {};
}

}  // namespace

Result<MpicControl> mpic_control(const MpicDcvParameters& parameters, std::string_view target,
                                 const names::PublicSuffixList& suffixes, Date day, bool lab,
                                 bool refuse_discouraged) {
  auto name = parse_target(target, parameters.method, suffixes);
  if (!name) return fail(about(std::move(name.error()), "applied_for"));
  if (const auto may = check_method(parameters.method, *name, day, refuse_discouraged); !may)
    return fail(may.error());
  if (parameters.flaw) return fail(*parameters.flaw);
  if (!parameters.challenge)
    return fail(about({ErrorCode::unsupported, "nothing looks for this method", {}}, "method"));
  dcv::Target target_of_check = looked_at(*name);
  MpicControl out{std::move(*name),
                  {parameters.method, std::move(target_of_check), std::nullopt, std::nullopt, false,
                   *parameters.challenge}};
  if (const auto valid = dcv::validate(out.check, day, lab); !valid) return fail(valid.error());
  return out;
}

std::string mpic_member(const Error& error, ControlMethod method) {
  if (auto member = context_of(error, "member"); !member.empty()) return member;
  const std::string field = context_of(error, "field");
  if (field == "applied_for" || field == "name") return "domain_or_ip_target";
  if (field == "method") return "validation_method";
  const bool http = method == ControlMethod::acme_http;
  const bool acme_dns = method == ControlMethod::acme_dns;
  if (field == "challenge.type") return "dns_record_type";
  if (field == "challenge.prefix") return "dns_name_prefix";
  if (field == "challenge.value")
    return http ? "key_authorization" : acme_dns ? "key_authorization_hash" : "challenge_value";
  if (field == "challenge.path") return http ? "token" : "http_token_path";
  if (field == "challenge.digest") return "key_authorization_hash";
  if (field == "challenge.contact" || field == "challenge.name") return "challenge_value";
  if (field == "challenge.account_uri") return "expected_account_uri";
  if (field.starts_with("challenge.issuers")) return "issuer_domain_names";
  if (field == "challenge.pattern") return "match_regex";
  if (field == "challenge.scheme") return "url_scheme";
  if (field.starts_with("challenge.headers")) return "http_headers";
  return "dcv_check_parameters";
}

std::string mpic_sentence(const Error& error, ControlMethod method) {
  const std::string rule = context_of(error, "rule");
  std::string text = fmt::format("{}: {}", mpic_member(error, method), error.message);
  if (!rule.empty() && text.find(rule) == std::string::npos) text += fmt::format(" ({})", rule);
  return is_utf8(text) ? text : printable(text, text.size());
}

std::string_view mpic_issue_type(const Error& error, ControlMethod method) {
  const std::string member = mpic_member(error, method);
  if (member == "domain_or_ip_target") return "invalid-domain-or-ip-target";
  if (member == "validation_method") return "invalid-validation-method";
  const bool challenge = member == "challenge_value" || member == "key_authorization" ||
                         member == "key_authorization_hash" || member == "expected_account_uri";
  if (!challenge) return "invalid-dcv-parameter";
  return context_of(error, "flaw") == "empty" ? "empty-challenge-value" : "invalid-challenge-value";
}

}  // namespace parallax::service
