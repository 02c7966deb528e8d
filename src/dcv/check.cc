// SPDX-License-Identifier: Apache-2.0
#include "dcv/check.h"

#include <utility>

#include <fmt/format.h>

#include "dcv/method.h"
#include "dcv/methods/question.h"
#include "dcv/random_value.h"
#include "names/certificate_name.h"

namespace parallax::dcv {
namespace {

using rules::ControlMethod;
using rules::MethodRule;
using rules::MethodStanding;
using rules::TargetKind;

constexpr std::string_view kMailServerRule = "SBR 3.2.2.3";
constexpr std::string_view kAdnRule = "TLS BR 3.2.2.4";

std::string cite(const MethodRule& row) {
  return fmt::format("{} {}", rules::to_string(row.rule.document), row.rule.section);
}

Result<MethodRule> row_in_force(const ControlCheck& check, Date at) {
  const bool domain = std::holds_alternative<names::DomainName>(check.applied_for);
  const TargetKind kind = domain ? TargetKind::domain : TargetKind::ip_address;
  const auto row = rules::method_rule(check.method, kind, at);
  if (!row)
    return refuse(
        ErrorCode::unsupported,
        fmt::format("{} shows no control of {}, which is {}", rules::to_string(check.method),
                    text_of(check.applied_for), domain ? "a domain name" : "an IP address"),
        "method", "TLS BR 3.2.2.4, 3.2.2.5");
  if (row->standing == MethodStanding::not_yet)
    return refuse(
        ErrorCode::forbidden,
        fmt::format("{} may be used from {} on (ballot {})", rules::to_string(check.method),
                    format_date(row->rule.from), row->rule.ballot),
        "method", cite(*row));
  if (row->standing == MethodStanding::retired)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} must not be used{} (ballot {})", rules::to_string(check.method),
                              row->retired_from ? " since " + format_date(*row->retired_from) : "",
                              row->retired_by),
                  "method", cite(*row));
  return *row;
}

Status check_target(const ControlCheck& check, const MethodRule& row, bool lab) {
  if (const auto* address = std::get_if<names::IpAddress>(&check.applied_for)) {
    const auto reserved = address->special_purpose();
    if (reserved.empty() || lab) return {};
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} is no public address but special-purpose space ({})",
                              address->text(), reserved),
                  "applied_for", "TLS BR 4.2.2");
  }
  const auto& name = std::get<names::DomainName>(check.applied_for);
  if (name.text().find('_') != std::string::npos)
    return refuse(
        ErrorCode::malformed,
        fmt::format("{} holds an underscore; no certificate is for such a name", name.text()),
        "applied_for", "TLS BR 7.1.4.2.1");
  if (names::classify(name) == names::DomainClass::onion)
    return refuse(
        ErrorCode::unsupported,
        fmt::format("{} is an onion name, which cannot be reached from here", name.text()),
        "applied_for", cite(row));
  return {};
}

// The way to where the method looks, as far as it can be judged without looking.
Status check_way(const ControlCheck& check, const MethodRule& row) {
  const auto* name = std::get_if<names::DomainName>(&check.applied_for);
  if (check.mail_server) {
    if (name == nullptr || check.mail_server->mail_domain != *name)
      return refuse(ErrorCode::malformed,
                    fmt::format("mail servers are those of the mail domain {}, but control was "
                                "asked for {}",
                                check.mail_server->mail_domain.text(), text_of(check.applied_for)),
                    "mail_server", kMailServerRule);
    if (check.adn || check.follow_cnames)
      return refuse(ErrorCode::malformed,
                    "the mail server itself is the name that control is shown of; no other "
                    "Authorization Domain Name can be asked for beside it",
                    "adn", kMailServerRule);
  }
  if (check.adn && name == nullptr)
    return refuse(ErrorCode::malformed, "an IP address has no Authorization Domain Name", "adn",
                  cite(row));
  if (check.follow_cnames && !check.adn)
    return refuse(ErrorCode::malformed,
                  "CNAMEs are followed towards an Authorization Domain Name, and none is given",
                  "follow_cnames", kAdnRule);
  if (check.follow_cnames && !row.cname)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} allows no CNAME step on the way to the Authorization Domain Name",
                              rules::to_string(check.method)),
                  "follow_cnames", cite(row));
  return {};
}

