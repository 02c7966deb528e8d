// SPDX-License-Identifier: Apache-2.0
// A perspective over a resolver that answers at once, and requests to it.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "caa/fake_resolver.h"
#include "net/loop.h"
#include "observe/perspective.h"
#include "peer/observe_service.h"

namespace parallax::peer::test {

inline const SigningKey& signing_key() {
  static const SigningKey key = SigningKey::generate();
  return key;
}

inline observe::PerspectiveSettings settings(const std::string& code) {
  observe::PerspectiveSettings out;
  out.code = code;
  out.software = "parallax/test";
  return out;
}

struct PerspectiveStage {
  explicit PerspectiveStage(net::Loop& loop, const std::string& code = "eu-1")
      : resolver(loop.io),
        perspective(loop.io.get_executor(), settings(code), signing_key(),
                    observe::Senses{.resolver = &resolver}, system_clock()) {
    resolver.plan("example.com",
                  caa::test::found("example.com", {caa::test::property("issue", "ca.example")}));
    resolver.release_all();
  }
  caa::test::FakeResolver resolver;
  observe::Perspective perspective;
};

inline observe::ObservationRequest request() {
  return {"order-1", 1, "AAECAwQFBgcICQoLDA0ODw",
          observe::CaaCheck{caa::test::name("example.com"), false}};
}

inline net::ClientCertificate certificate(std::vector<std::string> names) {
  return {"common name", std::move(names), std::string(64, 'a')};
}

}  // namespace parallax::peer::test
