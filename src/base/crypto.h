// SPDX-License-Identifier: Apache-2.0
// SHA-256 (OpenSSL), Ed25519 (RFC 8032; libsodium, which takes less than half of the time OpenSSL
// does) and random octets (the kernel).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parallax {

// 32 octets.
[[nodiscard]] std::string sha256(std::string_view octets);

// A source of unpredictable octets; tests inject their own.
class Random {
 public:
  virtual ~Random() = default;
  // `count` octets, 1 to 1024. Failure of the system's generator aborts: nothing here may go on
  // with guessable nonces.
  [[nodiscard]] virtual std::string octets(std::size_t count) = 0;
};

// OpenSSL's generator; thread safe.
[[nodiscard]] Random& system_random();

inline constexpr std::size_t kEd25519PublicKeySize = 32;
inline constexpr std::size_t kEd25519SignatureSize = 64;

// A public key; cheap to copy, immutable, thread safe.
class VerifyingKey {
 public:
  // 32 raw octets. Error: malformed.
  [[nodiscard]] static Result<VerifyingKey> from_raw(std::string_view raw);
  // True if `signature` (64 octets) is this key's over `message`.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;
  [[nodiscard]] const std::string& raw() const { return raw_; }

 private:
  explicit VerifyingKey(std::string raw);
  std::string raw_;
};

// A private key; cheap to copy, immutable, thread safe. Never printed.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate();
  // PKCS#8 PEM as `openssl genpkey -algorithm ed25519` writes it. Errors: malformed, unsupported.
  [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);
  [[nodiscard]] std::string to_pem() const;
  // 64 octets.
  [[nodiscard]] std::string sign(std::string_view message) const;
  [[nodiscard]] const VerifyingKey& verifying_key() const { return public_; }

 private:
  struct Impl;
  explicit SigningKey(std::shared_ptr<const Impl> impl, VerifyingKey verifying_key);
  std::shared_ptr<const Impl> impl_;  // shared: copies refer to one immutable key
  VerifyingKey public_;
};

}  // namespace parallax
