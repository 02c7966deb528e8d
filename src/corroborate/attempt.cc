// SPDX-License-Identifier: Apache-2.0
#include "corroborate/attempt.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::corroborate {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::size_t kNonceSize = 16;

// The primary's state in one question; it has replied.
PrimaryState primary_state(const Report& report, std::size_t question) {
  if (report.control) {
    switch (report.control->outcome) {
      case dcv::ControlOutcome::shown: return PrimaryState::permitted;
      case dcv::ControlOutcome::not_shown: return PrimaryState::prohibited;
      case dcv::ControlOutcome::undetermined: return PrimaryState::undetermined;
    }
  }
  if (report.determinations.empty()) return PrimaryState::undetermined;
  switch (report.determinations[question].outcome) {
    case caa::CaaOutcome::permitted: return PrimaryState::permitted;
    case caa::CaaOutcome::prohibited: return PrimaryState::prohibited;
    case caa::CaaOutcome::undetermined: return PrimaryState::undetermined;
  }
  return PrimaryState::undetermined;
}

// A remote's state in one question; it has replied. Whether it saw the same challenge information
// cannot be said before the primary has.
RemoteState remote_state(const Report& remote, const Report& primary, std::size_t question) {
  if (!*remote.reply) return state_of(remote.reply->error().kind);
  if (!remote.control) return state_of(remote.determinations[question]);
  if (!primary.control) return RemoteState::pending;
  return state_of(*remote.control, *primary.control);
}

// Shared by the waiting coroutine and the perspectives' coroutines, all on one executor. The last
// straggler keeps it alive.
struct Board {
  Board(const asio::any_io_executor& executor, std::shared_ptr<const AttemptPlan> the_plan,
        LateReport late_report)
      : plan(std::move(the_plan)), late(std::move(late_report)), news(executor) {
    result.judgements.resize(plan->judge_control ? 1 : plan->questions.size());
    for (Judgement& judgement : result.judgements)
      judgement.remotes.assign(plan->remotes.size(), RemoteState::pending);
    result.primary.code = plan->primary.code;
    result.remotes.resize(plan->remotes.size());
    for (std::size_t i = 0; i < plan->remotes.size(); ++i)
      result.remotes[i].code = plan->remotes[i].code;
  }

  std::shared_ptr<const AttemptPlan> plan;
  LateReport late;
  AttemptResult result;
  bool decided = false;
  asio::steady_timer news;  // cancelled whenever something was reported

  void judge() {
    for (std::size_t q = 0; q < result.judgements.size(); ++q) place(q);
    // Also those that are final already: nothing changes their outcome any more, but the figures
    // must go with the states beside them, which an answer of the same moment may still add to.
    for (Judgement& judgement : result.judgements)
      judgement.quorum = judge_quorum(plan->terms, judgement.primary, plan->traits,
                                      judgement.remotes, plan->needed_at_least);
  }
  // The states, from what was reported so far.
  void place(std::size_t question) {
    Judgement& judgement = result.judgements[question];
    if (result.primary.reply) judgement.primary = primary_state(result.primary, question);
    for (std::size_t i = 0; i < result.remotes.size(); ++i)
      if (result.remotes[i].reply)
        judgement.remotes[i] = remote_state(result.remotes[i], result.primary, question);
  }
  [[nodiscard]] bool final() const {
    for (const Judgement& judgement : result.judgements)
      if (judgement.quorum.outcome == QuorumOutcome::open) return false;
    return true;
  }
  [[nodiscard]] bool primary_permits_any() const {
    for (const Judgement& judgement : result.judgements)
      if (judgement.primary == PrimaryState::permitted) return true;
    return false;
  }
};

using BoardPtr = std::shared_ptr<Board>;

observe::ObservationRequest request_of(const AttemptPlan& plan, observe::Check check,
                                       Random& random) {
  return {plan.order_id, plan.attempt, base64url_encode(random.octets(kNonceSize)),
          std::move(check)};
}

// Holds an observation against what its perspective is declared to be. An answer that should have
// been validated and was not is worth nothing: its verdicts say "indeterminate" for good answers.
// Nor is one from a lab, where any root can be made to sign anything.
PerspectiveReply held_to_declaration(PerspectiveReply reply, const Participant& participant,
                                     bool lab) {
  if (!reply) return reply;
  const observe::Observation& seen = reply->observation;
  std::string_view mismatch;
  if (participant.validates && !observe::validated(seen.seen))
    mismatch = "its resolver did not validate DNSSEC";
  if (seen.lab && !lab) mismatch = "it was made in a lab";
  if (mismatch.empty()) return reply;
  return tl::unexpected<NoObservation>(
      NoObservation{NonCorroboration::bad_signature,
                    fmt::format("the observation does not match the declaration of {}: {}",
                                participant.code, mismatch)});
}

// Judges what the reply brought; whether it is of the check's kind was seen when it was accepted.
void assess_reply(Report& report, const AttemptPlan& plan, const observe::Check& asked) {
  if (!*report.reply) return;
  const observe::Seen& seen = (*report.reply)->observation.seen;
  if (const auto* control = std::get_if<dcv::ControlObservation>(&seen)) {
    if (plan.judge_control)
      report.control = plan.judge_control(std::get<dcv::ControlCheck>(asked), *control);
    return;
  }
  for (const caa::CaaQuestion& question : plan.questions)
    report.determinations.push_back(
        caa::assess(std::get<caa::CaaObservation>(seen), question, plan.assessment));
}

