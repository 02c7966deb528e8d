// SPDX-License-Identifier: Apache-2.0
#include "audit/stored.h"

#include <fmt/format.h>

#include "audit/broken.h"
#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/merkle.h"
#include "evidence/record.h"
#include "rules/requirements.h"

namespace parallax::audit {
namespace {

using evidence::RecordKind;

constexpr std::chrono::years kRetentionMin{2};  // TLS BR 5.4.3

Result<json::value> canonical_leaf(const StoredRow& row) {
  auto leaf = parse_json(row.leaf);
  if (!leaf) return fail(std::move(leaf.error()));
  const auto text = canonical_json(*leaf);
  if (!text || *text != row.leaf) return broken("the leaf is not canonical JSON");
  return leaf;
}

Status compare_row(const StoredRow& row, const LeafFacts& facts) {
  if (row.kind != to_string(facts.kind)) return broken("it is stored as another kind than it is");
  if (row.recorded != format_instant(facts.recorded))
    return broken("it is stored with another time than its own");
  const json::value* outcome = facts.leaf.get_object().if_contains("outcome");
  const std::string_view said =
      outcome != nullptr && outcome->is_string() ? std::string_view(outcome->get_string()) : "";
  if (row.outcome != said) return broken("it is stored with another outcome than its own");
  return {};
}

bool is_commitment(const json::value& place) {
  const json::object* object = place.if_object();
  return object != nullptr && object->size() == 1 && object->contains("commitment");
}

// Parts that are not open, where records have parts.
std::size_t count_erased(const json::object& body) {
  std::size_t erased = 0;
  for (const char* whole : {"order", "late"})
    if (const json::value* part = body.if_contains(whole)) erased += is_commitment(*part) ? 1 : 0;
  for (const char* list : {"checks", "names"}) {
    const json::value* parts = body.if_contains(list);
    if (parts == nullptr || !parts->is_array()) continue;
    for (const json::value& part : parts->get_array()) erased += is_commitment(part) ? 1 : 0;
  }
  return erased;
}

bool may_be_erased(Instant recorded, Instant newest) {
  const Date day = date_of(recorded);
  const auto kept = std::max(rules::requirements_at(day).evidence_retention.value, kRetentionMin);
  const Date until = std::chrono::year_month_day(day) + kept;
  return newest >= until + (recorded - day);
}

Result<DecisionAudit> audit_opened_decision(const StoredRow& row, const json::value& body,
                                            const RecordContext& context, bool old) {
  const auto decision = read_decision(body);
  if (!decision) return fail(decision.error());
  const RecordedOrder& order = decision->order;
  if (row.client != order.client || row.order_id != order.id ||
      row.request_digest != order.request_digest)
    return at(broken("it is stored as the decision of another order").value(), "part", "/order");
  std::vector<std::string> names;
  for (const RecordedName& name : decision->names) names.push_back(names::text_of(name.name));
  if (row.names != names && !(old && row.names.empty()))
    return broken("it is stored with other names than its own");
  return audit_decision(*decision, *context.keys, *context.suffixes);
}

Result<DecisionAudit> audit_opened_late(const StoredRow& row, const json::value& body,
                                        const RecordContext& context) {
  const auto late = read_late(body);
  if (!late) return fail(late.error());
  if (row.client != late->client || row.order_id != late->order_id)
    return at(broken("it is stored as late for another order").value(), "part", "/late");
  const auto decision = context.find_decision ? context.find_decision(late->client, late->order_id)
                                              : std::optional<RecordedDecision>();
  return audit_late(*late, decision ? &*decision : nullptr, *context.keys);
}

}  // namespace

Result<LeafFacts> audit_leaf(const StoredRow& row) {
  LeafFacts facts;
  facts.hash = merkle::leaf_hash(row.leaf);
  if (row.leaf_hash != hex_encode(facts.hash))
    return broken("the leaf does not hash to its leaf hash");
  auto leaf = canonical_leaf(row);
  if (!leaf) return fail(std::move(leaf.error()));
  facts.leaf = std::move(*leaf);
  ObjectReader in(facts.leaf, "", UnknownKeys::ignore);
  const std::int64_t version = in.integer("version", 0, INT64_MAX);
  if (version != kRecordVersion)
    in.reject("version", fmt::format("version {} is not known", version), ErrorCode::unsupported);
  const auto kind = evidence::parse_record_kind(in.string("kind"));
  if (!kind) in.reject("kind", kind.error().message);
  const bool decision = kind && *kind == RecordKind::decision;
  const char* const time = decision ? "decided" : "recorded";
  const auto recorded = parse_instant(in.string(time));
  if (!recorded) in.reject(time, recorded.error().message);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  facts.kind = *kind;
  facts.recorded = *recorded;
  if (auto same = compare_row(row, facts); !same) return fail(std::move(same.error()));
  return facts;
}

Result<RecordAudit> audit_record(const StoredRow& row, const LeafFacts& leaf,
                                 const RecordContext& context) {
  const auto body = evidence::open_parts(leaf.leaf, row.parts);
  if (!body) return fail(body.error());
  RecordAudit audit;
  audit.parts = row.parts.size();
  audit.erased = count_erased(body->get_object());
  const bool old = may_be_erased(leaf.recorded, context.newest);
  if (audit.erased > 0) {
    if (old) return audit;
    return broken(fmt::format("{} of its parts were erased before their time", audit.erased));
  }
  auto judged = leaf.kind == RecordKind::decision ? audit_opened_decision(row, *body, context, old)
                                                  : audit_opened_late(row, *body, context);
  if (!judged) return fail(std::move(judged.error()));
  audit.judged = *judged;
  return audit;
}

std::optional<RecordedDecision> open_decision(const StoredRow& row) {
  auto leaf = parse_json(row.leaf);
  if (!leaf) return std::nullopt;
  const auto body = evidence::open_parts(std::move(*leaf), row.parts);
  if (!body || !body->is_object() || count_erased(body->get_object()) > 0) return std::nullopt;
  auto decision = read_decision(*body);
  if (!decision) return std::nullopt;
  return std::move(*decision);
}

}  // namespace parallax::audit
