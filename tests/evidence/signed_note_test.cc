// SPDX-License-Identifier: Apache-2.0
// Notes as C2SP signed-note and tlog-cosignature define them.
#include "evidence/signed_note.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/encoding.h"

namespace parallax::evidence {
namespace {

constexpr std::string_view kText = "Ognuno sta solo\n\n\xC3\xA8 subito sera.\n";

// A key pair under a name.
struct Signer {
  explicit Signer(std::string name, NoteSignatureType type = NoteSignatureType::ed25519)
      : key(NoteKey::make(std::move(name), type, secret.verifying_key()).value()) {}
  SigningKey secret = SigningKey::generate();
  NoteKey key;
};

SignedNote note_by(const Signer& signer) {
  return {std::string(kText), {sign_note(kText, signer.key, signer.secret)}};
}

// The vector of Go's golang.org/x/mod/sumdb/note documentation.
constexpr std::string_view kPeter =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kPeterNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(SignedNote, AKnownNoteOfAnotherImplementationHolds) {
  const std::vector<NoteKey> keys{NoteKey::parse(kPeter).value()};
  const auto note = parse_note(kPeterNote).value();
  EXPECT_EQ(verify_note(note, keys).value().size(), 1U);
  EXPECT_EQ(format_note(note), kPeterNote);
  EXPECT_EQ(keys[0].vkey(), kPeter);
}

TEST(SignedNote, WhatIsSignedIsReadBackAndHolds) {
  const Signer log("log.example/evidence");
  const SignedNote note = note_by(log);
  const auto read = parse_note(format_note(note));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_EQ(*read, note);
  const auto found = verify_note(*read, std::vector{log.key}).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, 0U);
  EXPECT_FALSE(found[0].cosigned);
}

TEST(SignedNote, ACosignatureSaysWhen) {
  const Signer witness("witness.example/w1", NoteSignatureType::cosignature);
  const Instant at = parse_instant("2026-11-22T10:00:00.9Z").value();
  const SignedNote note{std::string(kText), {cosign_note(kText, witness.key, witness.secret, at)}};
  const auto found = verify_note(note, std::vector{witness.key}).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cosigned, parse_instant("2026-11-22T10:00:00Z").value());
  SignedNote later = note;
  later.signatures[0].signature[7] = static_cast<char>(later.signatures[0].signature[7] + 1);
  EXPECT_EQ(verify_note(later, std::vector{witness.key}).error().code, ErrorCode::untrusted);
  SignedNote shorter = note;
  shorter.signatures[0].signature.pop_back();
  EXPECT_EQ(verify_note(shorter, std::vector{witness.key}).error().code, ErrorCode::untrusted);
}

TEST(SignedNote, SignaturesOfOtherKeysAreIgnored) {
  const Signer log("log.example");
  const Signer namesake("log.example");
  const Signer stranger("stranger.example");
  SignedNote note = note_by(stranger);
  EXPECT_TRUE(verify_note(note, std::vector{log.key, namesake.key}).value().empty());
  note.signatures.push_back(sign_note(kText, log.key, log.secret));
  note.signatures.push_back(sign_note(kText, log.key, log.secret));
  const auto found = verify_note(note, std::vector{namesake.key, log.key}).value();
  ASSERT_EQ(found.size(), 1U) << "once, though it signed twice";
  EXPECT_EQ(found[0].key, 1U);
}

TEST(SignedNote, OneFalseSignatureOfAKnownKeySpoilsTheNote) {
  const Signer log("log.example");
  const Signer other("other.example");
  SignedNote note = note_by(log);
  note.signatures.push_back(sign_note("another text\n", other.key, other.secret));
  EXPECT_TRUE(verify_note(note, std::vector{log.key}));
  EXPECT_EQ(verify_note(note, std::vector{log.key, other.key}).error().code, ErrorCode::untrusted);
  note.text[0] = 'o';
  EXPECT_EQ(verify_note(note, std::vector{log.key}).error().code, ErrorCode::untrusted);
}

