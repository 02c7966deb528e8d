// SPDX-License-Identifier: Apache-2.0
#include "cli/coordinator_client.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "cli/files.h"
#include "cli/server_loop.h"
#include "names/ip_address.h"
#include "net/http_client.h"

namespace parallax::cli {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{90};

struct Target {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
};

Result<Target> parse_server(std::string_view url) {
  const auto bad = [] {
    return fail(ErrorCode::malformed, "--server is https://host:port or http://host:port");
  };
  Target target;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    target.tls = false;
    target.port = 80;
  } else {
    return bad();
  }
  while (!url.empty() && url.back() == '/') url.remove_suffix(1);
  const auto colon = url.rfind(':');
  if (colon != std::string_view::npos && url.back() != ']') {
    int port = 0;
    for (const char c : url.substr(colon + 1)) {
      if (c < '0' || c > '9' || port > 65'535) return bad();
      port = port * 10 + (c - '0');
    }
    if (port < 1 || port > 65'535) return bad();
    target.port = static_cast<std::uint16_t>(port);
    url = url.substr(0, colon);
  }
  if (url.size() > 2 && url.front() == '[' && url.back() == ']')
    url = url.substr(1, url.size() - 2);
  if (url.empty() || url.find('/') != std::string_view::npos) return bad();
  target.host = url;
  const auto address = names::IpAddress::parse(target.host);
  if (!target.tls && target.host != "localhost" && (!address || !address->native().is_loopback()))
    return fail(ErrorCode::malformed,
                "http:// is for a coordinator on this host only: order and token would travel in "
                "the clear; use https://");
  return target;
}

Task<Status> ask(net::HttpClient* client, net::HttpRequest request,
                 std::optional<net::HttpResponse>* response) {
  auto answer = co_await client->request(std::move(request), Deadline::after(kAnswerTimeout));
  client->close();
  if (!answer) co_return fail(answer.error());
  *response = std::move(*answer);
  co_return Status{};
}

// The problem's own words, as the coordinator put them.
Error problem_of(const net::HttpResponse& response) {
  std::string detail = fmt::format("the coordinator answered {}", response.status);
  if (const auto value = parse_json(response.body))
    if (const auto* members = value->if_object())
      if (const auto* text = members->if_contains("detail"))
        if (text->is_string()) detail = std::string(text->get_string());
  const bool ours = response.status >= 400 && response.status < 500 && response.status != 401;
  return {ours ? ErrorCode::malformed : ErrorCode::unreachable, std::move(detail), {}};
}

}  // namespace

const json::value* member(const json::value* object, std::string_view key) {
  const auto* members = object == nullptr ? nullptr : object->if_object();
  return members == nullptr ? nullptr : members->if_contains(key);
}

Result<json::value> place_order(const CoordinatorOptions& options, std::string body) {
  const auto target = parse_server(options.server);
  if (!target) return fail(target.error());
  std::shared_ptr<net::TlsContext> tls;
  if (target->tls) {
    auto made = net::make_client_tls(options.ca_file);
    if (!made) return fail(made.error());
    tls = std::move(*made);
  }
  net::HttpRequest request;
  request.method = "POST";
  request.path = "/v1/corroborations";
  request.headers.emplace_back("content-type", "application/json");
  if (!options.token_file.empty()) {
    auto token = read_file(options.token_file);
    if (!token) return fail(token.error());
    token->erase(token->find_last_not_of(" \r\n\t") + 1);
    request.headers.emplace_back("authorization", "Bearer " + *token);
  }
  request.body = std::move(body);
  boost::asio::io_context context(1);
  net::HttpClientSettings settings;
  settings.host = target->host;
  settings.port = target->port;
  settings.verify_name = target->host;
  const auto client = net::HttpClient::make(context.get_executor(), settings, std::move(tls));
  std::optional<net::HttpResponse> response;
  const auto done = run_once(context, ask(client.get(), std::move(request), &response));
  if (!done) return fail(done.error());
  if (response->status != 200) return fail(problem_of(*response));
  return parse_json(response->body);
}

}  // namespace parallax::cli
