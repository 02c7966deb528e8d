// SPDX-License-Identifier: Apache-2.0
// The public keys of the perspectives, as the auditor has them from elsewhere than the record.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "observe/statement.h"

namespace parallax::audit {

inline constexpr std::size_t kKeysMax = 4096;

// Not thread safe: it remembers batches that held.
class PerspectiveKeys {
 public:
  // Lines of "CODE BASE64", 32 octets each; empty ones and those that begin with "#" say nothing.
  // Error: malformed, naming the line.
  [[nodiscard]] static Result<PerspectiveKeys> parse(std::string_view lines);
  // A perspective may have had several keys, one after the other: any of them will do. Errors:
  // malformed (no code, no key), overloaded (more than kKeysMax).
  [[nodiscard]] Status add(std::string_view code, std::string_view base64);

  [[nodiscard]] bool empty() const { return verifiers_.empty(); }
  // Error: untrusted (there is no key of that perspective, or none of its keys signed).
  [[nodiscard]] Status check(std::string_view code, const observe::SignedStatement& statement);

 private:
  std::map<std::string, std::vector<observe::StatementVerifier>, std::less<>> verifiers_;
  std::size_t count_ = 0;
};

}  // namespace parallax::audit
