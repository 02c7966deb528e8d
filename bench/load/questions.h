// SPDX-License-Identifier: Apache-2.0
// The requests a load is made of, and whether an answer is the expected one.
#pragma once

#include <cstdint>
#include <string>

#include "net/http.h"

namespace parallax::bench {

// What is put under load.
enum class Target {
  coordinator,  // POST /v1/corroborations, an S/MIME order for one mailbox
  perspective,  // POST /v1/observe, one CAA check
};

struct QuestionSettings {
  Target target = Target::coordinator;
  std::string token;   // of the API client; coordinator only
  std::string issuer;  // coordinator only
};

// `number` makes order ids and nonces differ; `run` those of different runs.
[[nodiscard]] net::HttpRequest make_question(const QuestionSettings& settings,
                                             const std::string& domain, const std::string& run,
                                             std::uint64_t number);

// A permitted order, or a signed statement that found records.
[[nodiscard]] bool is_expected(Target target, const net::HttpResponse& response);

}  // namespace parallax::bench
