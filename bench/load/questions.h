// SPDX-License-Identifier: Apache-2.0
// The requests a load is made of, and whether an answer is the expected one.
#pragma once

#include <cstdint>
#include <string>

#include "net/http.h"

namespace parallax::bench {

// What is asked again and again. bench/parallax_bench/questions.py has the texts.
struct QuestionSettings {
  std::string path;
  // JSON in which <NAME> stands for the name asked about, <ID> for an order id and <NONCE> for 16
  // octets in base64url, both of them fresh for each request.
  std::string body;
  std::string expected;  // a text that every good answer holds
  std::string token;     // of the API client; empty: none is sent
};

// `number` makes order ids and nonces differ; `run` those of different runs.
[[nodiscard]] net::HttpRequest make_question(const QuestionSettings& settings,
                                             const std::string& name, const std::string& run,
                                             std::uint64_t number);

[[nodiscard]] bool is_expected(const QuestionSettings& settings, const net::HttpResponse& response);

}  // namespace parallax::bench
