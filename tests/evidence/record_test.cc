// SPDX-License-Identifier: Apache-2.0
#include "evidence/record.h"

#include <functional>

#include <gtest/gtest.h>

#include "evidence/fixture.h"
#include "evidence/tile.h"

namespace parallax::evidence {
namespace {

TEST(RecordKind, ReadsWhatItWrites) {
  for (const RecordKind kind : {RecordKind::decision, RecordKind::late_observation}) {
    const auto parsed = parse_record_kind(to_string(kind));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, kind);
  }
  EXPECT_FALSE(parse_record_kind("decisions"));
}

TEST(LeafHash, FollowsRfc9162) {
  // The hash of the empty leaf, SHA-256 of one zero octet.
  EXPECT_EQ(leaf_hash(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  EXPECT_NE(leaf_hash("{}"), leaf_hash("{ }"));
}

TEST(Prepare, WritesTheBodyCanonically) {
  Record record = sample_decision("ca", "1");
  record.body = {{"b", 1}, {"a", {{"z", nullptr}, {"y", true}}}};
  record.parts.clear();
  const auto prepared = prepare(record, system_random());
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->leaf, R"({"a":{"y":true,"z":null},"b":1})");
  EXPECT_EQ(prepared->leaf_hash, leaf_hash(prepared->leaf));
  EXPECT_EQ(prepared->recorded, "2026-11-22T17:00:00.000000001Z");
}

TEST(Prepare, RefusesWhatCannotBeKept) {
  struct Case {
    std::string name;
    std::function<void(Record&)> spoil;
  };
  const std::string broken = "\xff";
  const Case cases[] = {
      {"fraction in the body", [](Record& r) { r.body.as_object()["a"] = 0.5; }},
      {"body not UTF-8", [&](Record& r) { r.body.as_object()["a"] = broken; }},
      {"integer beyond 2^53", [](Record& r) { r.body.as_object()["a"] = INT64_MAX; }},
      {"client not UTF-8", [&](Record& r) { r.client = broken; }},
      {"order id not UTF-8", [&](Record& r) { r.order_id = broken; }},
      {"outcome not UTF-8", [&](Record& r) { r.outcome = broken; }},
      {"name not UTF-8", [&](Record& r) { r.names.push_back(broken); }},
      {"too many names", [](Record& r) { r.names.assign(kRecordNamesMax + 1, "a.example"); }},
      {"too large", [](Record& r) { r.order_id.assign(kRecordSizeMax, ' '); }},
      {"before 1970", [](Record& r) { r.recorded = Instant{} - std::chrono::seconds(1); }},
      {"fraction in a part", [](Record& r) { r.body.as_object()["client"] = 0.5; }},
      {"part that is not there", [](Record& r) { r.parts.emplace_back("/none"); }},
      {"leaf too large for a bundle",
       [](Record& r) { r.body.as_object()["a"] = std::string(kLeafSizeMax, 'a'); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Record record = sample_decision("ca", "1");
    c.spoil(record);
    const auto prepared = prepare(record, system_random());
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().code, ErrorCode::internal) << describe(prepared.error());
  }
}

TEST(AnswerOf, ChecksWhatTheCallerWrites) {
  PreparedRecord record;
  EXPECT_EQ(answer_of(record, 7), "") << "a record without an answer";
  record.leaf_hash = "ab";
  record.answer = [](const LeafPlace& place) {
    return place.leaf_hash == "ab" ? sample_answer(place.index) : std::string();
  };
  EXPECT_EQ(answer_of(record, 7), sample_answer(7));
  record.answer = [](const LeafPlace&) { return std::string("\xff"); };
  EXPECT_FALSE(answer_of(record, 7));
  record.answer = [](const LeafPlace&) { return std::string(kRecordSizeMax + 1, ' '); };
  EXPECT_FALSE(answer_of(record, 7));
}

}  // namespace
}  // namespace parallax::evidence
