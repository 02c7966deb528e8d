// SPDX-License-Identifier: Apache-2.0
#include "audit/name.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"
#include "rules/rule.h"

namespace parallax::audit {
namespace {

// What the name comes to by what was judged so far.
struct Made {
  Outcome outcome = Outcome::undetermined;
  std::string reason;
  dns::Verdict verdict = dns::Verdict::indeterminate;
  std::optional<Instant> expires;  // the last lawful instant of permission
};

// RFC 8657 s4: the label of the method that validated this very name.
std::optional<std::string> method_label(const RecordedOrder& order,
                                        const std::optional<JudgedControl>& control) {
  if (!control) return order.validation_method;
  if (!control->method.acme_label.empty()) return std::string(control->method.acme_label);
  if (!control->method.ca_tbr_label.empty()) return std::string(control->method.ca_tbr_label);
  return order.validation_method;
}

Result<caa::CaaQuestion> question_of(const DecisionView& view, const RecordedName& name,
                                     const std::optional<JudgedControl>& control) {
  if (!name.question) return broken("there is a CAA check, and no question that it answers");
  const RecordedOrder& order = view.decision.order;
  const bool wildcard = std::holds_alternative<names::WildcardName>(name.name);
  if (name.question->wildcard != wildcard) return broken("CAA was judged for another kind of name");
  if (name.question->validation_method != method_label(order, control))
    return broken("CAA was judged for another validation method than the name's");
  if (order.issuers.empty()) return broken("the order names no issuer");
  return caa::CaaQuestion{order.type, wildcard, order.issuers, order.account_uri,
                          name.question->validation_method};
}

// The CAA check of the name, if it was carried out; nothing if not.
Result<std::optional<Judged>> audit_caa(const DecisionView& view, const RecordedName& name,
                                        const std::optional<JudgedControl>& control) {
  const bool carried_out = name.check && view.opened.at(*name.check);
  if (carried_out != name.quorum.has_value())
    return broken("check and quorum of CAA do not go together");
  if (!carried_out) return std::optional<Judged>();
  const RecordedCheck& check = view.decision.checks[*name.check];
  const auto* search = std::get_if<observe::CaaCheck>(&check.check);
  const auto domain = names::caa_domain(name.name);
  if (search == nullptr || !domain || search->domain != *domain)
    return broken("the CAA check is about another name");
  const auto question = question_of(view, name, control);
  if (!question) return fail(question.error());
  const OpenedCheck& opened = *view.opened[*name.check];
  // Control of the mailbox itself was shown to the caller: TLS BR 3.2.2.9 asks no remote.
  const bool alone = control && control->method.target == rules::TargetKind::mailbox;
  const Bar bar = alone ? Bar() : view.bar(opened.remotes.size());
  auto judged = judge_caa(check, opened, *question, view.decision.settings, bar, *name.quorum);
  if (!judged) return fail(std::move(judged.error()));
  return std::optional(std::move(*judged));
}

// Control decides where it was not shown, and where CAA is no part of the decision.
Result<Made> combine(const DecisionView& view, const RecordedName& name,
                     const std::optional<JudgedControl>& control,
                     const std::optional<Judged>& caa) {
  Made made;
  if (name.caa == "checked") {
    if (!caa) return broken("CAA is said to be checked, and was not");
    made.outcome = caa->outcome();
    made.reason = caa->reason();
    if (caa->caa) made.verdict = caa->caa->verdict;
    if (made.outcome == Outcome::permitted)
      made.expires = view.looked(name.check) + caa->caa->permission_window;
  } else {
    if (!control) return broken("neither control nor CAA was checked");
    const bool exists = names::caa_domain(name.name).has_value();
    if (exists != (name.caa == "not-asked"))
      return broken(fmt::format("CAA is recorded as {}", name.caa));
  }
  if (control && (control->outcome != Outcome::permitted || name.caa != "checked")) {
    made.outcome = control->outcome;
    made.reason = control->reason;
    made.expires.reset();
    if (made.outcome == Outcome::permitted) made.expires = control->permission_until;
  }
  if (!control || !made.expires) return made;
  if (control->reuse_until) made.expires = std::min(*made.expires, *control->reuse_until);
  if (const auto last = rules::relied_on_until(control->method, view.scope()))
    made.expires = std::min(*made.expires, *last);
  return made;
}

Status compare(const RecordedName& name, const Made& made) {
  if (name.outcome != made.outcome || name.reason != made.reason)
    return broken(fmt::format("the name is recorded as {} ({}), and comes to {} ({})",
                              to_string(name.outcome), printable(name.reason, 64),
                              to_string(made.outcome), made.reason));
  if (name.dnssec != to_string(made.verdict))
    return broken(fmt::format("DNSSEC is recorded as {}, and comes to {}",
                              printable(name.dnssec, 32), to_string(made.verdict)));
  if (!name.permission_expires) return {};
  if (!made.expires) return broken("permission has an end where there is none");
  if (*name.permission_expires <= *made.expires) return {};
  return broken(fmt::format("permission is recorded until {}, and lawful until {}",
                            format_instant(*name.permission_expires),
                            format_instant(*made.expires)));
}

}  // namespace

Result<JudgedName> audit_name(const DecisionView& view, const RecordedName& name) {
  if (name.control && !name.asked) return broken("control is recorded that nobody asked for");
  std::optional<JudgedControl> control;
  if (name.asked) {
    auto judged = audit_control(view, name);
    if (!judged) return fail(std::move(judged.error()));
    control = std::move(*judged);
  }
  const auto caa = audit_caa(view, name, control);
  if (!caa) return fail(caa.error());
  const auto made = combine(view, name, control, *caa);
  if (!made) return fail(made.error());
  if (auto same = compare(name, *made); !same) return fail(std::move(same.error()));
  if (name.decided_by && !rules::rule(*name.decided_by, view.day()))
    return broken(fmt::format("the rule {} that decided did not hold on {}",
                              printable(*name.decided_by, 64), format_date(view.day())));
  JudgedName out;
  out.quorums = (*caa ? 1U : 0U) + (name.control && name.control->quorum ? 1U : 0U);
  out.by_control_alone = name.caa == "not-asked" && made->outcome == Outcome::permitted;
  return out;
}

}  // namespace parallax::audit
