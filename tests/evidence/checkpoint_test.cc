// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace parallax::evidence {
namespace {

// The example of the specification, signatures included.
constexpr std::string_view kExample =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "\xE2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\xE2\x80\x94 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/"
    "zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBI"
    "fZ+qnA==\n";

Checkpoint sample() { return {"log.example/evidence", 7, std::string(32, 'r')}; }

struct Log {
  SigningKey secret = SigningKey::generate();
  NoteKey key =
      NoteKey::make(sample().origin, NoteSignatureType::ed25519, secret.verifying_key()).value();
  SigningKey witness_secret = SigningKey::generate();
  NoteKey witness = NoteKey::make("witness.example/w1", NoteSignatureType::cosignature,
                                  witness_secret.verifying_key())
                        .value();

  [[nodiscard]] SignedNote note(const Checkpoint& checkpoint) const {
    const std::string text = format_checkpoint(checkpoint);
    return {text, {sign_note(text, key, secret)}};
  }
  [[nodiscard]] Result<OpenedCheckpoint> open(const SignedNote& signed_note) const {
    return open_checkpoint(format_note(signed_note), std::vector{key}, std::vector{witness});
  }
};

TEST(Checkpoint, TheExampleOfTheSpecificationIsRead) {
  const auto note = parse_note(kExample);
  ASSERT_TRUE(note) << describe(note.error());
  ASSERT_EQ(note->signatures.size(), 2U);
  const auto checkpoint = parse_checkpoint(note->text).value();
  EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint.size, 20852163U);
  EXPECT_EQ(format_checkpoint(checkpoint), note->text);
  EXPECT_EQ(format_note(*note), kExample);
}

TEST(Checkpoint, OpensWithTheLogsKeyAndTellsItsWitnesses) {
  const Log log;
  SignedNote note = log.note(sample());
  auto opened = log.open(note);
  ASSERT_TRUE(opened) << describe(opened.error());
  EXPECT_EQ(opened->checkpoint, sample());
  EXPECT_TRUE(opened->witnesses.empty());
  const Instant at = parse_instant("2026-11-22T00:00:00Z").value();
  note.signatures.push_back(cosign_note(note.text, log.witness, log.witness_secret, at));
  opened = log.open(note);
  ASSERT_TRUE(opened) << describe(opened.error());
  ASSERT_EQ(opened->witnesses.size(), 1U);
  EXPECT_EQ(opened->witnesses[0].cosigned, at);
}

TEST(Checkpoint, WhatTheLogDidNotSignIsNotOpened) {
  const Log log;
  const Log other;
  EXPECT_EQ(other.open(log.note(sample())).error().code, ErrorCode::untrusted);
  Checkpoint renamed = sample();
  renamed.origin = "other.example";
  EXPECT_EQ(log.open(log.note(renamed)).error().code, ErrorCode::untrusted);
  SignedNote grown = log.note(sample());
  grown.text[grown.text.find('7')] = '8';
  EXPECT_EQ(log.open(grown).error().code, ErrorCode::untrusted);
  SignedNote witnessed = log.note(sample());
  witnessed.signatures.push_back(
      cosign_note("another\n", log.witness, log.witness_secret, Instant{}));
  EXPECT_EQ(log.open(witnessed).error().code, ErrorCode::untrusted);
}

TEST(Checkpoint, TextsAreReadStrictly) {
  const std::string root = base64_encode(std::string(32, 'r'));
  const std::tuple<const char*, std::string, bool> cases[] = {
      {"three_lines", "log\n0\n" + root + "\n", true},
      {"largest_size", "log\n9223372036854775807\n" + root + "\n", true},
      {"extension_lines", "log\n1\n" + root + "\nmore\nand more\n", true},
      {"empty", "", false},
      {"empty_origin", "\n0\n" + root + "\n", false},
      {"leading_zero", "log\n07\n" + root + "\n", false},
      {"sign", "log\n+7\n" + root + "\n", false},
      {"negative", "log\n-7\n" + root + "\n", false},
      {"space", "log\n 7\n" + root + "\n", false},
      {"hex", "log\n0x7\n" + root + "\n", false},
      {"no_size", "log\n\n" + root + "\n", false},
      {"size_too_large", "log\n9223372036854775808\n" + root + "\n", false},
      {"short_root", "log\n7\n" + base64_encode(std::string(31, 'r')) + "\n", false},
      {"root_not_base64", "log\n7\nroot\n", false},
      {"two_lines", "log\n7\n", false},
      {"root_without_end", "log\n7\n" + root, false},
      {"empty_extension", "log\n7\n" + root + "\n\n", false},
  };
  for (const auto& [name, text, good] : cases) {
    SCOPED_TRACE(name);
    const auto parsed = parse_checkpoint(text);
    ASSERT_EQ(parsed.has_value(), good);
    if (!good) EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
  }
}

}  // namespace
}  // namespace parallax::evidence
