// SPDX-License-Identifier: Apache-2.0
#include "load/questions.h"

#include <string_view>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::bench {
namespace {

void fill_in(std::string& text, std::string_view placeholder, const std::string& value) {
  for (std::size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
}

}  // namespace

net::HttpRequest make_question(const QuestionSettings& settings, const std::string& name,
                               const std::string& run, std::uint64_t number) {
  net::HttpRequest request;
  request.method = "POST";
  request.path = settings.path;
  request.headers.emplace_back("content-type", "application/json");
  if (!settings.token.empty())
    request.headers.emplace_back("authorization", "Bearer " + settings.token);
  request.body = settings.body;
  fill_in(request.body, "<NAME>", name);
  fill_in(request.body, "<ID>", fmt::format("bench-{}-{}", run, number));
  fill_in(request.body, "<NONCE>", base64url_encode(fmt::format("{:016}", number)));
  return request;
}

bool is_expected(const QuestionSettings& settings, const net::HttpResponse& response) {
  return response.status == 200 && response.body.find(settings.expected) != std::string::npos;
}

}  // namespace parallax::bench