// What the remotes are asked. They look at the mail server that the primary selected (SBR 3.2.2.3).
observe::Check check_for_remotes(const AttemptPlan& plan, const Report& primary) {
  observe::Check check = plan.check;
  auto* control = std::get_if<dcv::ControlCheck>(&check);
  if (control == nullptr || !control->mail_server || !primary.reply || !*primary.reply)
    return check;
  const auto& seen = std::get<dcv::ControlObservation>((*primary.reply)->observation.seen);
  control->mail_server->smtp_host = seen.smtp_host;
  return check;
}

Task<Report> ask(Participant participant, std::shared_ptr<const AttemptPlan> plan,
                 observe::ObservationRequest request, Deadline deadline) {
  Report report;
  report.code = participant.code;
  report.asked = true;
  const auto begun = steady_clock::now();
  const observe::Check asked = request.check;
  PerspectiveReply reply = co_await participant.client->observe(std::move(request), deadline);
  reply = held_to_declaration(std::move(reply), participant, plan->lab);
  report.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
  report.reply = std::move(reply);
  assess_reply(report, *plan, asked);
  co_return report;
}

Task<void> ask_primary(BoardPtr board, observe::ObservationRequest request, Deadline deadline) {
  Report report = co_await ask(board->plan->primary, board->plan, std::move(request), deadline);
  if (board->decided) co_return;  // the coordinator gave up on it; nothing was answered from it
  board->result.primary = std::move(report);
  board->judge();
  board->news.cancel();
}

Task<void> ask_remote(BoardPtr board, std::size_t index, observe::ObservationRequest request,
                      Deadline deadline) {
  Report report =
      co_await ask(board->plan->remotes[index], board->plan, std::move(request), deadline);
  if (board->decided) {
    board->late(std::move(report));
    co_return;
  }
  board->result.remotes[index] = std::move(report);
  board->judge();
  board->news.cancel();
}

void ask_remotes(const BoardPtr& board, TaskGroup& group, Random& random, Deadline deadline) {
  const observe::Check check = check_for_remotes(*board->plan, board->result.primary);
  for (std::size_t i = 0; i < board->plan->remotes.size(); ++i) {
    board->result.remotes[i].asked = true;
    group.spawn(ask_remote(board, i, request_of(*board->plan, check, random), deadline));
  }
}

// The deadline passed: whoever was asked and is still pending has timed out.
void close_board(Board& board) {
  for (Judgement& judgement : board.result.judgements) {
    if (judgement.primary == PrimaryState::pending) judgement.primary = PrimaryState::undetermined;
    for (std::size_t i = 0; i < judgement.remotes.size(); ++i)
      if (judgement.remotes[i] == RemoteState::pending && board.result.remotes[i].asked)
        judgement.remotes[i] = RemoteState::timed_out;
  }
  board.judge();
}

}  // namespace

RemoteState state_of(const dcv::ControlDetermination& remote,
                     const dcv::ControlDetermination& primary) {
  if (dcv::corroborates(primary, remote)) return RemoteState::corroborated;
  if (remote.outcome != dcv::ControlOutcome::undetermined) return RemoteState::denied;
  if (remote.reason == dcv::ControlReason::bogus) return RemoteState::bogus;
  if (remote.reason == dcv::ControlReason::timed_out) return RemoteState::timed_out;
  return RemoteState::lookup_failed;
}

RemoteState state_of(const caa::CaaDetermination& determination) {
  switch (determination.outcome) {
    case caa::CaaOutcome::permitted: return RemoteState::corroborated;
    case caa::CaaOutcome::prohibited: return RemoteState::denied;
    case caa::CaaOutcome::undetermined: break;
  }
  if (determination.reason == caa::CaaReason::bogus) return RemoteState::bogus;
  if (determination.reason == caa::CaaReason::lookup_timed_out) return RemoteState::timed_out;
  return RemoteState::lookup_failed;
}

Task<AttemptResult> run_attempt(asio::any_io_executor executor,
                                std::shared_ptr<const AttemptPlan> plan, TaskGroup* group,
                                Random* random, Deadline deadline, LateReport late) {
  const auto board = std::make_shared<Board>(executor, plan, std::move(late));
  board->result.primary.asked = true;
  group->spawn(ask_primary(board, request_of(*plan, plan->check, *random), deadline));
  bool remotes_asked = !plan->remotes_after_primary;
  if (remotes_asked) ask_remotes(board, *group, *random, deadline);
  board->judge();
  while (!board->final() && !deadline.passed()) {
    board->news.expires_at(deadline.when());
    boost::system::error_code ignored;  // cancelled: news; expired: the deadline, seen above
    co_await board->news.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!remotes_asked && board->primary_permits_any()) {
      remotes_asked = true;
      ask_remotes(board, *group, *random, deadline);
    }
  }
  if (!board->final()) close_board(*board);
  board->decided = true;
  co_return std::move(board->result);  // stragglers only look at `decided` and the plan
}

}  // namespace parallax::corroborate
