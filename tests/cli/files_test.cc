// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

namespace parallax::cli {
namespace {

using testing::HasSubstr;

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("parallax-key-" + std::to_string(::getpid()));
    std::filesystem::remove(path_);
    ASSERT_TRUE(create_file(path_, key_.to_pem(), 0600));
  }
  void TearDown() override { std::filesystem::remove(path_); }
  void set_mode(mode_t mode) const { ASSERT_EQ(::chmod(path_.c_str(), mode), 0); }

  SigningKey key_ = SigningKey::generate();
  std::string path_;
};

TEST_F(KeyFile, IsReadOnlyWhileItIsItsOwnersAlone) {
  struct Case {
    const char* name;
    mode_t mode;
    bool accepted;
  };
  const Case cases[] = {
      {"as_pki_init_makes_it", 0600, true}, {"read_only", 0400, true},
      {"group_may_pass", 0610, true},       {"group_reads", 0640, false},
      {"group_writes", 0620, false},        {"others_read", 0604, false},
      {"others_write", 0602, false},        {"everybody", 0666, false},
      {"umask_022", 0644, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    set_mode(c.mode);
    const Status kept = require_private(path_);
    const auto key = read_signing_key(path_);
    EXPECT_EQ(read_private_file(path_).has_value(), c.accepted);
    EXPECT_EQ(kept.has_value(), c.accepted);
    ASSERT_EQ(key.has_value(), c.accepted);
    if (c.accepted) continue;
    EXPECT_EQ(kept.error().code, ErrorCode::configuration);
    EXPECT_THAT(kept.error().message, HasSubstr(path_));
    EXPECT_THAT(kept.error().message, HasSubstr("chmod 600"));
    EXPECT_EQ(key.error().message, kept.error().message);
  }
}

TEST_F(KeyFile, ALinkIsJudgedByWhatItPointsTo) {
  const std::string link = path_ + "-link";
  std::filesystem::remove(link);
  std::filesystem::create_symlink(path_, link);
  EXPECT_TRUE(require_private(link));
  set_mode(0644);
  EXPECT_FALSE(require_private(link));
  std::filesystem::remove(link);
}

TEST_F(KeyFile, ThatIsMissingIsNamed) {
  for (const std::string& path : {path_ + "-none", std::string()}) {
    SCOPED_TRACE(path);
    const Status kept = require_private(path);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code, ErrorCode::configuration);
    EXPECT_THAT(kept.error().message, HasSubstr("\"" + path + "\""));
  }
}

}  // namespace
}  // namespace parallax::cli
