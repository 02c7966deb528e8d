// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "caa/facts.h"
#include "observe/check.h"

namespace parallax::observe::test {

inline const std::string kNonce = "AAECAwQFBgcICQoLDA0ODw";  // octets 0 to 15

inline ObservationRequest sample_request() {
  return {"order-1", 3, kNonce, CaaCheck{caa::test::name("www.example.com"), true}};
}

inline Observation sample_observation() {
  const ObservationRequest request = sample_request();
  auto seen = caa::test::climb(
      "www.example.com",
      {caa::test::answer("example.com", {caa::test::property("issue", "ca.example; a=b"),
                                         caa::test::property("iodef", "mailto:\x01\xfe", 128)})});
  seen.lookups.at(0).packet = "\x01\x02";
  const Instant at = parse_instant("2026-11-22T17:00:00.123456789Z").value();
  return {request.order_id,
          request.attempt,
          request.nonce,
          digest(request.check),
          "eu-1",
          "parallax/0.1.0",
          true,
          at,
          at + std::chrono::milliseconds(7),
          std::move(seen)};
}

}  // namespace parallax::observe::test
