// SPDX-License-Identifier: Apache-2.0
#include "evidence/signed_note.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::evidence {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash, space
constexpr std::size_t kIdSize = 4;
constexpr std::size_t kTimestampSize = 8;
// Seconds that an Instant can hold; a witness's clock beyond is refused.
constexpr std::uint64_t kSecondsMax = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::malformed, std::move(message));
}

std::string big_endian(std::uint64_t number, std::size_t octets) {
  std::string out;
  for (std::size_t i = octets; i-- > 0;) out += static_cast<char>((number >> (8 * i)) & 0xFF);
  return out;
}

std::uint64_t read_big_endian(std::string_view octets) {
  std::uint64_t number = 0;
  for (const char octet : octets) number = (number << 8) | static_cast<unsigned char>(octet);
  return number;
}

// Control characters other than the newline, which the format forbids everywhere.
bool holds_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; });
}

// What Unicode calls white space beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> kUnicodeSpaces = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool is_key_name(std::string_view name) {
  if (name.empty() || name.size() > kNoteKeyNameSizeMax || !is_utf8(name)) return false;
  if (name.find_first_of("+ \n") != std::string_view::npos || holds_controls(name)) return false;
  return std::none_of(kUnicodeSpaces.begin(), kUnicodeSpaces.end(),
                      [name](auto space) { return name.find(space) != std::string_view::npos; });
}

std::string key_octets(NoteSignatureType type, const VerifyingKey& key) {
  return std::string(1, static_cast<char>(type)) + key.raw();
}

std::optional<NoteSignatureType> signature_type(char octet) {
  for (const auto type : {NoteSignatureType::ed25519, NoteSignatureType::cosignature})
    if (octet == static_cast<char>(type)) return type;
  return std::nullopt;
}

// "NAME BASE64" of a signature line.
Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed("a signature line begins with a dash and a space");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
    return malformed("a signature line has no key name");
  const auto octets = base64_decode(line.substr(space + 1));
  if (!octets || octets->size() <= kIdSize)
    return malformed("a signature line ends in base64 of a key id and a signature");
  return NoteSignature{std::string(line.substr(0, space)),
                       static_cast<std::uint32_t>(read_big_endian(octets->substr(0, kIdSize))),
                       octets->substr(kIdSize)};
}

std::string cosigned_message(std::uint64_t seconds, std::string_view text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

// When the key signed the text, if it did.
struct Verified {
  bool holds = false;
  std::optional<Instant> cosigned{};
};

Verified verify(const NoteKey& key, std::string_view text, std::string_view signature) {
  if (key.type() == NoteSignatureType::ed25519) return {key.key().verify(text, signature), {}};
  if (signature.size() != kTimestampSize + kEd25519SignatureSize) return {};
  const std::uint64_t seconds = read_big_endian(signature.substr(0, kTimestampSize));
  if (seconds > kSecondsMax) return {};
  return {key.key().verify(cosigned_message(seconds, text), signature.substr(kTimestampSize)),
          Instant(std::chrono::seconds(seconds))};
}

}  // namespace

NoteKey::NoteKey(std::string name, NoteSignatureType type, VerifyingKey key)
    : name_(std::move(name)), type_(type), key_(std::move(key)) {
  const std::string hash = sha256(name_ + "\n" + key_octets(type_, key_));
  id_ = static_cast<std::uint32_t>(read_big_endian(hash.substr(0, kIdSize)));
}

Result<NoteKey> NoteKey::make(std::string name, NoteSignatureType type, VerifyingKey key) {
  if (!is_key_name(name))
    return malformed("a key's name is UTF-8 without spaces, control characters or plus signs");
  return NoteKey(std::move(name), type, std::move(key));
}

Result<NoteKey> NoteKey::parse(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return malformed("a key reads NAME+ID+BASE64");
  const auto octets = base64_decode(vkey.substr(second + 1));
  if (!octets || octets->empty()) return malformed("a key reads NAME+ID+BASE64");
  const auto type = signature_type(octets->front());
  if (!type) return fail(ErrorCode::unsupported, "the key is of a type that is not Ed25519");
  auto raw = VerifyingKey::from_raw(octets->substr(1));
  if (!raw) return fail(std::move(raw.error()));
  auto key = make(std::string(vkey.substr(0, first)), *type, std::move(*raw));
  if (key && vkey.substr(first + 1, second - first - 1) != fmt::format("{:08x}", key->id()))
    return malformed("the id in the key's text is not the key's");
  return key;
}

std::string NoteKey::vkey() const {
  return fmt::format("{}+{:08x}+{}", name_, id_, base64_encode(key_octets(type_, key_)));
}

Result<std::vector<NoteSignature>> parse_signatures(std::string_view lines) {
  if (lines.size() > kNoteSizeMax) return malformed("more signatures than a note can hold");
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return malformed("a signature line has no end");
    if (signatures.size() == kNoteSignaturesMax)
      return malformed(fmt::format("a note has at most {} signatures", kNoteSignaturesMax));
    auto signature = parse_signature(lines.substr(0, end));
    if (!signature) return fail(std::move(signature.error()));
    signatures.push_back(std::move(*signature));
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > kNoteSizeMax)
    return malformed(fmt::format("a note has at most {} octets", kNoteSizeMax));
  if (!is_utf8(note) || holds_controls(note))
    return malformed("a note is UTF-8 without control characters");
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return malformed("no blank line before the signatures");
  auto signatures = parse_signatures(note.substr(blank + 2));
  if (!signatures) return fail(std::move(signatures.error()));
  if (signatures->empty()) return malformed("a note has a signature");
  return SignedNote{std::string(note.substr(0, blank + 1)), std::move(*signatures)};
}

std::string format_signature(const NoteSignature& signature) {
  return fmt::format("{}{} {}\n", kDash, signature.name,
                     base64_encode(big_endian(signature.id, kIdSize) + signature.signature));
}

std::string format_note(const SignedNote& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) out += format_signature(signature);
  return out;
}

NoteSignature sign_note(std::string_view text, const NoteKey& key, const SigningKey& signing_key) {
  return {key.name(), key.id(), signing_key.sign(text)};
}

NoteSignature cosign_note(std::string_view text, const NoteKey& key, const SigningKey& signing_key,
                          Instant at) {
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  return {key.name(), key.id(),
          big_endian(seconds, kTimestampSize) + signing_key.sign(cosigned_message(seconds, text))};
}

Result<std::vector<VerifiedSignature>> verify_note(const SignedNote& note,
                                                   std::span<const NoteKey> keys) {
  std::vector<VerifiedSignature> found;
  for (const NoteSignature& signature : note.signatures) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].name() != signature.name || keys[i].id() != signature.id) continue;
      const Verified verified = verify(keys[i], note.text, signature.signature);
      if (!verified.holds)
        return fail(ErrorCode::untrusted,
                    fmt::format("the signature of {} does not hold", keys[i].name()));
      const bool second = std::any_of(found.begin(), found.end(),
                                      [i](const VerifiedSignature& f) { return f.key == i; });
      if (!second) found.push_back({i, verified.cosigned});
    }
  }
  return found;
}

}  // namespace parallax::evidence
