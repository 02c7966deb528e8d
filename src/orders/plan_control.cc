// SPDX-License-Identifier: Apache-2.0
#include "orders/plan_control.h"

#include <fmt/format.h>

namespace parallax::orders {
namespace {

using rules::MethodRule;
using rules::MethodStanding;
using rules::TargetKind;

// Without a row there is no method for such a target under any of the rules.
tl::unexpected<Error> refuse(ErrorCode code, std::string message, std::string_view field,
                             const MethodRule* row) {
  Error error{code, std::move(message), {{"field", std::string(field)}}};
  error.context.emplace_back("rule", row == nullptr
                                         ? "TLS BR 3.2.2.4, 3.2.2.5; SBR 3.2.2"
                                         : fmt::format("{} {} {}", to_string(row->rule.document),
                                                       row->rule.section, row->rule.id));
  return fail(std::move(error));
}

// Of two hosts that both keep time by NTP.
constexpr std::chrono::seconds kClockDifferenceMax{60};

// What the method must have a row for: the mailbox itself where nobody looks, else domain or
// address.
TargetKind target_kind(const names::CertificateName& name, const ControlRequest& request) {
  if (std::holds_alternative<names::IpAddress>(name)) return TargetKind::ip_address;
  if (std::holds_alternative<names::MailboxAddress>(name) && !request.check)
    return TargetKind::mailbox;
  return TargetKind::domain;
}

// The method for that kind of target, of which `shown_of` is the text.
Result<MethodRule> row_in_force(rules::ControlMethod method, TargetKind kind,
                                const std::string& shown_of, Instant at,
                                const PlanSettings& settings) {
  const auto row = rules::method_rule(method, kind, date_of(at));
  if (!row)
    return refuse(
        ErrorCode::unsupported,
        fmt::format("{} shows no control of {} ({})", to_string(method), shown_of, to_string(kind)),
        "method", nullptr);
  if (row->standing == MethodStanding::not_yet)
    return refuse(
        ErrorCode::forbidden,
        fmt::format("{} may be used from {} on", to_string(method), format_date(row->rule.from)),
        "method", &*row);
  if (row->standing == MethodStanding::retired)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} must not be used since {} (ballot {})", to_string(method),
                              format_date(*row->retired_from), row->retired_by),
                  "method", &*row);
  if (row->standing == MethodStanding::discouraged && settings.refuse_discouraged)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} should not be used since {}, and is switched off here",
                              to_string(method), format_date(*row->discouraged_from)),
                  "method", &*row);
  return *row;
}

Status check_kind_of_name(const names::CertificateName& name, const MethodRule& row) {
  if (std::holds_alternative<names::WildcardName>(name) && !row.wildcard)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} cannot show control for a wildcard name", to_string(row.method)),
                  "method", &row);
  const auto* domain = std::get_if<names::DomainName>(&name);
  if (domain != nullptr && names::classify(*domain) == names::DomainClass::onion)
    return refuse(ErrorCode::unsupported, "onion names cannot be reached from here", "name", &row);
  return {};
}

Result<dcv::AdnDerivation> begin_way(const names::DomainName& from, bool wildcard,
                                     const std::optional<names::DomainName>& adn,
                                     const MethodRule& row, const PlanSettings& settings) {
  auto way = dcv::begin_derivation(from, wildcard, adn, row, *settings.suffixes);
  if (way.state != dcv::AdnDerivation::State::unreachable) return way;
  return refuse(ErrorCode::forbidden,
                fmt::format("{} is no Authorization Domain Name of {}: {}",
                            adn.value_or(from).text(), from.text(), way.reason),
                "adn", &row);
}

