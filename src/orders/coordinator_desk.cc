// SPDX-License-Identifier: Apache-2.0
#include "orders/coordinator_desk.h"

#include <algorithm>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "corroborate/selection.h"
#include "orders/compose.h"
#include "orders/record_body.h"
#include "rules/digest.h"
#include "rules/requirements.h"

namespace parallax::orders {
namespace {

namespace asio = boost::asio;

// Checks of one order under way at once: an order of a hundred names must not crowd out others.
constexpr std::size_t kConcurrentChecksPerOrder = 16;
// What an attempt waits beyond the check's own time: for the reply's way home.
constexpr std::chrono::milliseconds kReplyMargin{500};
// The reason of every name in a record that could not hold the observations.
constexpr std::string_view kNotKept = "observations-not-kept";

// Holds a client's order id while the order is under way.
class Claim {
 public:
  Claim(OrdersUnderWay& under_way, std::string client, std::string id)
      : under_way_(under_way), key_(std::move(client), std::move(id)) {
    held_ = under_way_.with([this](auto& ids) { return ids.insert(key_).second; });
  }
  ~Claim() {
    if (held_) under_way_.with([this](auto& ids) { ids.erase(key_); });
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  [[nodiscard]] bool held() const { return held_; }

 private:
  OrdersUnderWay& under_way_;
  std::pair<std::string, std::string> key_;
  bool held_ = false;
};

}  // namespace

struct CoordinatorDesk::Work {
  Order order;
  OrderPlan plan;
  Date at{};
  std::string rules;  // digest of those in force
  Decision decision;
  std::vector<std::vector<std::size_t>> remotes;     // per check
  std::vector<corroborate::AttemptResult> attempts;  // per check
  std::vector<std::size_t> queue;                    // checks to carry out next
  std::size_t next = 0;                              // in the queue: first not yet started

