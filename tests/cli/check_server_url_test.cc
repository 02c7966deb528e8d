// SPDX-License-Identifier: Apache-2.0
// What --server may be: refused before anything is sent.
#include <gtest/gtest.h>

#include "cli/check_caa.h"

namespace parallax::cli {
namespace {

TEST(CheckThrough, NeverSendsATokenInTheClear) {
  struct Case {
    const char* name;
    const char* server;
  };
  const Case cases[] = {
      {"name", "http://coordinator.example:8080"},
      {"address", "http://192.0.2.1"},
      {"ipv6", "http://[2001:db8::1]:8080"},
      {"looks_local", "http://localhost.example:80"},
      {"other_scheme", "ftp://127.0.0.1"},
      {"path", "https://ca.example/v1"},
      {"no_port_number", "https://ca.example:x"},
      {"port_0", "https://ca.example:0"},
      {"port_too_large", "https://ca.example:65536"},
      {"nothing", "https://"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    CheckCaaOptions options;
    options.name = "example.com";
    options.type = "tls";
    options.issuers = {"ca.example"};
    options.server = c.server;
    const auto answer = check_caa_through(options);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::malformed) << describe(answer.error());
  }
}

}  // namespace
}  // namespace parallax::cli
