// SPDX-License-Identifier: Apache-2.0
#include "audit/log_audit.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/encoding.h"
#include "evidence/writer.h"

namespace parallax::audit {

LogAudit::LogAudit(std::vector<evidence::NoteKey> log_keys,
                   std::vector<evidence::NoteKey> witnesses)
    : log_keys_(std::move(log_keys)), witnesses_(std::move(witnesses)) {
  for (const evidence::NoteKey& key : witnesses_) witnessed_.push_back({key.name(), 0, {}});
}

Result<std::vector<std::string>> LogAudit::append(std::string leaf_hash, Instant recorded) {
  if (latest_ && recorded < *latest_ - evidence::kClockSlack)
    return broken(fmt::format("it is of {}, and stands behind a record of {}",
                              format_instant(recorded), format_instant(*latest_)));
  latest_ = std::max(latest_.value_or(recorded), recorded);
  return frontier_.append(std::move(leaf_hash));
}

Status LogAudit::check(std::string_view note) {
  const auto opened = evidence::open_checkpoint(note, log_keys_, witnesses_);
  if (!opened) return fail(opened.error());
  const evidence::Checkpoint& checkpoint = opened->checkpoint;
  if (!origin_.empty() && checkpoint.origin != origin_)
    return broken(fmt::format("it is of the log {}, the others are of {}",
                              printable(checkpoint.origin), printable(origin_)));
  if (checkpoint.size != frontier_.size())
    return broken(fmt::format("it says that it is over {} records, and stands over {}",
                              checkpoint.size, frontier_.size()));
  if (checkpoint.root != frontier_.root())
    return broken(fmt::format(
        "its root is not that of the first {} records: one of them from {} on was changed, left "
        "out or moved since it was signed",
        frontier_.size(), covered_));
  origin_ = checkpoint.origin;
  covered_ = checkpoint.size;
  for (const evidence::VerifiedSignature& signature : opened->witnesses) {
    Witnessed& witness = witnessed_.at(signature.key);
    if (signature.cosigned && (!witness.at || witness.size <= checkpoint.size))
      witness = {witness.name, checkpoint.size, signature.cosigned};
  }
  return {};
}

}  // namespace parallax::audit
