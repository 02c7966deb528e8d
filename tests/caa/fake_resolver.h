// SPDX-License-Identifier: Apache-2.0
// A resolver whose answers come when the test says so; without that, a lookup hangs until it is
// cancelled. Single threaded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "caa/facts.h"
#include "dns/resolver.h"

namespace parallax::caa::test {

inline dns::Lookup blank(dns::Question question) {
  return dns::Lookup{.question = std::move(question),
                     .records = {},
                     .alias_chain = {},
                     .reason = {},
                     .packet = {}};
}

class FakeResolver final : public dns::Resolver {
 public:
  explicit FakeResolver(boost::asio::io_context& io) : io_(io) {}

  // A name without a planned answer is answered with an empty set.
  void plan(const std::string& at, dns::Lookup answer) {
    answers_.insert_or_assign(at, std::move(answer));
  }
  std::map<std::string, dns::InsecurityProof> proofs;

  std::vector<std::string> asked;
  std::vector<std::string> proofs_asked;
  std::vector<Deadline> deadlines;
  std::set<std::string> cancelled;

  // Lets the lookup of `at` (or of every name) be answered, now or when it is asked.
  void release(const std::string& at) { gate(at).open(); }
  void release_all() { open_ = true; }

  Task<dns::Lookup> lookup(dns::Question question, Deadline deadline) override {
    const std::string at = question.name.text();
    asked.push_back(at);
    deadlines.push_back(deadline);
    co_await pass(at);
    dns::Lookup out = blank(std::move(question));
    const auto found = answers_.find(at);
    if (found == answers_.end()) {
      out.status = dns::LookupStatus::answered;
      out.rcode = dns::Rcode::noerror;
      out.verdict = dns::Verdict::secure;
      out.attempts = 1;
      co_return out;
    }
    dns::Lookup planned = found->second;
    planned.question = out.question;
    co_return planned;
  }

  Task<dns::InsecurityProof> prove_insecure(names::DomainName name, Deadline deadline) override {
    deadlines.push_back(deadline);
    proofs_asked.push_back(name.text());
    co_await pass("proof of " + name.text());
    const auto found = proofs.find(name.text());
    co_return found == proofs.end() ? dns::InsecurityProof{} : found->second;
  }

 private:
  // A door that one waiter stands at.
  struct Gate {
    explicit Gate(boost::asio::io_context& io)
        : timer(io, boost::asio::steady_timer::time_point::max()) {}
    void open() {
      is_open = true;
      timer.cancel();
    }
    boost::asio::steady_timer timer;
    bool is_open = false;
  };

  Gate& gate(const std::string& at) {
    auto& gate = gates_[at];
    if (!gate) gate = std::make_unique<Gate>(io_);
    return *gate;
  }

  Task<void> pass(std::string at) {
    Gate& door = gate(at);
    if (open_ || door.is_open) co_return;
    co_await door.timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (door.is_open) co_return;
    cancelled.insert(at);
    throw boost::system::system_error(boost::asio::error::operation_aborted);
  }

  boost::asio::io_context& io_;
  bool open_ = false;
  std::map<std::string, dns::Lookup> answers_;
  std::map<std::string, std::unique_ptr<Gate>> gates_;
};

inline dns::Lookup found(const std::string& at, std::vector<Property> set) {
  dns::Lookup out = blank({name(at), dns::RecordType::caa});
  out.status = dns::LookupStatus::answered;
  out.rcode = dns::Rcode::noerror;
  out.verdict = dns::Verdict::secure;
  out.ttl_s = 600;
  out.attempts = 1;
  for (const auto& property : set)
    out.records.push_back({at, dns::RecordType::caa, 600, rdata(property)});
  return out;
}

inline dns::Lookup failed(const std::string& at, dns::LookupStatus status) {
  dns::Lookup out = blank({name(at), dns::RecordType::caa});
  out.status = status;
  out.attempts = 2;
  out.reason = "planned failure";
  if (status == dns::LookupStatus::bogus) out.verdict = dns::Verdict::bogus;
  return out;
}

}  // namespace parallax::caa::test
