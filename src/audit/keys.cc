// SPDX-License-Identifier: Apache-2.0
#include "audit/keys.h"

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"

namespace parallax::audit {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

Result<PerspectiveKeys> PerspectiveKeys::parse(std::string_view lines) {
  PerspectiveKeys keys;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const auto end = lines.find('\n');
    const std::string_view line = trimmed(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const auto blank = line.find_first_of(kBlanks);
    const bool two = blank != std::string_view::npos;
    auto added = keys.add(line.substr(0, blank), two ? trimmed(line.substr(blank)) : "");
    if (!added) return at(std::move(added.error()), "line", std::to_string(number));
  }
  return keys;
}

Status PerspectiveKeys::add(std::string_view code, std::string_view base64) {
  if (code.empty()) return fail(ErrorCode::malformed, "a key needs the code of its perspective");
  if (count_ == kKeysMax)
    return fail(ErrorCode::overloaded, fmt::format("more than {} keys", kKeysMax));
  const auto raw = base64_decode(base64);
  auto key = raw ? VerifyingKey::from_raw(*raw) : Result<VerifyingKey>(fail(raw.error()));
  if (!key)
    return fail(ErrorCode::malformed,
                fmt::format("the key of {} is no Ed25519 public key in base64: {}",
                            printable(code, 64), key.error().message));
  verifiers_[std::string(code)].emplace_back(std::move(*key));
  ++count_;
  return {};
}

Status PerspectiveKeys::check(std::string_view code, const observe::SignedStatement& statement) {
  const auto known = verifiers_.find(code);
  if (known == verifiers_.end())
    return broken(fmt::format("there is no key of the perspective {}", printable(code, 64)));
  for (observe::StatementVerifier& verifier : known->second)
    if (verifier.holds(statement)) return {};
  return broken(fmt::format("the observation is not signed by the key of {}", printable(code, 64)));
}

}  // namespace parallax::audit
