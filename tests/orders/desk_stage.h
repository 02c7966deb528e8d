// SPDX-License-Identifier: Apache-2.0
// A coordinator's desk over scripted perspectives and a store in memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "corroborate/scripted.h"
#include "names/certificate_name.h"
#include "orders/control_samples.h"
#include "orders/coordinator_desk.h"

namespace parallax::orders::test {

using corroborate::test::ScriptedPerspective;

// Keeps records; each append waits for the test to let it pass, unless `open`.
class MemoryStore final : public evidence::EvidenceStore {
 public:
  explicit MemoryStore(boost::asio::io_context& io)
      : gate_(io, boost::asio::steady_timer::time_point::max()) {}

  [[nodiscard]] Task<Result<std::uint64_t>> append(evidence::Record record) override {
    ++appends;
    while (!open) co_await gate_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (failure) co_return fail(*failure);
    if (!failures_once.empty()) {
      const Error error = failures_once.back();
      failures_once.pop_back();
      co_return fail(error);
    }
    const std::uint64_t index = kept.size();
    std::string answer =
        record.answer ? record.answer({index, std::string(64, 'a')}) : std::string();
    answers.push_back(std::move(answer));
    kept.push_back(std::move(record));
    co_return index;
  }
  [[nodiscard]] Task<Result<std::optional<evidence::StoredRecord>>> find_decision(
      std::string client, std::string order_id) override {
    ++lookups;
    if (failure) co_return fail(*failure);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const evidence::Record& record = kept[i];
      if (record.kind != evidence::RecordKind::decision || record.client != client ||
          record.order_id != order_id)
        continue;
      evidence::StoredRecord stored;
      stored.index = i;
      stored.request_digest = record.request_digest;
      stored.answer = answers[i];
      co_return stored;
    }
    co_return std::nullopt;
  }
  void let_pass() {
    open = true;
    gate_.cancel();
  }

  bool open = true;
  std::optional<Error> failure;
  std::vector<Error> failures_once;  // each of one append, the last one first
  std::size_t appends = 0;
  std::size_t lookups = 0;
  std::vector<evidence::Record> kept;
  std::vector<std::string> answers;

 private:
  boost::asio::steady_timer gate_;
};

inline names::CertificateName domain(std::string_view text) { return caa::test::name(text); }
inline names::CertificateName wildcard(std::string_view text) {
  return names::WildcardName::parse(text).value();
}
inline names::CertificateName mailbox(std::string_view text) {
  return names::MailboxAddress::parse(text).value();
}

inline Order order_for(std::vector<names::CertificateName> names,
                       caa::CertificateType type = caa::CertificateType::tls_server) {
  Order order;
  order.id = "order-1";
  order.client = "portal";
  order.request_digest = "digest-1";
  order.type = type;
  order.names = std::move(names);
  order.issuers = {caa::test::name("ca.example")};
  return order;
}

using Placed = std::optional<Result<Answered>>;

class DeskStage {
 public:
  explicit DeskStage(DeskSettings settings = {})
      : store(stage.io),
        clock(parse_instant("2026-12-15T00:00:00Z").value()),
        group(stage.io.get_executor()),
        roster(corroborate::test::good_roster()),
        primary(stage.io, "primary") {
    settings.configuration = "configuration-digest";
    settings.selection_secret = "secret";
    DeskParts parts;
    parts.executor = stage.io.get_executor();
    parts.roster = &roster;
    parts.suffixes = &suffixes();
    parts.primary = {"primary", &primary, true};
    for (const auto& info : roster.remotes) {
      remotes.push_back(std::make_unique<ScriptedPerspective>(stage.io, info.code));
      parts.remotes.push_back({info.code, remotes.back().get(), true});
    }
    parts.store = &store;
    parts.under_way = &under_way;
    parts.clock = &clock;
    parts.random = &random;
    parts.group = &group;
    parts.decided = [this](const Decision& decision) { counted.push_back(decision); };
    desk = std::make_unique<CoordinatorDesk>(std::move(settings), std::move(parts));
  }
  ~DeskStage() {
    store.let_pass();
    for (int round = 0; round < 8; ++round)
      answer_all(corroborate::test::failed(corroborate::NonCorroboration::timed_out));
  }
  DeskStage(const DeskStage&) = delete;
  DeskStage& operator=(const DeskStage&) = delete;

  void place(Order order, Placed& into) {
    stage.start(desk->place(std::move(order), write), into);
    stage.settle();
  }
  // Places an order and lets every perspective see what permits.
  Result<Answered> place_permitted(Order order) {
    Placed placed;
    place(std::move(order), placed);
    while (!placed && permit_all() > 0) {
    }
    permit_all();  // stragglers
    return placed.value();
  }
  [[nodiscard]] std::vector<ScriptedPerspective*> everybody() {
    std::vector<ScriptedPerspective*> out{&primary};
    for (auto& remote : remotes) out.push_back(remote.get());
    return out;
  }
  // Lets one perspective answer all that it was asked so far.
  static std::size_t permit(ScriptedPerspective& perspective) {
    std::size_t answered = 0;
    for (std::size_t call = 0; call < perspective.asked(); ++call) {
      if (!perspective.waiting(call)) continue;
      const std::string at = observe::subject_of(perspective.request(call).check);
      perspective.answer(corroborate::test::permitting(at), call);
      ++answered;
    }
    return answered;
  }
  std::size_t permit_all() {
    std::size_t answered = 0;
    for (ScriptedPerspective* perspective : everybody()) answered += permit(*perspective);
    stage.settle();
    return answered;
  }
  void answer_all(const corroborate::PerspectiveReply& reply) {
    for (ScriptedPerspective* perspective : everybody())
      for (std::size_t call = 0; call < perspective->asked(); ++call)
        if (perspective->waiting(call)) perspective->answer(reply, call);
    stage.settle();
  }

  // An answer that shows its place in the log and the outcome.
  static std::string write(const Decision& decision) {
    return std::string(to_string(decision.outcome)) + " at " +
           std::to_string(decision.evidence_index);
  }

  corroborate::test::Stage stage;
  MemoryStore store;
  ManualClock clock;
  OrdersUnderWay under_way;
  TaskGroup group;
  corroborate::test::CountingRandom random;
  corroborate::Roster roster;
  ScriptedPerspective primary;
  std::vector<std::unique_ptr<ScriptedPerspective>> remotes;
  std::vector<Decision> counted;
  std::unique_ptr<CoordinatorDesk> desk;
};

}  // namespace parallax::orders::test
