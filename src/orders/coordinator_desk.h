// SPDX-License-Identifier: Apache-2.0
// The order desk of a coordinator: rules, checks, corroboration, record, answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/guarded.h"
#include "base/task_group.h"
#include "corroborate/attempt.h"
#include "corroborate/roster.h"
#include "evidence/store.h"
#include "evidence/timed_store.h"
#include "orders/compose_permit.h"
#include "orders/desk.h"
#include "orders/plan.h"

namespace parallax::orders {

// Orders under way in the whole process, by client and id: an id in use is a conflict. Shared by
// the workers' desks.
using OrdersUnderWay = Guarded<std::set<std::pair<std::string, std::string>>>;

struct DeskSettings {
  std::chrono::milliseconds check_timeout{15'000};
  std::chrono::milliseconds evidence_timeout{10'000};  // for each wait for the evidence store
  caa::AssessmentSettings assessment;
  bool remotes_after_primary = false;         // CAA checks
  bool control_remotes_after_primary = true;  // control checks: most fail at the primary
  bool refuse_discouraged_methods = false;
  bool allow_domain_contact = false;  // see PlanSettings
  bool lab = false;
  std::string configuration;             // digest that records carry
  std::string selection_secret;          // see corroborate::select_remotes
  std::optional<PermitTerms> permits{};  // none: no permits are made
};

// What a desk works with; everything pointed to outlives it.
struct DeskParts {
  boost::asio::any_io_executor executor;
  const corroborate::Roster* roster = nullptr;
  const names::PublicSuffixList* suffixes = nullptr;
  corroborate::Participant primary;
  std::vector<corroborate::Participant> remotes;  // in parallel with roster->remotes
  evidence::EvidenceStore* store = nullptr;
  OrdersUnderWay* under_way = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  TaskGroup* group = nullptr;  // owns stragglers: late observations, appends nobody waits for
  std::function<void(const Decision&)> decided;  // metrics; may be empty
};

// One per worker.
class CoordinatorDesk final : public OrderDesk {
 public:
  CoordinatorDesk(DeskSettings settings, DeskParts parts);

  [[nodiscard]] Task<Result<Answered>> place(Order order, AnswerWriter write) override;
  [[nodiscard]] Task<Result<std::string>> recall(std::string client, std::string order_id) override;

 private:
  // Attempts at every check of an order, and who was used in each.
  struct Work;
  [[nodiscard]] Task<Result<std::optional<std::string>>> earlier_answer(std::string client,
                                                                        std::string id,
                                                                        std::string digest);
  // `claim` on the order's id is kept until the record is durable or refused, even if that is after
  // the caller was told that it takes too long: a repeat must not decide twice.
  [[nodiscard]] Task<Result<Answered>> decide(Order order, AnswerWriter write,
                                              std::shared_ptr<void> claim);
  [[nodiscard]] Status check_counts(const Order& order, Date at) const;
  [[nodiscard]] std::shared_ptr<const corroborate::AttemptPlan> attempt_plan(
      const Order& order, const PlannedCheck& planned, const std::vector<std::size_t>& remotes,
      Date at) const;
  [[nodiscard]] Task<void> attempt(std::shared_ptr<Work> work, std::size_t index);
  [[nodiscard]] Task<void> attempt_queued(std::shared_ptr<Work> work);
  // Runs the checks queued, several at a time; false if one of them was not carried out.
  [[nodiscard]] Task<bool> run_queue(std::shared_ptr<Work> work);
  void record_late(const std::string& client, const std::string& order_id,
                   const std::string& check_digest, const corroborate::Report& report);
  [[nodiscard]] Task<void> append_late(evidence::Record record);
  [[nodiscard]] Task<Result<Answered>> commit(std::shared_ptr<Work> work, AnswerWriter write,
                                              std::shared_ptr<void> claim);
  // For a record that could not hold what was seen: the attempt without it, permitting nothing.
  // Always an error, internal if it is on record.
  [[nodiscard]] Task<Result<Answered>> commit_without_observations(std::shared_ptr<Work> work,
                                                                   std::shared_ptr<void> claim);
  [[nodiscard]] const std::string& rules_digest(Date day);
  [[nodiscard]] evidence::Record record_of(const Work& work, bool observations) const;

  DeskSettings settings_;
  DeskParts parts_;
  evidence::TimedStore store_;
  std::optional<std::pair<Date, std::string>> rules_digest_;  // of the last day asked about
};

}  // namespace parallax::orders
