// SPDX-License-Identifier: Apache-2.0
#include "service/service_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace parallax::service::testing {

net::HttpResponse run(Task<net::HttpResponse> task) {
  boost::asio::io_context context;
  auto future = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return future.get();
}

names::DomainName domain(std::string_view text) { return names::DomainName::parse(text).value(); }

const names::PublicSuffixList& suffixes() {
  static const auto list = names::PublicSuffixList::load(names::kDefaultPublicSuffixFile).value();
  return list;
}

net::HttpRequest post(std::string path, std::string body, const std::string& token) {
  net::HttpRequest request = get(std::move(path), token);
  request.method = "POST";
  request.body = std::move(body);
  request.headers.emplace_back("content-type", "application/json");
  return request;
}

net::HttpRequest get(std::string path, const std::string& token) {
  net::HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  return request;
}

json::value parsed(const net::HttpResponse& response) {
  auto value = parse_json(response.body);
  EXPECT_TRUE(value.has_value()) << response.body;
  return value ? *value : json::value(nullptr);
}

std::string header(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

std::string CountingRandom::octets(std::size_t count) {
  std::string out;
  while (out.size() < count) out += sha256(std::to_string(next_++));
  return out.substr(0, count);
}

std::vector<std::string> FakeInfo::remotes() const {
  std::vector<std::string> out;
  for (int i = 1; i <= 7; ++i) out.push_back("remote-" + std::to_string(i));
  return out;
}

Task<Result<orders::Answered>> FakeDesk::place(orders::Order order, orders::AnswerWriter write) {
  placed.push_back(order);
  if (error) co_return fail(*error);
  orders::Decision decision = decision_on(order, outcome, lab);
  std::string answer = write(decision);
  answers[{order.client, order.id}] = answer;
  if (replay) co_return orders::Answered{std::move(answer), std::nullopt, true};
  co_return orders::Answered{std::move(answer), std::move(decision), false};
}

Task<Result<std::string>> FakeDesk::recall(std::string client, std::string order_id) {
  if (error) co_return fail(*error);
  const auto found = answers.find({client, order_id});
  if (found == answers.end()) co_return fail(ErrorCode::not_found, "no such order");
  co_return found->second;
}

Instant test_time() { return parse_instant("2026-11-22T17:00:00Z").value(); }

void ClientFileTest::SetUp() {
  std::string pattern = (std::filesystem::temp_directory_path() / "parallax-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  directory_ = pattern;
  path_ = directory_ + "/clients.json";
  auto token = add_client(path_, {"portal", {domain("ca.example"), domain("ca.test")}, {}, {}},
                          random_, test_time());
  ASSERT_TRUE(token.has_value()) << describe(token.error());
  token_ = *token;
  auto opened = Authenticator::open(path_);
  ASSERT_TRUE(opened.has_value()) << describe(opened.error());
  authenticator_ = std::move(*opened);
}

void ClientFileTest::TearDown() { std::filesystem::remove_all(directory_); }

void keep_sample(const std::string& method, const std::string& path,
                 const net::HttpResponse& response) {
  const char* file = std::getenv("PARALLAX_SAMPLES");
  if (file == nullptr || response.status == 405) return;  // no operation, so no description
  std::ofstream out(file, std::ios::app);
  out << json::serialize(json::object{{"method", method},
                                      {"path", path},
                                      {"status", response.status},
                                      {"content_type", response.content_type},
                                      {"body", response.body}})
      << '\n';
}

}  // namespace parallax::service::testing