// The way that the caller went to where it carried the method out. Nobody looks, so it leads over
// no CNAME.
Result<dcv::AdnDerivation> derive_shown(const names::CertificateName& name,
                                        const std::optional<names::DomainName>& adn,
                                        const MethodRule& row, const PlanSettings& settings) {
  if (row.target != TargetKind::domain) {
    if (!adn) return dcv::AdnDerivation{};
    return refuse(ErrorCode::malformed,
                  fmt::format("{} is about no domain, so that no ADN fits", names::text_of(name)),
                  "adn", &row);
  }
  const auto* wildcard = std::get_if<names::WildcardName>(&name);
  const names::DomainName& from =
      wildcard != nullptr ? wildcard->base() : std::get<names::DomainName>(name);
  auto way = begin_way(from, wildcard != nullptr, adn, row, settings);
  if (!way || way->state == dcv::AdnDerivation::State::reached) return way;
  return refuse(ErrorCode::forbidden,
                fmt::format("{} is no Authorization Domain Name of {}: only labels may be taken "
                            "off, since of a method that the caller carries out no CNAME record "
                            "is looked up here",
                            adn->text(), from.text()),
                "adn", &row);
}

// The way to the ADN, as far as it goes without looking.
Result<dcv::AdnDerivation> derive(const names::CertificateName& name,
                                  const dcv::ControlCheck& check, const MethodRule& row,
                                  const PlanSettings& settings) {
  const auto* domain = std::get_if<names::DomainName>(&check.applied_for);
  // The name that a PTR points to is the ADN: no step leads on from it.
  if (const auto* reverse = std::get_if<dcv::ReverseValue>(&check.challenge))
    return dcv::AdnDerivation{dcv::AdnDerivation::State::reached, {reverse->name}, {}, {}};
  if (domain == nullptr || check.mail_server) return dcv::AdnDerivation{};
  const bool wildcard = std::holds_alternative<names::WildcardName>(name);
  return begin_way(*domain, wildcard, check.adn, row, settings);
}

// Whether the contact may have confirmed then: its Random Value lives so long, and the time has
// come.
Status check_confirmation(const ControlRequest& request, const MethodRule& contact, Instant at) {
  if (!request.confirmed_at) return {};
  const std::string told = format_instant(*request.confirmed_at);
  const std::string_view field =
      contact.method == request.method ? "confirmed_at" : "control.confirmed_at";
  if (*request.confirmed_at > at + kClockDifferenceMax)
    return refuse(ErrorCode::forbidden,
                  fmt::format("the confirmation of {} lies in the future", told), field, &contact);
  if (contact.token_valid && *request.confirmed_at < at - *contact.token_valid)
    return refuse(ErrorCode::forbidden,
                  fmt::format("the confirmation of {} is older than {} days; use the contact again",
                              told, contact.token_valid->count()),
                  field, &contact);
  return {};
}

// The method that finds a contact: the order's own, or that of the name behind a PTR.
const MethodRule* contact_method(const MethodRule& row, const std::optional<MethodRule>& pointed) {
  if (rules::needs_confirmation(row.method)) return &row;
  return pointed && rules::needs_confirmation(pointed->method) ? &*pointed : nullptr;
}

// TLS BR 3.2.2.4.12: only a CA that is the registrar, or its affiliate, knows the Domain Contact.
Status check_registrar(const MethodRule& row, const PlanSettings& settings) {
  if (row.method != rules::ControlMethod::domain_contact || settings.allow_domain_contact)
    return {};
  return refuse(ErrorCode::forbidden,
                "domain-contact is for a CA that is the registrar of the Base Domain Name, or its "
                "affiliate; here it is switched off (control.domain_contact)",
                "method", &row);
}

// What the caller carried out itself.
Result<ControlPlan> plan_shown(const names::CertificateName& name, const ControlRequest& request,
                               const MethodRule& row, const PlanSettings& settings) {
  if (const auto* address = std::get_if<names::IpAddress>(&name);
      address != nullptr && !settings.lab && !address->special_purpose().empty())
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} is no public address but special-purpose space ({})",
                              address->text(), address->special_purpose()),
                  "applied_for", &row);
  if (row.mpic)
    return refuse(
        ErrorCode::malformed,
        fmt::format("{} is checked here; say what to look for", to_string(request.method)),
        "control", &row);
  if (auto may = check_registrar(row, settings); !may) return fail(may.error());
  auto derivation = derive_shown(name, request.adn, row, settings);
  if (!derivation) return fail(derivation.error());
  return ControlPlan{row, std::move(*derivation), std::nullopt, std::nullopt, false, {}};
}

