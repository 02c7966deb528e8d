// SPDX-License-Identifier: Apache-2.0
// Signed statements: an observation as canonical JSON, signed in batches.
//
// A perspective signs the Merkle root over the statements it answers within the same moment; each
// statement carries its path to that root. A batch of one is an ordinary signature. The signed
// message is
//   "parallax observation batch v1" || 0x00 || size (8 octets, big endian) || root (32 octets)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/crypto.h"
#include "base/result.h"
#include "observe/check.h"

namespace parallax::observe {

inline constexpr std::size_t kBatchSizeMax = 64;

// Canonical JSON of an observation, the text that is hashed and signed; with the DNS responses if
// `packets`. Error: unsupported (a string in it is not UTF-8: a bug of ours, parsers escape
// octets).
[[nodiscard]] Result<std::string> write_statement(const Observation& observation, bool packets);
// The inverse. The signature covers the text, so the text need not be canonical again.
// Errors: malformed, unsupported.
[[nodiscard]] Result<Observation> read_statement(std::string_view statement);

struct SignedStatement {
  std::string statement;
  std::uint64_t batch_index = 0;
  std::uint64_t batch_size = 1;
  std::vector<std::string> batch_path;  // 32 octets each, leaf side first
  std::string signature;                // 64 octets

  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

[[nodiscard]] boost::json::value to_json(const SignedStatement& statement);
[[nodiscard]] Result<SignedStatement> signed_statement_from_json(const boost::json::value& value,
                                                                 std::string pointer);

// Signs 1 to kBatchSizeMax statements with one signature, in order.
[[nodiscard]] std::vector<SignedStatement> sign_batch(std::vector<std::string> statements,
                                                      const SigningKey& key);

// Checks signatures of one perspective and remembers the last batches that held, so that the
// statements of one batch cost one verification. Not thread safe: one per worker and remote.
class StatementVerifier {
 public:
  explicit StatementVerifier(VerifyingKey key) : key_(std::move(key)) {}
  // True if the statement leads to a root that the key signed.
  [[nodiscard]] bool holds(const SignedStatement& statement);

 private:
  VerifyingKey key_;
  std::array<std::string, 32> recent_;  // signed message || signature of batches that held
  std::size_t next_ = 0;
};

// What a statement is held against, besides its signature.
enum class Binding { holds, wrong_identity, wrong_request };

// Whether `observation` answers `request` in the name of `perspective`.
[[nodiscard]] Binding check_binding(const Observation& observation,
                                    const ObservationRequest& request,
                                    std::string_view perspective);

// JSON of a request to a perspective and back.
[[nodiscard]] boost::json::value to_json(const ObservationRequest& request);
[[nodiscard]] Result<ObservationRequest> request_from_json(const boost::json::value& value,
                                                           const std::string& pointer);

}  // namespace parallax::observe
