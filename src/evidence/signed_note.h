// SPDX-License-Identifier: Apache-2.0
// Text signed by one or more keys (C2SP signed-note): what a log's checkpoints are made of, so that
// tools and witnesses of others can read them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "base/time.h"

namespace parallax::evidence {

// Bounds on a note from outside. The specification asks for 16 signatures at least.
inline constexpr std::size_t kNoteSizeMax = std::size_t{256} * 1024;
inline constexpr std::size_t kNoteSignaturesMax = 64;
inline constexpr std::size_t kNoteKeyNameSizeMax = 255;

// The assigned signature types that Parallax makes and verifies.
enum class NoteSignatureType : std::uint8_t {
  ed25519 = 0x01,      // over the text
  cosignature = 0x04,  // a witness's, over the text and the time (C2SP tlog-cosignature)
};

// A public key with its name: what a verifier is configured with. Immutable, cheap to copy.
class NoteKey {
 public:
  // Error: malformed (a name that is empty, too long, not UTF-8, or holds spaces, control
  // characters or a plus).
  [[nodiscard]] static Result<NoteKey> make(std::string name, NoteSignatureType type,
                                            VerifyingKey key);
  // The text form "NAME+ID+BASE64(type || key)", as Go's sumdb tools print it.
  // Errors: malformed (also an id that is not the key's), unsupported (another type).
  [[nodiscard]] static Result<NoteKey> parse(std::string_view vkey);
  [[nodiscard]] std::string vkey() const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] NoteSignatureType type() const { return type_; }
  [[nodiscard]] const VerifyingKey& key() const { return key_; }
  // The first four octets of SHA-256(name || "\n" || type || key), big endian.
  [[nodiscard]] std::uint32_t id() const { return id_; }

 private:
  NoteKey(std::string name, NoteSignatureType type, VerifyingKey key);
  std::string name_;
  NoteSignatureType type_;
  VerifyingKey key_;
  std::uint32_t id_ = 0;
};

struct NoteSignature {
  std::string name;
  std::uint32_t id = 0;
  std::string signature;  // what follows the id

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

// A note as it reads, nothing verified. `text` ends with a newline.
struct SignedNote {
  std::string text;
  std::vector<NoteSignature> signatures;

  friend bool operator==(const SignedNote&, const SignedNote&) = default;
};

// Error: malformed (also above the bounds).
[[nodiscard]] Result<SignedNote> parse_note(std::string_view note);
// "— NAME BASE64\n".
[[nodiscard]] std::string format_signature(const NoteSignature& signature);
// The inverse for lines on their own, as a witness answers them. Error: malformed.
[[nodiscard]] Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines);
[[nodiscard]] std::string format_note(const SignedNote& note);

// An ed25519 signature over `text`, which ends with a newline. `key` is that of `signing_key`.
[[nodiscard]] NoteSignature sign_note(std::string_view text, const NoteKey& key,
                                      const SigningKey& signing_key);
// A cosignature of that second. `key` is of the type cosignature, and that of `signing_key`.
[[nodiscard]] NoteSignature cosign_note(std::string_view text, const NoteKey& key,
                                        const SigningKey& signing_key, Instant at);

// What verify_note() found: which of the keys signed, by position, and when, if they say so.
struct VerifiedSignature {
  std::size_t key = 0;
  std::optional<Instant> cosigned;
};

// The signatures of `keys` on the note; those of other keys are ignored, a key's second is too.
// Error: untrusted, if a signature that names one of the keys does not hold: then nothing in the
// note is to be believed.
[[nodiscard]] Result<std::vector<VerifiedSignature>> verify_note(const SignedNote& note,
                                                                 std::span<const NoteKey> keys);

}  // namespace parallax::evidence
