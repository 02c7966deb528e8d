// SPDX-License-Identifier: Apache-2.0
#include "names/public_suffix.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax::names {
namespace {

using ::testing::HasSubstr;

constexpr const char* kList = R"(// VERSION: 2026-11-01_08-00-00_UTC
// ===BEGIN ICANN DOMAINS===
com
jp
*.kawasaki.jp
!city.kawasaki.jp
cn
公司.cn
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
blogspot.com
// ===END PRIVATE DOMAINS===
)";

class PublicSuffixFile : public ::testing::Test {
 protected:
  PublicSuffixFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "psl-XXXXXX").string();
    const char* made = mkdtemp(pattern.data());
    EXPECT_NE(made, nullptr);
    folder_ = pattern;
  }
  ~PublicSuffixFile() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string file(std::string_view content) const {
    const auto path = folder_ / "list.dat";
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  std::filesystem::path folder_;
};

DomainName domain(std::string_view text) { return *DomainName::parse(text); }

TEST_F(PublicSuffixFile, AnswersFromTheIcannSectionOnly) {
  const auto list = PublicSuffixList::load(file(kList));
  ASSERT_TRUE(list) << list.error().message;
  struct Case {
    const char* name;
    const char* base;  // empty for a public suffix
  };
  for (const auto& [name, base] : {
           Case{"com", ""},
           Case{"example.com", "example.com"},
           Case{"a.b.example.com", "example.com"},
           Case{"blogspot.com", "blogspot.com"},
           Case{"a.blogspot.com", "blogspot.com"},
           Case{"jp", ""},
           Case{"foo.kawasaki.jp", ""},
           Case{"a.foo.kawasaki.jp", "a.foo.kawasaki.jp"},
           Case{"city.kawasaki.jp", "city.kawasaki.jp"},
           Case{"www.city.kawasaki.jp", "city.kawasaki.jp"},
           Case{"公司.cn", ""},
           Case{"a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"},
           Case{"unlisted", ""},
           Case{"a.b.unlisted", "b.unlisted"},
       }) {
    SCOPED_TRACE(name);
    const auto found = list->base_domain(domain(name));
    EXPECT_EQ(found ? found->text() : "", base);
    EXPECT_EQ(list->is_public_suffix(domain(name)), std::string_view(base).empty());
  }
}

TEST_F(PublicSuffixFile, TakesItsDateFromTheVersionLine) {
  EXPECT_EQ(PublicSuffixList::load(file(kList))->dated(), *parse_date("2026-11-01"));
}

TEST_F(PublicSuffixFile, FallsBackToTheModificationTime) {
  const std::string path = file("// ===BEGIN ICANN DOMAINS===\ncom\n// ===END ICANN DOMAINS===\n");
  const auto when = std::chrono::file_clock::from_sys(*parse_instant("2023-02-09T05:00:00Z"));
  std::filesystem::last_write_time(path, when);
  EXPECT_EQ(PublicSuffixList::load(path)->dated(), *parse_date("2023-02-09"));
}

TEST_F(PublicSuffixFile, RefusesWhatIsNoList) {
  const std::pair<std::string, const char*> cases[] = {
      {file(""), "no ICANN section"},
      {(folder_ / "absent.dat").string(), "No such file"},
      {folder_.string(), "public suffix list"},
  };
  for (const auto& [path, says] : cases) {
    SCOPED_TRACE(path);
    const auto list = PublicSuffixList::load(path);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code, ErrorCode::configuration);
    EXPECT_THAT(list.error().message, HasSubstr(says));
  }
  const auto hollow =
      PublicSuffixList::load(file("// ===BEGIN ICANN DOMAINS===\n// ===END ICANN DOMAINS===\n"));
  EXPECT_FALSE(hollow);
}

TEST(PublicSuffixList, LoadsTheListOfTheSystem) {
  const auto list = PublicSuffixList::load(kDefaultPublicSuffixFile);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_TRUE(list->is_public_suffix(domain("co.uk")));
  EXPECT_EQ(list->base_domain(domain("www.example.co.uk")), domain("example.co.uk"));
  EXPECT_GE(list->dated(), *parse_date("2023-01-01"));
}

}  // namespace
}  // namespace parallax::names