TEST(SignedNote, MalformedNotesAreRefused) {
  const Signer log("log.example");
  const std::string good = format_note(note_by(log));
  const std::string line = format_signature(note_by(log).signatures[0]);
  std::string many = std::string(kText) + "\n";
  for (std::size_t i = 0; i <= kNoteSignaturesMax; ++i) many += line;
  const std::pair<const char*, std::string> cases[] = {
      {"nothing", ""},
      {"no_signatures", std::string(kText) + "\n"},
      {"no_blank_line", "text\n" + line},
      {"no_end_of_line", good.substr(0, good.size() - 1)},
      {"hyphen_for_dash", "text\n\n- log.example AAAAAAAA\n"},
      {"no_name", "text\n\n\xE2\x80\x94 AAAAAAAA\n"},
      {"plus_in_name", "text\n\n\xE2\x80\x94 log+1 AAAAAAAA\n"},
      {"unicode_space_in_name",
       "text\n\n\xE2\x80\x94 log\xC2\xA0"
       "1 AAAAAAAA\n"},
      {"not_base64", "text\n\n\xE2\x80\x94 log.example AAAAAA?A\n"},
      {"only_an_id", "text\n\n\xE2\x80\x94 log.example AAAAAA==\n"},
      {"carriage_return", "text\r\n\n" + line},
      {"nul", std::string("te\0xt\n\n", 7) + line},
      {"not_utf8", "te\xFFxt\n\n" + line},
      {"blank_line_at_the_end", good + "\n"},
      {"too_many_signatures", many},
      {"too_large", std::string(kNoteSizeMax, 'a') + "\n\n" + line},
  };
  ASSERT_TRUE(parse_note(good));
  for (const auto& [name, note] : cases) {
    SCOPED_TRACE(name);
    const auto parsed = parse_note(note);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
  }
}

TEST(SignedNote, KeysAreReadStrictly) {
  const Signer log("log.example");
  const std::string good = log.key.vkey();
  EXPECT_EQ(NoteKey::parse(good).value().id(), log.key.id());
  const std::string_view key_text = std::string_view(good).substr(good.rfind('+') + 1);
  const auto wrong_type = base64_encode("\x02" + log.secret.verifying_key().raw());
  const std::tuple<const char*, std::string, ErrorCode> cases[] = {
      {"empty", "", ErrorCode::malformed},
      {"no_id", fmt::format("log.example+{}", key_text), ErrorCode::malformed},
      {"another_id", fmt::format("log.example+00000000+{}", key_text), ErrorCode::malformed},
      {"another_name", "x" + good, ErrorCode::malformed},
      {"upper_case_id", fmt::format("log.example+{:08X}+{}", log.key.id() | 0xA0000000U, key_text),
       ErrorCode::malformed},
      {"no_name", good.substr(good.find('+')), ErrorCode::malformed},
      {"short_key", good.substr(0, good.size() - 4), ErrorCode::malformed},
      {"another_type", fmt::format("log.example+{:08x}+{}", log.key.id(), wrong_type),
       ErrorCode::unsupported},
  };
  for (const auto& [name, text, code] : cases) {
    SCOPED_TRACE(name);
    const auto key = NoteKey::parse(text);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, code);
  }
}

TEST(SignedNote, AKeyIsAnotherForEveryTypeAndName) {
  const SigningKey secret = SigningKey::generate();
  const auto id = [&secret](const char* name, NoteSignatureType type) {
    return NoteKey::make(name, type, secret.verifying_key()).value().id();
  };
  EXPECT_NE(id("a", NoteSignatureType::ed25519), id("a", NoteSignatureType::cosignature));
  EXPECT_NE(id("a", NoteSignatureType::ed25519), id("b", NoteSignatureType::ed25519));
}

}  // namespace
}  // namespace parallax::evidence
