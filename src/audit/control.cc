// SPDX-License-Identifier: Apache-2.0
#include "audit/control.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"
#include "dcv/adn.h"

namespace parallax::audit {
namespace {

using rules::MethodRule;
using rules::MethodStanding;
using rules::TargetKind;

constexpr std::string_view kShownByCaller = "shown-by-caller";
constexpr std::string_view kContactUnconfirmed = "contact-unconfirmed";

TargetKind target_kind(const names::CertificateName& name, const RecordedRequest& asked) {
  if (std::holds_alternative<names::IpAddress>(name)) return TargetKind::ip_address;
  if (std::holds_alternative<names::MailboxAddress>(name) && !asked.check)
    return TargetKind::mailbox;
  return TargetKind::domain;
}

Result<MethodRule> lawful_method(rules::ControlMethod method, TargetKind kind, Date day) {
  auto row = rules::method_rule(method, kind, day);
  const bool lawful =
      row && row->standing != MethodStanding::not_yet && row->standing != MethodStanding::retired;
  if (lawful) return std::move(*row);
  return broken(fmt::format("{} was no method for a target of the kind {} on {}", to_string(method),
                            to_string(kind), format_date(day)));
}

// What a check must be about to show control of the name.
std::string subject_of(const names::CertificateName& name) {
  if (const auto* wildcard = std::get_if<names::WildcardName>(&name))
    return wildcard->base().text();
  if (const auto* mailbox = std::get_if<names::MailboxAddress>(&name))
    return mailbox->domain().text();
  return names::text_of(name);
}

// Whether the check that was carried out is the one asked for; how the ADN may be reached, and that
// a wildcard is at stake, are the coordinator's to add.
bool is_asked_for(const names::CertificateName& name, dcv::ControlCheck asked,
                  const dcv::ControlCheck& made) {
  asked.follow_cnames = made.follow_cnames;
  if (auto* persistent = std::get_if<dcv::PersistentValue>(&asked.challenge))
    persistent->wildcard = persistent->form == dcv::PersistentForm::hashed &&
                           std::holds_alternative<names::WildcardName>(name);
  return asked == made && dcv::text_of(made.applied_for) == subject_of(name);
}

// The way to the ADN as far as it goes without looking: reached, or over CNAMEs.
Status check_way(const DecisionView& view, const names::CertificateName& name,
                 const dcv::ControlCheck& check, const MethodRule& row) {
  using State = dcv::AdnDerivation::State;
  const auto* domain = std::get_if<names::DomainName>(&check.applied_for);
  const bool derived = domain != nullptr && !check.mail_server &&
                       !std::holds_alternative<dcv::ReverseValue>(check.challenge);
  State state = State::reached;
  if (derived)
    state = dcv::begin_derivation(*domain, std::holds_alternative<names::WildcardName>(name),
                                  check.adn, row, view.suffixes)
                .state;
  if (check.follow_cnames ? state == State::needs_cname : state == State::reached) return {};
  return broken(fmt::format("{} is no Authorization Domain Name of {} by {}",
                            check.adn ? check.adn->text() : dcv::text_of(check.applied_for),
                            names::text_of(name), to_string(row.method)));
}

ControlJudge judge_of(const DecisionView& view, const MethodRule& row) {
  return [&view, &row](const dcv::ControlCheck& check, const dcv::ControlObservation& seen) {
    dcv::ControlDetermination found = dcv::assess(seen, check, view.decision.received);
    if (found.outcome != dcv::ControlOutcome::shown || !check.follow_cnames) return found;
    const auto way = dcv::end_derivation(seen.aliases, *check.adn, row, view.suffixes);
    if (way.state == dcv::AdnDerivation::State::reached) return found;
    found.outcome = dcv::ControlOutcome::not_shown;
    found.reason = dcv::ControlReason::adn_not_reached;
    found.challenge_information.clear();
    return found;
  };
}

// TLS BR 3.2.2.5.3: by what method control of the name behind the address is shown.
Result<std::optional<MethodRule>> method_of_pointed_name(const dcv::ControlCheck& check, Date day) {
  const auto* reverse = std::get_if<dcv::ReverseValue>(&check.challenge);
  if (reverse == nullptr || !reverse->control) return std::optional<MethodRule>();
  auto row = lawful_method(reverse->control->method, TargetKind::domain, day);
  if (!row) return fail(std::move(row.error()));
  return std::optional(std::move(*row));
}

bool asks_contact(rules::ControlMethod method) {
  using rules::ControlMethod;
  return method == ControlMethod::contact_email_txt || method == ControlMethod::contact_email_caa ||
         method == ControlMethod::contact_phone_txt || method == ControlMethod::contact_phone_caa;
}

// The caller carried the method out: only such of which the rules ask no corroboration.
Status trust_caller(const RecordedControl& recorded, JudgedControl& judged) {
  if (recorded.check || recorded.quorum)
    return broken("a check is recorded where none was asked for");
  if (judged.method.mpic)
    return broken(fmt::format("{} must be corroborated, and no perspective looked",
                              to_string(judged.method.method)));
  judged.reason = kShownByCaller;
  return {};
}

Status judge_check(const DecisionView& view, const RecordedName& name, JudgedControl& judged) {
  const RecordedControl& recorded = name.control.value();
  if (!recorded.check) return broken("the check for control that was asked for is missing");
  const RecordedCheck& made = view.decision.checks.at(*recorded.check);
  const auto* check = std::get_if<dcv::ControlCheck>(&made.check);
  if (check == nullptr || !is_asked_for(name.name, *name.asked->check, *check))
    return broken("the check for control is not the one that was asked for");
  if (auto way = check_way(view, name.name, *check, judged.method); !way) return way;
  auto pointed = method_of_pointed_name(*check, view.day());
  if (!pointed) return fail(std::move(pointed.error()));
  judged.name_method = std::move(*pointed);
  const auto& opened = view.opened.at(*recorded.check);
  if (!opened || !recorded.quorum) return broken("the check for control was not carried out");
  auto anew = judge_control(made, *opened, judge_of(view, judged.method),
                            view.bar(opened->remotes.size()), *recorded.quorum);
  if (!anew) return fail(std::move(anew.error()));
  judged.outcome = anew->outcome();
  judged.reason = anew->reason();
  if (recorded.smtp_host) {
    const dcv::ControlObservation* seen = nullptr;
    if (opened->primary.observation)
      seen = &std::get<dcv::ControlObservation>(opened->primary.observation->seen);
    if (seen == nullptr || !seen->smtp_host || seen->smtp_host->text() != *recorded.smtp_host)
      return broken("the mail server is not the one that the primary selected");
  }
  return {};
}

// When the validation must not be reused any more, and permission ends that rests on it alone.
void limit(const DecisionView& view, const RecordedControl& recorded, JudgedControl& judged) {
  if (judged.outcome != Outcome::permitted) return;
  const Instant data = view.looked(recorded.check);
  judged.permission_until = data + rules::control_window(view.day());
  if (!recorded.check) return;
  judged.reuse_until = rules::reuse_until(judged.method, view.scope(), data);
  if (judged.name_method)
    judged.reuse_until =
        std::min(*judged.reuse_until, rules::reuse_until(*judged.name_method, view.scope(), data));
}

Status compare(const RecordedControl& recorded, JudgedControl& judged) {
  // A contact that was found and has not confirmed yet shows nothing: more careful than the quorum.
  if (recorded.reason == kContactUnconfirmed && recorded.outcome == Outcome::undetermined &&
      judged.outcome == Outcome::permitted && asks_contact(judged.method.method)) {
    judged.outcome = recorded.outcome;
    judged.reason = recorded.reason;
    judged.reuse_until.reset();
  }
  if (recorded.outcome != judged.outcome || recorded.reason != judged.reason)
    return broken(fmt::format("control is recorded as {} ({}), and comes to {} ({})",
                              to_string(recorded.outcome), printable(recorded.reason, 64),
                              to_string(judged.outcome), judged.reason));
  if (!recorded.reuse_until) return {};
  if (judged.reuse_until && *recorded.reuse_until <= *judged.reuse_until) return {};
  return broken(fmt::format(
      "reuse is recorded until {}, and lawful until {}", format_instant(*recorded.reuse_until),
      judged.reuse_until ? format_instant(*judged.reuse_until) : std::string("never")));
}

}  // namespace

Instant DecisionView::looked(std::optional<std::size_t> check) const {
  if (!check || !opened.at(*check) || !opened[*check]->primary.observation) return decision.decided;
  return std::min(opened[*check]->primary.observation->started, decision.decided);
}

Bar DecisionView::bar(std::size_t remotes) const {
  return {corroborate::terms_at(day(), remotes),
          decision.order.corroborations_required.value_or(0)};
}

Result<JudgedControl> audit_control(const DecisionView& view, const RecordedName& name) {
  const RecordedRequest& asked = name.asked.value();
  if (!name.control) return broken("control was asked for, and is not part of the decision");
  if (name.control->method != asked.method)
    return broken(fmt::format("control was to be shown by {}, and is recorded by {}",
                              to_string(asked.method), to_string(name.control->method)));
  auto row = lawful_method(asked.method, target_kind(name.name, asked), view.day());
  if (!row) return fail(std::move(row.error()));
  if (std::holds_alternative<names::WildcardName>(name.name) && !row->wildcard)
    return broken(fmt::format("{} shows no control of a wildcard name", to_string(asked.method)));
  JudgedControl judged{std::move(*row), std::nullopt, Outcome::permitted, {}, std::nullopt, {}};
  auto done = asked.check ? judge_check(view, name, judged) : trust_caller(*name.control, judged);
  if (!done) return fail(std::move(done.error()));
  const auto by_name =
      judged.name_method ? std::optional(judged.name_method->method) : std::nullopt;
  if (name.control->name_method != by_name)
    return broken("the method for the name behind the address is not the one asked for");
  limit(view, *name.control, judged);
  if (auto same = compare(*name.control, judged); !same) return fail(std::move(same.error()));
  return judged;
}

}  // namespace parallax::audit
