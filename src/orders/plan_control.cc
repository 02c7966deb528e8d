// SPDX-License-Identifier: Apache-2.0
#include "orders/plan_control.h"

#include <fmt/format.h>

namespace parallax::orders {
namespace {

using rules::MethodRule;
using rules::MethodStanding;
using rules::TargetKind;

tl::unexpected<Error> refuse(ErrorCode code, std::string message, std::string_view field,
                             const MethodRule* row) {
  Error error{code, std::move(message), {{"field", std::string(field)}}};
  if (row != nullptr)
    error.context.emplace_back("rule", fmt::format("{} {} {}", to_string(row->rule.document),
                                                   row->rule.section, row->rule.id));
  return fail(std::move(error));
}

// What the method must have a row for: the mailbox itself where nobody looks, else domain or
// address.
TargetKind target_kind(const names::CertificateName& name, const ControlRequest& request) {
  if (std::holds_alternative<names::IpAddress>(name)) return TargetKind::ip_address;
  if (std::holds_alternative<names::MailboxAddress>(name) && !request.check)
    return TargetKind::mailbox;
  return TargetKind::domain;
}

Result<MethodRule> row_in_force(const names::CertificateName& name, const ControlRequest& request,
                                Instant at, const PlanSettings& settings) {
  const TargetKind kind = target_kind(name, request);
  const auto row = rules::method_rule(request.method, kind, date_of(at));
  if (!row)
    return refuse(ErrorCode::unsupported,
                  fmt::format("{} shows no control of {} ({})", to_string(request.method),
                              names::text_of(name), to_string(kind)),
                  "method", nullptr);
  if (row->standing == MethodStanding::not_yet)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} may be used from {} on", to_string(request.method),
                              format_date(row->rule.from)),
                  "method", &*row);
  if (row->standing == MethodStanding::retired)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} must not be used since {} (ballot {})", to_string(request.method),
                              format_date(*row->retired_from), row->retired_by),
                  "method", &*row);
  if (row->standing == MethodStanding::discouraged && settings.refuse_discouraged)
    return refuse(ErrorCode::forbidden,
                  fmt::format("{} should not be used since {}, and is switched off here",
                              to_string(request.method), format_date(*row->discouraged_from)),
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

// The way to the ADN, as far as it goes without looking.
Result<dcv::AdnDerivation> derive(const names::CertificateName& name,
                                  const dcv::ControlCheck& check, const MethodRule& row,
                                  const PlanSettings& settings) {
  const auto* domain = std::get_if<names::DomainName>(&check.applied_for);
  if (domain == nullptr || check.mail_server) return dcv::AdnDerivation{};
  const bool wildcard = std::holds_alternative<names::WildcardName>(name);
  auto derivation = dcv::begin_derivation(*domain, wildcard, check.adn, row, *settings.suffixes);
  if (derivation.state == dcv::AdnDerivation::State::unreachable)
    return refuse(
        ErrorCode::forbidden,
        fmt::format("{} is no Authorization Domain Name of {}: {}",
                    check.adn.value_or(*domain).text(), domain->text(), derivation.reason),
        "adn", &row);
  return derivation;
}

corroborate::ControlJudge judge_of(dcv::ControlCheck check, MethodRule row, Instant at,
                                   const names::PublicSuffixList* suffixes) {
  return [check = std::move(check), row = std::move(row), at,
          suffixes](const dcv::ControlObservation& seen) {
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
  auto row = row_in_force(name, request, at, settings);
  if (!row) return fail(row.error());
  if (auto kind = check_kind_of_name(name, *row); !kind) return fail(kind.error());
  if (!request.check) {
    if (const auto* address = std::get_if<names::IpAddress>(&name);
        address != nullptr && !settings.lab && !address->special_purpose().empty())
      return refuse(ErrorCode::forbidden,
                    fmt::format("{} is no public address but special-purpose space ({})",
                                address->text(), address->special_purpose()),
                    "applied_for", &*row);
    if (row->mpic)
      return refuse(
          ErrorCode::malformed,
          fmt::format("{} is checked here; say what to look for", to_string(request.method)),
          "control", &*row);
    return ControlPlan{*row, {}, std::nullopt, {}};
  }
  dcv::ControlCheck check = *request.check;
  if (auto valid = dcv::validate(check, date_of(at), settings.lab); !valid)
    return fail(valid.error());
  const auto* persistent = std::get_if<dcv::PersistentValue>(&check.challenge);
  if (persistent != nullptr && persistent->form == dcv::PersistentForm::hashed &&
      std::holds_alternative<names::WildcardName>(name))
    return refuse(ErrorCode::unsupported,
                  "the hashed form of a persistent record is not used for wildcard names here",
                  "challenge.form", &*row);
  if (check.mail_server && check.adn)
    return refuse(ErrorCode::malformed, "the mail server is the name to be checked; no ADN fits",
                  "adn", &*row);
  auto derivation = derive(name, check, *row, settings);
  if (!derivation) return fail(derivation.error());
  check.follow_cnames = derivation->state == dcv::AdnDerivation::State::needs_cname;
  auto judge = judge_of(check, *row, at, settings.suffixes);
  return ControlPlan{*row, std::move(*derivation), std::move(check), std::move(judge)};
}

}  // namespace parallax::orders
