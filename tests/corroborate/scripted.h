// SPDX-License-Identifier: Apache-2.0
// Perspectives that answer what the test says, when the test says so, and a roster of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/task_group.h"
#include "caa/facts.h"
#include "corroborate/client.h"
#include "corroborate/roster.h"

namespace parallax::corroborate::test {

namespace asio = boost::asio;

inline PerspectiveInfo perspective(std::string code, rules::Rir rir, std::string_view location) {
  const auto at = rules::Coordinates::parse(location).value();
  return {std::move(code), rir, at, rir, at, "hosting", "RPKI-validating transit", true};
}

// A primary and five remotes that meet every rule, in all five regions.
inline Roster good_roster() {
  using rules::Rir;
  return {perspective("primary", Rir::arin, "39.04, -77.49"),
          {perspective("eu-1", Rir::ripe_ncc, "50.11, 8.68"),
           perspective("ap-1", Rir::apnic, "35.68, 139.69"),
           perspective("sa-1", Rir::lacnic, "-23.55, -46.63"),
           perspective("af-1", Rir::afrinic, "-33.92, 18.42"),
           perspective("us-1", Rir::arin, "45.59, -122.60")}};
}

// What `code` says that it saw, in answer to `request`.
inline observe::Observation observation_of(const observe::ObservationRequest& request,
                                           std::string code, observe::Seen seen) {
  const Instant at = parse_instant("2026-11-22T17:00:00Z").value();
  return {request.order_id,
          request.attempt,
          request.nonce,
          observe::digest(request.check),
          std::move(code),
          "parallax/test",
          false,
          at,
          at + std::chrono::milliseconds(5),
          std::move(seen)};
}

inline const SigningKey& test_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

inline observe::SignedStatement signed_by(const SigningKey& key,
                                          const observe::Observation& observation) {
  return observe::sign_batch({observe::write_statement(observation, false).value()}, key).front();
}

inline PerspectiveReply saw(const observe::ObservationRequest& request, std::string code,
                            observe::Seen seen) {
  observe::Observation observation = observation_of(request, std::move(code), std::move(seen));
  auto statement = signed_by(test_key(), observation);
  return observe::SignedObservation{std::move(observation), std::move(statement)};
}

inline PerspectiveReply failed(NonCorroboration kind) {
  return tl::unexpected<NoObservation>(
      NoObservation{kind, "planned: " + std::string(to_string(kind))});
}

// The facts that permit, or prohibit, ca.example for TLS and S/MIME alike.
inline caa::CaaObservation facts(const std::string& domain, std::string_view issuer) {
  return caa::test::set_at(
      domain, {caa::test::property("issue", issuer), caa::test::property("issuemail", issuer)});
}
inline caa::CaaObservation permitting(const std::string& domain) {
  return facts(domain, "ca.example");
}
inline caa::CaaObservation denying(const std::string& domain) {
  return facts(domain, "other.example");
}
inline caa::CaaObservation unresolved(const std::string& domain, dns::LookupStatus status) {
  return caa::test::climb(domain, {caa::test::failure(domain, status)});
}

// Keeps every question; each waits until the test answers it. Single threaded.
class ScriptedPerspective final : public PerspectiveClient {
 public:
  ScriptedPerspective(asio::io_context& io, std::string code) : io_(io), code_(std::move(code)) {}

  [[nodiscard]] Task<PerspectiveReply> observe(observe::ObservationRequest request,
                                               Deadline /*deadline*/) override {
    auto call = std::make_shared<Call>(io_, std::move(request));
    calls_.push_back(call);
    while (!call->reply) co_await call->gate.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return *call->reply;
  }

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] std::size_t asked() const { return calls_.size(); }
  [[nodiscard]] const observe::ObservationRequest& request(std::size_t call = 0) const {
    return calls_.at(call)->request;
  }
  [[nodiscard]] bool waiting(std::size_t call = 0) const {
    return call < calls_.size() && !calls_[call]->reply;
  }
  void answer(PerspectiveReply reply, std::size_t call = 0) {
    calls_.at(call)->reply = std::move(reply);
    calls_[call]->gate.cancel();
  }
  void answer(observe::Seen seen, std::size_t call = 0) {
    answer(saw(request(call), code_, std::move(seen)), call);
  }

 private:
  struct Call {
    Call(asio::io_context& io, observe::ObservationRequest asked)
        : request(std::move(asked)), gate(io, asio::steady_timer::time_point::max()) {}
    observe::ObservationRequest request;
    asio::steady_timer gate;
    std::optional<PerspectiveReply> reply;
  };
  asio::io_context& io_;
  std::string code_;
  std::vector<std::shared_ptr<Call>> calls_;
};

// The event loop as a stage: runs what is ready and never waits.
class Stage {
 public:
  asio::io_context io{1};

  void settle() {
    io.restart();
    io.poll();
  }
  template <class T>
  void start(Task<T> task, std::optional<T>& into) {
    asio::co_spawn(io, std::move(task), [&into](const std::exception_ptr& failure, T result) {
      if (failure) std::rethrow_exception(failure);
      into.emplace(std::move(result));
    });
  }
};

// Octets that differ from call to call and are the same in every run.
class CountingRandom final : public Random {
 public:
  std::string octets(std::size_t count) override {
    return sha256(std::to_string(next_++)).substr(0, count);
  }

 private:
  unsigned next_ = 0;
};

}  // namespace parallax::corroborate::test
