// SPDX-License-Identifier: Apache-2.0
// The perspective's end of the protocol between coordinator and perspectives.
//
//   POST /v1/observe  {"request": {...}, "deadline_ms": N}  ->  200 signed statement
// Errors are problem details (RFC 9457); docs/peer-protocol.md describes both bodies.
#pragma once

#include <string>
#include <vector>

#include "names/public_suffix.h"
#include "net/http.h"
#include "observe/perspective.h"

namespace parallax::peer {

inline constexpr const char* kObservePath = "/v1/observe";
inline constexpr std::int64_t kDeadlineMsMax = 60'000;

// Who may ask: the client certificate must carry one of these dNSNames. Another perspective's
// certificate comes from the same CA and must not do.
struct PeerPolicy {
  std::vector<std::string> coordinator_names;
  // Held against Authorization Domain Names, where there is one; outlives every call.
  const names::PublicSuffixList* suffixes = nullptr;
};

// True if the verified client certificate is a coordinator's.
[[nodiscard]] bool is_coordinator(const net::HttpRequest& request, const PeerPolicy& policy);

// Answers POST /v1/observe. `perspective` outlives every call.
[[nodiscard]] Task<net::HttpResponse> serve_observe(observe::Perspective* perspective,
                                                    PeerPolicy policy, net::HttpRequest request);

// An RFC 9457 body.
[[nodiscard]] net::HttpResponse problem(unsigned status, std::string_view title,
                                        std::string_view detail);

}  // namespace parallax::peer
