// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/merkle_log.h"
#include "evidence/decimal.h"

namespace parallax::evidence {
namespace {

// Cuts the first line off, which must not be empty; empty if there is none.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size,
                     base64_encode(checkpoint.root));
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  if (checkpoint.origin.empty()) return fail(ErrorCode::malformed, "a checkpoint has an origin");
  const auto size = parse_decimal(take_line(text), kTreeSizeMax);
  if (!size) return fail(ErrorCode::malformed, "a checkpoint's second line is the tree's size");
  checkpoint.size = *size;
  auto root = base64_decode(take_line(text));
  if (!root || root->size() != merkle::kHashSize)
    return fail(ErrorCode::malformed, "a checkpoint's third line is the root in base64");
  checkpoint.root = std::move(*root);
  while (!text.empty())
    if (take_line(text).empty())
      return fail(ErrorCode::malformed, "a checkpoint's extension lines are not empty");
  return checkpoint;
}

Result<OpenedCheckpoint> open_checkpoint(std::string_view note, std::span<const NoteKey> log_keys,
                                         std::span<const NoteKey> witnesses) {
  const auto parsed = parse_note(note);
  if (!parsed) return fail(parsed.error());
  const auto signed_by = verify_note(*parsed, log_keys);
  if (!signed_by) return fail(signed_by.error());
  if (signed_by->empty())
    return fail(ErrorCode::untrusted, "the checkpoint carries no signature of the log");
  auto checkpoint = parse_checkpoint(parsed->text);
  if (!checkpoint) return fail(std::move(checkpoint.error()));
  for (const VerifiedSignature& signature : *signed_by)
    if (log_keys[signature.key].name() != checkpoint->origin)
      return fail(ErrorCode::untrusted,
                  fmt::format("the checkpoint of {} was signed by {}",
                              printable(checkpoint->origin), log_keys[signature.key].name()));
  auto witnessed = verify_note(*parsed, witnesses);
  if (!witnessed) return fail(std::move(witnessed.error()));
  return OpenedCheckpoint{std::move(*checkpoint), std::move(*witnessed)};
}

}  // namespace parallax::evidence