std::string_view challenge_wanted(ControlMethod method) {
  switch (method) {
    case ControlMethod::dns_change:
    case ControlMethod::acme_dns:
    case ControlMethod::dns_account: return "a value in the DNS";
    case ControlMethod::dns_persistent: return "issuer names and an account URI";
    case ControlMethod::contact_email_txt:
    case ControlMethod::contact_email_caa:
    case ControlMethod::contact_phone_txt:
    case ControlMethod::contact_phone_caa: return "a contact";
    case ControlMethod::website_change:
    case ControlMethod::acme_http: return "a document on a web server";
    case ControlMethod::acme_tls_alpn: return "the digest in a certificate";
    case ControlMethod::reverse_lookup: return "the name of an address";
    default: return "no challenge";
  }
}

// TLS BR 1.6.1: where the value may be a Random Value of the CA's own making. The other methods
// look for digests, accounts and contacts, whose form they check themselves.
Status check_entropy(const ControlCheck& check) {
  if (check.method == ControlMethod::dns_change) {
    const auto& wanted = std::get<DnsValue>(check.challenge);
    const bool case_counts = wanted.type != dns::RecordType::cname && wanted.exact_case;
    return check_random_value(wanted.value, case_counts, "challenge.value");
  }
  if (check.method == ControlMethod::website_change)
    return check_random_value(std::get<HttpValue>(check.challenge).value, true, "challenge.value");
  return {};
}

// What is wrong with the check of the name that a PTR points to, as a fault of the whole.
Status check_pointed_name(const ControlCheck& check, Date at, bool lab) {
  const auto pointed = check_of_pointed_name(check);
  if (!pointed) return {};
  auto valid = validate(*pointed, at, lab);
  if (valid) return {};
  for (auto& [key, value] : valid.error().context)
    if (key == "field") value = value == "applied_for" ? "challenge.name" : "control." + value;
  return valid;
}

}  // namespace

std::optional<ControlCheck> check_of_pointed_name(const ControlCheck& check) {
  const auto* reverse = std::get_if<ReverseValue>(&check.challenge);
  if (reverse == nullptr || !reverse->control) return std::nullopt;
  ControlCheck out{.method = reverse->control->method,
                   .applied_for = reverse->name,
                   .adn = std::nullopt,
                   .mail_server = std::nullopt,
                   .challenge = ContactValue{}};
  std::visit([&out](const auto& value) { out.challenge = value; }, reverse->control->challenge);
  return out;
}

const PersistentValue* persistent_value(const ControlCheck& check) {
  if (const auto* reverse = std::get_if<ReverseValue>(&check.challenge))
    return reverse->control ? std::get_if<PersistentValue>(&reverse->control->challenge) : nullptr;
  return std::get_if<PersistentValue>(&check.challenge);
}

bool challenge_fits(const ControlCheck& check) {
  switch (check.method) {
    case ControlMethod::dns_change:
    case ControlMethod::acme_dns:
    case ControlMethod::dns_account: return std::holds_alternative<DnsValue>(check.challenge);
    case ControlMethod::dns_persistent:
      return std::holds_alternative<PersistentValue>(check.challenge);
    case ControlMethod::contact_email_txt:
    case ControlMethod::contact_email_caa:
    case ControlMethod::contact_phone_txt:
    case ControlMethod::contact_phone_caa:
      return std::holds_alternative<ContactValue>(check.challenge);
    case ControlMethod::website_change:
    case ControlMethod::acme_http: return std::holds_alternative<HttpValue>(check.challenge);
    case ControlMethod::acme_tls_alpn: return std::holds_alternative<TlsAlpnValue>(check.challenge);
    case ControlMethod::reverse_lookup:
      return std::holds_alternative<ReverseValue>(check.challenge);
    default: return false;
  }
}

Status validate(const ControlCheck& check, Date at, bool lab) {
  const auto row = row_in_force(check, at);
  if (!row) return fail(row.error());
  const Method* method = find_method(check.method);
  if (method == nullptr)
    return refuse(ErrorCode::unsupported,
                  fmt::format("{} is carried out by the CA itself; no perspective looks for it",
                              rules::to_string(check.method)),
                  "method", cite(*row));
  if (auto target = check_target(check, *row, lab); !target) return target;
  if (auto way = check_way(check, *row); !way) return way;
  if (!challenge_fits(check))
    return refuse(ErrorCode::malformed,
                  fmt::format("{} looks for {}; another kind of challenge was given",
                              rules::to_string(check.method), challenge_wanted(check.method)),
                  "challenge", cite(*row));
  if (auto entropy = check_entropy(check); !entropy) return entropy;
  if (auto valid = method->validate(check); !valid) return valid;
  return check_pointed_name(check, at, lab);
}

}  // namespace parallax::dcv
