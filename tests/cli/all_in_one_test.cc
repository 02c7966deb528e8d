// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gmock/gmock.h>

#include "cli/coordinator.h"

namespace parallax::cli {
namespace {

using testing::HasSubstr;

// Whatever else the file lacks: this is said first.
TEST(AllInOne, IsALabOrNothing) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                     ("parallax-all-in-one-" + std::to_string(::getpid()));
  for (const bool lab : {false, true}) {
    SCOPED_TRACE(lab ? "lab" : "production");
    std::ofstream(path) << (lab ? "[lab]\nenabled = true\n" : "");
    const Status served = serve_coordinator(path.string(), RemoteHosting::in_process);
    ASSERT_FALSE(served);
    EXPECT_EQ(served.error().code, ErrorCode::configuration);
    if (lab)
      EXPECT_THAT(served.error().message, Not(HasSubstr("lab.enabled")));
    else
      EXPECT_THAT(served.error().message, HasSubstr("lab.enabled"));
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace parallax::cli