  [[nodiscard]] bool attempted(std::size_t check) const {
    return !attempts[check].judgements.empty();
  }
};

namespace {

// What is told of an order whose record could not hold what the perspectives saw. No permission was
// given, and none is given to a repeat of its id.
tl::unexpected<Error> not_kept() {
  return fail(ErrorCode::internal,
              "what the perspectives saw is more than one record holds; the attempt is on record "
              "without it, as undetermined, and permits nothing; a new order of fewer names may "
              "fit");
}

// What such an order is recorded as.
void withdraw(Decision& decision) {
  decision.outcome = Outcome::undetermined;
  decision.permission_expires.reset();
  for (NameDecision& name : decision.names) {
    name.outcome = Outcome::undetermined;
    name.reason = kNotKept;
    name.permission_expires.reset();
    if (name.control) name.control->reuse_until.reset();
  }
}

bool shows_control(const corroborate::AttemptResult& attempt) {
  return attempt.judgements.front().quorum.outcome == corroborate::QuorumOutcome::permitted;
}

}  // namespace

CoordinatorDesk::CoordinatorDesk(DeskSettings settings, DeskParts parts)
    : settings_(std::move(settings)),
      parts_(std::move(parts)),
      store_(parts_.executor, parts_.store, parts_.group, settings_.evidence_timeout) {}

Task<Result<Answered>> CoordinatorDesk::place(Order order, AnswerWriter write) {
  const auto claim = std::make_shared<Claim>(*parts_.under_way, order.client, order.id);
  if (!claim->held())
    co_return fail(ErrorCode::conflict,
                   fmt::format("an order with the id \"{}\" is under way", order.id));
  if (!order.fresh_id) {
    auto earlier = co_await earlier_answer(order.client, order.id, order.request_digest);
    if (!earlier) co_return fail(earlier.error());
    if (*earlier) co_return Answered{std::move(**earlier), std::nullopt, true};
  }
  if (auto accepting = store_.accepting(); !accepting) co_return fail(accepting.error());
  co_return co_await decide(std::move(order), std::move(write), claim);
}

Task<Result<std::optional<std::string>>> CoordinatorDesk::earlier_answer(std::string client,
                                                                         std::string id,
                                                                         std::string digest) {
  auto stored = co_await store_.find_decision(std::move(client), id);
  if (!stored) co_return fail(stored.error());
  if (!*stored) co_return std::optional<std::string>();
  if ((*stored)->request_digest != digest)
    co_return fail(ErrorCode::conflict,
                   fmt::format("the order id \"{}\" was used for another request; a re-check "
                               "needs a new id",
                               id));
  if ((*stored)->answer.empty()) co_return not_kept();
  co_return std::optional<std::string>(std::move((*stored)->answer));
}

Task<Result<std::string>> CoordinatorDesk::recall(std::string client, std::string order_id) {
  auto stored = co_await store_.find_decision(std::move(client), order_id);
  if (!stored) co_return fail(stored.error());
  if (!*stored)
    co_return fail(ErrorCode::not_found, fmt::format("no order has the id \"{}\"", order_id));
  if ((*stored)->answer.empty()) co_return not_kept();
  co_return std::move((*stored)->answer);
}

Status CoordinatorDesk::check_counts(const Order& order, Date at) const {
  const unsigned required = rules::requirements_at(at).remotes_required.value;
  if (order.remote_count && *order.remote_count < required)
    return fail(ErrorCode::forbidden,
                fmt::format("{} remotes were asked for, {} are required (TLS BR 3.2.2.9)",
                            *order.remote_count, required));
  if (order.remote_count && *order.remote_count > parts_.remotes.size())
    return fail(ErrorCode::forbidden, fmt::format("{} remotes were asked for, the roster has {}",
                                                  *order.remote_count, parts_.remotes.size()));
  return {};
}

std::shared_ptr<const corroborate::AttemptPlan> CoordinatorDesk::attempt_plan(
    const Order& order, const PlannedCheck& planned, const std::vector<std::size_t>& remotes,
    Date at) const {
  const bool control = static_cast<bool>(planned.judge_control);
  const bool after = control ? settings_.control_remotes_after_primary || planned.remotes_follow
                             : settings_.remotes_after_primary;
  auto plan = std::make_shared<corroborate::AttemptPlan>(corroborate::AttemptPlan{
      order.id,
      1,
      planned.check,
      planned.questions,
      settings_.assessment,
      planned.judge_control,
      parts_.primary,
      {},
      corroborate::traits_of(*parts_.roster, remotes, at),
      planned.primary_alone ? corroborate::QuorumTerms{}
                            : corroborate::terms_at(at, remotes.size()),
      planned.primary_alone ? 0 : order.corroborations_required.value_or(0),
      after,
      settings_.lab});
  for (const std::size_t index : remotes) {
    plan->remotes.push_back(parts_.remotes[index]);
    plan->remotes.back().validates = parts_.roster->remotes[index].validates;
  }
  return plan;
}

Task<void> CoordinatorDesk::attempt(std::shared_ptr<Work> work, std::size_t index) {
  const PlannedCheck& planned = work->plan.checks[index];
  const std::size_t count =
      work->order.remote_count.value_or(static_cast<unsigned>(parts_.remotes.size()));
  if (!planned.primary_alone)
    work->remotes[index] = corroborate::select_remotes(
        *parts_.roster, count, observe::subject_of(planned.check), settings_.selection_secret);
  const auto plan = attempt_plan(work->order, planned, work->remotes[index], work->at);
  corroborate::LateReport late =
      [this, client = work->order.client, id = work->order.id,
       digest = observe::digest(planned.check)](const corroborate::Report& report) {
        record_late(client, id, digest, report);
      };
  work->attempts[index] = co_await corroborate::run_attempt(
      parts_.executor, plan, parts_.group, parts_.random,
      Deadline::after(settings_.check_timeout + kReplyMargin), std::move(late));
}

Task<void> CoordinatorDesk::attempt_queued(std::shared_ptr<Work> work) {
  while (work->next < work->queue.size()) {
    const std::size_t index = work->queue[work->next++];
    co_await attempt(work, index);
  }
}

Task<bool> CoordinatorDesk::run_queue(std::shared_ptr<Work> work) {
  work->next = 0;
  if (work->queue.size() == 1) {
    co_await attempt_queued(work);
  } else {
    TaskGroup lanes(parts_.executor);
    const std::size_t count = std::min(kConcurrentChecksPerOrder, work->queue.size());
    for (std::size_t i = 0; i < count; ++i) lanes.spawn(attempt_queued(work));
    co_await lanes.join();
  }
  // A lane that ended in an exception (no memory, say) left its check without an attempt.
  co_return std::all_of(work->queue.begin(), work->queue.end(),
                        [&work](std::size_t check) { return work->attempted(check); });
}

Task<Result<Answered>> CoordinatorDesk::decide(Order order, AnswerWriter write,
                                               std::shared_ptr<void> claim) {
  const auto work = std::make_shared<Work>();
  work->decision.received = parts_.clock->now();
  work->at = date_of(work->decision.received);
  work->rules = rules_digest(work->at);
  if (auto counts = check_counts(order, work->at); !counts) co_return fail(counts.error());
  auto plan = plan_order(
      order, work->decision.received,
      {settings_.assessment.permit_insecure_lookup_failure, settings_.lab,
       settings_.refuse_discouraged_methods, parts_.suffixes, settings_.allow_domain_contact});
  if (!plan) co_return fail(plan.error());
  work->order = std::move(order);
  work->plan = std::move(*plan);
  work->remotes.resize(work->plan.checks.size());
  work->attempts.resize(work->plan.checks.size());
  work->queue = first_checks(work->plan);
  bool carried_out = co_await run_queue(work);
  if (carried_out) {
    work->queue = checks_after_control(
        work->plan, [&work](std::size_t check) { return shows_control(work->attempts[check]); });
    std::erase_if(work->queue, [&work](std::size_t check) { return work->attempted(check); });
    carried_out = co_await run_queue(work);
  }
  if (!carried_out) co_return fail(ErrorCode::internal, "a check of the order was not carried out");
  co_return co_await commit(work, std::move(write), std::move(claim));
}

const std::string& CoordinatorDesk::rules_digest(Date day) {
  if (!rules_digest_ || rules_digest_->first != day) rules_digest_.emplace(day, rules::digest(day));
  return rules_digest_->second;
}

evidence::Record CoordinatorDesk::record_of(const Work& work, bool observations) const {
  evidence::Record record;
  record.client = work.order.client;
  record.order_id = work.order.id;
  record.recorded = work.decision.decided;
  record.outcome = to_string(work.decision.outcome);
  for (const auto& name : work.order.names) record.names.push_back(names::text_of(name));
  record.request_digest = work.order.request_digest;
  record.body = decision_body({work.order, work.plan, work.attempts, work.remotes, *parts_.roster,
                               work.decision, settings_.configuration, work.rules,
                               settings_.assessment, observations});
  record.parts = record_parts(record.body);
  return record;
}

Task<Result<Answered>> CoordinatorDesk::commit_without_observations(std::shared_ptr<Work> work,
                                                                    std::shared_ptr<void> claim) {
  withdraw(work->decision);
  const auto index = co_await store_.append(record_of(*work, false), std::move(claim));
  if (!index) co_return fail(index.error());
  if (parts_.decided) parts_.decided(work->decision);
  co_return not_kept();
}

Task<Result<Answered>> CoordinatorDesk::commit(std::shared_ptr<Work> work, AnswerWriter write,
                                               std::shared_ptr<void> claim) {
  Decision& decision = work->decision;
  decision.order_id = work->order.id;
  decision.lab = settings_.lab;
  decision.decided = parts_.clock->now();
  for (std::size_t i = 0; i < work->order.names.size(); ++i) {
    decision.names.push_back(
        compose_name({work->order, work->plan, work->attempts, work->remotes, *parts_.roster,
                      *parts_.suffixes, work->at, decision.decided},
                     i));
  }
  conclude(decision);
  evidence::Record record = record_of(*work, true);
  // The answer names its place in the log, which only the log's writer knows. It is written on
  // the writer's thread while this coroutine waits, so both never touch the decision at once; nor
  // when the wait was too long, since then this coroutine leaves it to the writer.
  const auto answer = std::make_shared<std::string>();
  record.answer = [answer, work, terms = settings_.permits,
                   write = std::move(write)](const evidence::LeafPlace& place) {
    Decision& placed = work->decision;
    placed.evidence_index = place.index;
    placed.leaf_hash = place.leaf_hash;
    if (terms)
      if (const auto made = compose_permit(work->order, placed, terms->log, work->rules))
        placed.permit = permit::sign_permit(*made, terms->key);
    *answer = write(placed);
    return *answer;
  };
  const auto index = co_await store_.append(std::move(record), claim);
  // Attempts that cannot be answered are on record too (TLS BR 5.4.1).
  if (!index && index.error().code == ErrorCode::internal) {
    log::error("record-not-kept", {{"order", work->order.id}, {"error", describe(index.error())}});
    co_return co_await commit_without_observations(work, std::move(claim));
  }
  if (!index) co_return fail(index.error());
  if (parts_.decided) parts_.decided(decision);
  co_return Answered{std::move(*answer), std::move(decision), false};
}

void CoordinatorDesk::record_late(const std::string& client, const std::string& order_id,
                                  const std::string& check_digest,
                                  const corroborate::Report& report) {
  evidence::Record record;
  record.kind = evidence::RecordKind::late_observation;
  record.client = client;
  record.order_id = order_id;
  record.recorded = parts_.clock->now();
  record.body = late_body(client, order_id, check_digest, report, record.recorded);
  record.parts = record_parts(record.body);
  parts_.group->spawn(append_late(std::move(record)));
}

Task<void> CoordinatorDesk::append_late(evidence::Record record) {
  const std::string order_id = record.order_id;
  const auto index = co_await parts_.store->append(std::move(record));
  if (!index)
    log::warning("late-observation-lost",
                 {{"order", order_id}, {"error", describe(index.error())}});
}

}  // namespace parallax::orders
