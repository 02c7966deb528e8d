// SPDX-License-Identifier: Apache-2.0
// Errors are values: every function that can fail returns Result<T>.
//
// An Error carries a code for programs, a sentence for humans and named context. Exceptions are
// left to bugs and to allocation failure; libraries that throw are fenced at our edge.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace parallax {

// What went wrong, for programs. The text form (see to_string) is stable: it is logged, counted
// and sent in problem details.
enum class ErrorCode {
  malformed,      // input does not follow its grammar
  unsupported,    // well formed, but not something Parallax does
  forbidden,      // a rule or a policy says no to the input itself
  not_found,      // the thing asked for does not exist
  conflict,       // it exists already, with other content
  unauthorized,   // who asks could not be established
  timed_out,      // a deadline passed
  unreachable,    // no connection, or it was lost
  overloaded,     // a bound was reached
  untrusted,      // an identity or a signature did not hold
  storage,        // a disk or database failed
  configuration,  // settings, files or certificates are wrong
  internal,       // a library failed in a way that has no better name
};

[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;                                       // one sentence, no trailing newline
  std::vector<std::pair<std::string, std::string>> context;  // name and value, outermost last

  // Adds one named value; returns *this so that it chains.
  [[nodiscard]] Error with(std::string name, std::string value) &&;
};

// "message (name=value, name=value)", for logs and terminals.
[[nodiscard]] std::string describe(const Error& error);

template <class T>
using Result = tl::expected<T, Error>;

// Result for functions that return nothing but can fail.
using Status = tl::expected<void, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace parallax
