// SPDX-License-Identifier: Apache-2.0
// What a log signs its checkpoints with.
#pragma once

#include <string>

#include "base/crypto.h"
#include "base/result.h"
#include "evidence/signed_note.h"

namespace parallax::evidence {

// Immutable, cheap to copy, thread safe.
class LogKey {
 public:
  // `origin` names the log and its key. Error: malformed (see NoteKey).
  [[nodiscard]] static Result<LogKey> make(std::string origin, SigningKey secret) {
    auto key = NoteKey::make(std::move(origin), NoteSignatureType::ed25519, secret.verifying_key());
    if (!key) return fail(std::move(key.error()));
    return LogKey(std::move(*key), std::move(secret));
  }

  [[nodiscard]] const NoteKey& key() const { return key_; }
  [[nodiscard]] const std::string& origin() const { return key_.name(); }
  [[nodiscard]] NoteSignature sign(std::string_view text) const {
    return sign_note(text, key_, secret_);
  }

 private:
  LogKey(NoteKey key, SigningKey secret) : key_(std::move(key)), secret_(std::move(secret)) {}
  NoteKey key_;
  SigningKey secret_;
};

}  // namespace parallax::evidence
