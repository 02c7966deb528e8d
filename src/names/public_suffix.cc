// SPDX-License-Identifier: Apache-2.0
#include "names/public_suffix.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>
#include <libpsl.h>

namespace parallax::names {
namespace {

constexpr std::size_t kListSizeMax = 16u << 20;  // today's list has 0.3 MB
constexpr std::string_view kBegin = "// ===BEGIN ICANN DOMAINS===";
constexpr std::string_view kEnd = "// ===END ICANN DOMAINS===";
constexpr std::string_view kVersion = "// VERSION: ";

struct ContextFree {
  void operator()(psl_ctx_t* context) const { psl_free(context); }
};
struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

tl::unexpected<Error> bad_list(const std::string& path, std::string_view why) {
  return fail(ErrorCode::configuration, fmt::format("public suffix list {}: {}", path, why));
}

Result<std::string> read_list(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return bad_list(path, error.message());
  if (size > kListSizeMax) return bad_list(path, "the file is too large to be one");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size)))
    return bad_list(path, "cannot be read");
  return text;
}

// `// VERSION: 2024-06-01_10-11-12_UTC`, written by publicsuffix.org since 2024.
std::optional<Date> version_date(std::string_view text) {
  const std::size_t at = text.find(kVersion);
  if (at == std::string_view::npos) return std::nullopt;
  const auto date = parse_date(text.substr(at + kVersion.size(), 10));
  if (!date) return std::nullopt;
  return *date;
}

Result<Date> date_of_list(const std::string& path, std::string_view text) {
  if (const auto date = version_date(text)) return *date;
  std::error_code error;
  const auto modified = std::filesystem::last_write_time(path, error);
  if (error) return bad_list(path, error.message());
  return std::chrono::floor<std::chrono::days>(std::chrono::file_clock::to_sys(modified));
}

}  // namespace

struct PublicSuffixList::Impl {
  std::unique_ptr<psl_ctx_t, ContextFree> context;
  Date dated;
};

PublicSuffixList::PublicSuffixList(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<PublicSuffixList> PublicSuffixList::load(const std::string& path) {
  auto text = read_list(path);
  if (!text) return fail(text.error());
  const auto dated = date_of_list(path, *text);
  if (!dated) return fail(dated.error());
  // Only the ICANN section is handed to libpsl: its own queries for a registrable domain would
  // take private suffixes into account.
  const std::size_t begin = text->find(kBegin);
  const std::size_t end = text->find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return bad_list(path, "no ICANN section in it");
  std::string section = text->substr(begin, end + kEnd.size() - begin) + "\n";
  const std::unique_ptr<std::FILE, FileClose> file(fmemopen(section.data(), section.size(), "r"));
  if (!file) return bad_list(path, "no memory to read it");
  std::unique_ptr<psl_ctx_t, ContextFree> context(psl_load_fp(file.get()));
  if (!context || psl_suffix_count(context.get()) <= 0) return bad_list(path, "no suffix in it");
  return PublicSuffixList(std::make_shared<const Impl>(Impl{std::move(context), *dated}));
}

Date PublicSuffixList::dated() const { return impl_->dated; }

bool PublicSuffixList::is_public_suffix(const DomainName& name) const {
  return psl_is_public_suffix(impl_->context.get(), name.text().c_str()) == 1;
}

std::optional<DomainName> PublicSuffixList::base_domain(const DomainName& name) const {
  const char* base = psl_registrable_domain(impl_->context.get(), name.text().c_str());
  if (base == nullptr) return std::nullopt;
  // libpsl answers with a pointer into the text it was given.
  const auto surplus = static_cast<std::size_t>(base - name.text().c_str());
  std::optional<DomainName> at = name;
  while (at && at->text().size() + surplus > name.text().size()) at = at->parent();
  return at;
}

}  // namespace parallax::names
