// SPDX-License-Identifier: Apache-2.0
// What service tests stand on: a desk that answers as told, a roster, decisions of every outcome,
// and requests without sockets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json.h"
#include "names/public_suffix.h"
#include "net/http.h"
#include "orders/desk.h"
#include "service/authenticator.h"
#include "service/service_info.h"

namespace parallax::service::testing {

// Runs the task to its end and returns its value.
net::HttpResponse run(Task<net::HttpResponse> task);

names::DomainName domain(std::string_view text);
const names::PublicSuffixList& suffixes();

// POST of `body` as application/json with the token given.
net::HttpRequest post(std::string path, std::string body, const std::string& token);
net::HttpRequest get(std::string path, const std::string& token);

json::value parsed(const net::HttpResponse& response);
std::string header(const net::HttpResponse& response, std::string_view name);

// Never the same octets twice, and the same in every run.
class CountingRandom final : public Random {
 public:
  std::string octets(std::size_t count) override;

 private:
  unsigned next_ = 0;
};

// Keeps what it was asked; answers with the decision `decide` makes, or with `error`.
class FakeDesk final : public orders::OrderDesk {
 public:
  Task<Result<orders::Answered>> place(orders::Order order, orders::AnswerWriter write) override;
  Task<Result<std::string>> recall(std::string client, std::string order_id) override;

  orders::Outcome outcome = orders::Outcome::permitted;
  bool lab = false;
  std::optional<Error> error;
  bool replay = false;
  std::vector<orders::Order> placed;
  std::map<std::pair<std::string, std::string>, std::string> answers;
};

// Seven remotes; three required, as from 2026-03-15, all but one (two from six on) corroborating.
class FakeInfo final : public ServiceInfo {
 public:
  [[nodiscard]] std::string primary() const override { return "primary-1"; }
  [[nodiscard]] std::vector<std::string> remotes() const override;
  [[nodiscard]] unsigned remotes_required(Date) const override { return 3; }
  [[nodiscard]] unsigned corroborations_required(unsigned used, Date) const override {
    return used - (used >= 6 ? 2 : 1);
  }
  [[nodiscard]] bool lab() const override { return in_lab; }
  bool in_lab = false;
};

Instant test_time();  // 2026-11-22T17:00:00Z

// A decision on the order's names with five remotes, each result kind present where it can be.
orders::Decision decision_on(const orders::Order& order, orders::Outcome outcome, bool lab);

// What a perspective saw at _acme-challenge.example.com: the value, another, or nothing in time.
dcv::ControlObservation seen_challenge(orders::Outcome outcome);

// A client file of its own with one client `portal` bound to ca.example and ca.test, and its
// authenticator.
class ClientFileTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  std::string directory_;
  std::string path_;
  CountingRandom random_;
  std::string token_;
  std::unique_ptr<Authenticator> authenticator_;
};

// Appends the answer to the file named by PARALLAX_SAMPLES, for openapi_validate.py; without the
// variable does nothing.
void keep_sample(const std::string& method, const std::string& path,
                 const net::HttpResponse& response);

}  // namespace parallax::service::testing
