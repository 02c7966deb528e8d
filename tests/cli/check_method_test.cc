// SPDX-License-Identifier: Apache-2.0
// What --method may be: refused before anything is looked up or sent.
#include <gmock/gmock.h>

#include "cli/check_caa.h"

namespace parallax::cli {
namespace {

using testing::HasSubstr;

TEST(CheckMethod, IsRefusedHereAndThroughACoordinator) {
  for (const char* method : {"zzz", "DNS-01", "dns-01,http-01", "ca-"}) {
    SCOPED_TRACE(method);
    CheckCaaOptions options;
    options.name = "example.com";
    options.type = "tls";
    options.issuers = {"ca.example"};
    options.method = method;
    options.config = "/nonexistent/parallax.toml";
    options.server = "https://192.0.2.1";
    options.token_file = "/nonexistent/token";
    for (const auto& answer : {check_caa_here(options), check_caa_through(options)}) {
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().code, ErrorCode::malformed);
      EXPECT_THAT(answer.error().message, HasSubstr("is no validation method label"));
    }
  }
}

}  // namespace
}  // namespace parallax::cli