// TLS BR 3.2.2.5.3: the name that the PTR points to is the Authorization Domain Name, and a method
// of 3.2.2.4 that is in force shows control of it. Nullopt where the check asks for the PTR alone.
Result<std::optional<MethodRule>> row_for_pointed_name(const dcv::ControlCheck& check,
                                                       const MethodRule& row, Instant at,
                                                       const PlanSettings& settings) {
  const auto* reverse = std::get_if<dcv::ReverseValue>(&check.challenge);
  if (reverse == nullptr) return std::optional<MethodRule>();
  if (settings.suffixes->is_public_suffix(reverse->name))
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} is a public suffix, under which names of many owners stand; no "
                              "PTR record shows control by it",
                              reverse->name.text()),
                  "challenge.name", &row);
  if (!reverse->control) return std::optional<MethodRule>();
  auto inner = row_in_force(reverse->control->method, TargetKind::domain, reverse->name.text(), at,
                            settings);
  if (inner) return std::optional(std::move(*inner));
  for (auto& [key, value] : inner.error().context)
    if (key == "field") value = "control." + value;
  return fail(std::move(inner.error()));
}

// What the check holds besides what the caller said: that the name is a wildcard.
dcv::ControlCheck check_for(const names::CertificateName& name, dcv::ControlCheck check) {
  auto* persistent = std::get_if<dcv::PersistentValue>(&check.challenge);
  if (persistent != nullptr)
    persistent->wildcard = persistent->form == dcv::PersistentForm::hashed &&
                           std::holds_alternative<names::WildcardName>(name);
  return check;
}

corroborate::ControlJudge judge_of(MethodRule row, Instant at,
                                   const names::PublicSuffixList* suffixes) {
  return [row = std::move(row), at, suffixes](const dcv::ControlCheck& check,
                                              const dcv::ControlObservation& seen) {
    dcv::ControlDetermination found = dcv::assess(seen, check, at);
    if (found.outcome != dcv::ControlOutcome::shown || !check.follow_cnames) return found;
    const auto way = dcv::end_derivation(seen.aliases, *check.adn, row, *suffixes);
    if (way.state == dcv::AdnDerivation::State::reached) return found;
    found.outcome = dcv::ControlOutcome::not_shown;
    found.reason = dcv::ControlReason::adn_not_reached;
    found.explanation =
        fmt::format("The Authorization Domain Name {} cannot be reached from {}: {}",
                    check.adn->text(), dcv::text_of(check.applied_for), way.reason);
    found.challenge_information.clear();
    return found;
  };
}

}  // namespace

Result<ControlPlan> plan_control(const names::CertificateName& name, const ControlRequest& request,
                                 Instant at, const PlanSettings& settings) {
  auto row =
      row_in_force(request.method, target_kind(name, request), names::text_of(name), at, settings);
  if (!row) return fail(row.error());
  if (auto kind = check_kind_of_name(name, *row); !kind) return fail(kind.error());
  if (!request.check) return plan_shown(name, request, *row, settings);
  dcv::ControlCheck check = check_for(name, *request.check);
  if (auto valid = dcv::validate(check, date_of(at), settings.lab); !valid)
    return fail(valid.error());
  auto name_method = row_for_pointed_name(check, *row, at, settings);
  if (!name_method) return fail(name_method.error());
  const MethodRule* contact = contact_method(*row, *name_method);
  if (contact != nullptr)
    if (auto fits = check_confirmation(request, *contact, at); !fits) return fail(fits.error());
  if (check.mail_server && check.adn)
    return refuse(ErrorCode::malformed, "the mail server is the name to be checked; no ADN fits",
                  "adn", &*row);
  auto derivation = derive(name, check, *row, settings);
  if (!derivation) return fail(derivation.error());
  check.follow_cnames = derivation->state == dcv::AdnDerivation::State::needs_cname;
  const bool contact_open = contact != nullptr && !request.confirmed_at;
  auto judge = judge_of(*row, at, settings.suffixes);
  return ControlPlan{
      *row,         std::move(*derivation), std::move(check), std::move(*name_method),
      contact_open, std::move(judge)};
}

}  // namespace parallax::orders
