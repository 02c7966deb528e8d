// SPDX-License-Identifier: Apache-2.0
#include "evidence/record.h"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/merkle.h"
#include "evidence/tile.h"

namespace parallax::evidence {
namespace {

Status check_text(const PreparedRecord& record) {
  const std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {
      {"client", record.client},
      {"order_id", record.order_id},
      {"outcome", record.outcome},
      {"request_digest", record.request_digest}};
  for (const auto& [name, text] : fields)
    if (!is_utf8(text))
      return fail(ErrorCode::internal, fmt::format("the record's {} is not UTF-8", name));
  for (const std::string& name : record.names)
    if (!is_utf8(name)) return fail(ErrorCode::internal, "a name in the record is not UTF-8");
  return {};
}

Status check(const PreparedRecord& record) {
  if (record.names.size() > kRecordNamesMax)
    return fail(ErrorCode::internal,
                fmt::format("a record holds at most {} names", kRecordNamesMax));
  if (record.leaf.size() > kLeafSizeMax)
    return fail(ErrorCode::internal, fmt::format("a leaf holds at most {} octets", kLeafSizeMax));
  if (record.size() > kRecordSizeMax)
    return fail(ErrorCode::internal,
                fmt::format("a record holds at most {} octets", kRecordSizeMax));
  if (!parse_instant(record.recorded))
    return fail(ErrorCode::internal, "a record's time lies between 1970 and 2260");
  return check_text(record);
}

}  // namespace

std::string_view to_string(RecordKind kind) {
  switch (kind) {
    case RecordKind::decision: return "decision";
    case RecordKind::late_observation: return "late-observation";
  }
  return "decision";
}

Result<RecordKind> parse_record_kind(std::string_view text) {
  for (const RecordKind kind : {RecordKind::decision, RecordKind::late_observation})
    if (text == to_string(kind)) return kind;
  return fail(ErrorCode::malformed, "a record is a decision or a late-observation");
}

std::string leaf_hash(std::string_view leaf) { return hex_encode(merkle::leaf_hash(leaf)); }

std::size_t PreparedRecord::size() const {
  std::size_t total = client.size() + order_id.size() + recorded.size() + outcome.size() +
                      request_digest.size() + leaf.size() + leaf_hash.size();
  for (const std::string& name : names) total += name.size();
  for (const Part& part : parts) total += part.pointer.size() + part.salt.size() + part.text.size();
  return total;
}

Result<std::string> answer_of(const PreparedRecord& record, std::uint64_t index) {
  if (!record.answer) return std::string();
  std::string answer = record.answer({index, record.leaf_hash});
  if (!is_utf8(answer)) return fail(ErrorCode::internal, "the record's answer is not UTF-8");
  if (answer.size() > kRecordSizeMax)
    return fail(ErrorCode::internal,
                fmt::format("an answer holds at most {} octets", kRecordSizeMax));
  return answer;
}

Result<PreparedRecord> prepare(Record record, Random& random) {
  auto body = commit_parts(std::move(record.body), record.parts, random);
  auto leaf = body ? canonical_json(body->leaf) : Result<std::string>();
  if (!body || !leaf) {
    Error error = body ? std::move(leaf.error()) : std::move(body.error());
    error.code = ErrorCode::internal;
    return fail(std::move(error).with("field", "body"));
  }
  PreparedRecord prepared;
  prepared.kind = record.kind;
  prepared.client = std::move(record.client);
  prepared.order_id = std::move(record.order_id);
  prepared.recorded = format_instant(record.recorded);
  prepared.outcome = std::move(record.outcome);
  prepared.names = std::move(record.names);
  prepared.request_digest = std::move(record.request_digest);
  prepared.answer = std::move(record.answer);
  prepared.leaf = std::move(*leaf);
  prepared.leaf_hash = leaf_hash(prepared.leaf);
  prepared.parts = std::move(body->parts);
  if (auto checked = check(prepared); !checked) return fail(checked.error());
  return prepared;
}

}  // namespace parallax::evidence
