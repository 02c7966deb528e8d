// SPDX-License-Identifier: Apache-2.0
#include "audit/verify.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "audit/broken.h"
#include "audit/rows.h"
#include "base/encoding.h"
#include "evidence/schema.h"
#include "evidence/tile.h"

namespace parallax::audit {
namespace {

// The walk over one file.
class Walk {
 public:
  Walk(const VerifySettings& settings, Rows rows, RecordContext context, Verified& verified)
      : settings_(settings),
        rows_(std::move(rows)),
        context_(std::move(context)),
        log_(settings.log_keys, settings.witnesses),
        verified_(verified) {
    context_.find_decision = [this](const std::string& client, const std::string& order_id) {
      const auto row = rows_.decision(client, order_id);
      return row && *row ? open_decision(**row) : std::optional<RecordedDecision>();
    };
  }

  Status run() {
    auto done = walk();
    verified_.origin = log_.origin();
    verified_.records = log_.size();
    verified_.root = log_.root();
    verified_.covered = log_.covered();
    verified_.witnessed = log_.witnessed();
    return done;
  }

 private:
  Status walk();
  Status begin();
  Status take(StoredRow& row);
  Status take_deep(StoredRow& row, const LeafFacts& facts);
  Status check_tiles(const std::vector<std::string>& completed);
  Status check_checkpoints();
  Status finish();

  const VerifySettings& settings_;
  Rows rows_;
  RecordContext context_;
  LogAudit log_;
  Verified& verified_;
  LogEnd end_;  // a coordinator may be writing: what comes later is not looked at
  std::optional<evidence::Checkpoint> older_;
  std::optional<StoredCheckpoint> next_;  // the next checkpoint of the file
};

Status Walk::begin() {
  auto end = rows_.end();
  if (!end) return fail(std::move(end.error()));
  end_ = std::move(*end);
  if (end_.records > 0) {
    const auto newest = parse_instant(end_.newest);
    if (!newest) return at(newest.error(), "record", std::to_string(end_.records - 1));
    context_.newest = *newest;
  }
  if (settings_.older) {
    const auto opened =
        evidence::open_checkpoint(*settings_.older, settings_.log_keys, settings_.witnesses);
    if (!opened) return at(opened.error(), "checkpoint", "the older one");
    older_ = opened->checkpoint;
    if (older_->size > end_.records)
      return at(broken(fmt::format("the log has {} records, and had {}: records are missing",
                                   end_.records, older_->size))
                    .value(),
                "checkpoint", "the older one");
  }
  auto next = rows_.checkpoint_after(0);
  if (!next) return fail(std::move(next.error()));
  next_ = std::move(*next);
  return check_checkpoints();  // the older one may be of an empty log
}

// Those over exactly the records taken so far.
Status Walk::check_checkpoints() {
  const std::uint64_t size = log_.size();
  while (next_ && next_->size == size) {
    if (auto held = log_.check(next_->note); !held)
      return at(std::move(held.error()), "checkpoint", std::to_string(size));
    ++verified_.checkpoints;
    auto next = rows_.checkpoint_after(size);
    if (!next) return fail(std::move(next.error()));
    next_ = std::move(*next);
  }
  if (!older_ || older_->size != size) return {};
  if (older_->root != log_.root())
    return at(broken(fmt::format("the first {} records are not those that the older checkpoint is "
                                 "over: the log was forked or rewritten",
                                 size))
                  .value(),
              "checkpoint", "the older one");
  verified_.older = size;
  return {};
}

// The hashes that are served to others are those of the tree.
Status Walk::check_tiles(const std::vector<std::string>& completed) {
  const std::uint64_t last = log_.size() - 1;
  for (std::size_t height = evidence::kTileHeight; height <= completed.size();
       height += evidence::kTileHeight) {
    const auto level = static_cast<unsigned>(height / evidence::kTileHeight);
    const auto stored = rows_.tile_root(level, last >> height);
    if (!stored) return fail(stored.error());
    if (!*stored || **stored != hex_encode(completed[height - 1]))
      return broken(fmt::format("the stored hash {} of tile level {} is not that of its records",
                                last >> height, level));
  }
  return {};
}

Status Walk::take_deep(StoredRow& row, const LeafFacts& facts) {
  if (auto read = rows_.read_opening(row); !read) return read;
  const auto audit = audit_record(row, facts, context_);
  if (!audit) return fail(audit.error());
  verified_.parts += audit->parts;
  verified_.parts_erased += audit->erased;
  verified_.records_erased += audit->erased > 0 ? 1 : 0;
  verified_.records_left_out += audit->judged.left_out ? 1 : 0;
  verified_.observations += audit->judged.observations;
  verified_.quorums += audit->judged.quorums;
  verified_.names += audit->judged.names;
  verified_.names_by_control_alone += audit->judged.names_by_control_alone;
  if (audit->erased > 0 || audit->judged.left_out) return {};
  (facts.kind == evidence::RecordKind::decision ? verified_.decisions : verified_.late) += 1;
  return {};
}

Status Walk::take(StoredRow& row) {
  auto facts = audit_leaf(row);
  if (!facts) return fail(std::move(facts.error()));
  const auto completed = log_.append(facts->hash, facts->recorded);
  if (!completed) return fail(completed.error());
  if (auto held = check_tiles(*completed); !held) return held;
  if (row.index < settings_.first || row.index > settings_.last) return {};
  return take_deep(row, *facts);
}

Status Walk::finish() {
  if (log_.size() != end_.records)
    return at(broken("the record is missing").value(), "record", std::to_string(log_.size()));
  if (end_.covered > end_.records)
    return at(
        broken(fmt::format("it is over {} records, the log has {}", end_.covered, end_.records))
            .value(),
        "checkpoint", std::to_string(end_.covered));
  if (log_.covered() != end_.records)
    return broken(fmt::format("the newest checkpoint is over {} of {} records", log_.covered(),
                              end_.records));
  for (const Witnessed& witness : log_.witnessed())
    if (!witness.at)
      return broken(fmt::format("the witness {} cosigned no checkpoint", witness.name));
  return {};
}

Status Walk::walk() {
  if (auto begun = begin(); !begun) return begun;
  for (;;) {
    auto row = rows_.next(end_.records);
    if (!row) return fail(std::move(row.error()));
    if (!*row) return finish();
    if ((*row)->index != log_.size())
      return at(broken("the record is missing").value(), "record", std::to_string(log_.size()));
    const std::string index = std::to_string((*row)->index);
    if (auto held = take(**row); !held) return at(std::move(held.error()), "record", index);
    if (auto held = check_checkpoints(); !held) return held;
  }
}

}  // namespace

Status verify(const VerifySettings& settings, PerspectiveKeys& keys,
              const names::PublicSuffixList& suffixes, Verified& verified) {
  std::error_code problem;
  if (!std::filesystem::exists(settings.database, problem))
    return fail(
        Error{ErrorCode::not_found, "there is no evidence file", {{"file", settings.database}}});
  auto database = evidence::Database::open(settings.database, evidence::Access::read_only);
  if (!database) return fail(std::move(database.error()));
  if (auto fits = evidence::check_schema(*database); !fits)
    return at(std::move(fits.error()), "file", settings.database);
  auto rows = Rows::over(*database);
  if (!rows) return fail(std::move(rows.error()));
  return Walk(settings, std::move(*rows), {&keys, &suffixes, {}, {}}, verified).run();
}

}  // namespace parallax::audit
