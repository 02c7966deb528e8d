// SPDX-License-Identifier: Apache-2.0
// Round trips over whatever an observation, a signed statement or a request may hold.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/encoding.h"
#include "base/json.h"
#include "observe/samples.h"
#include "observe/statement.h"

namespace parallax::observe {
namespace {

std::string any_text() {
  std::string text;
  for (const char c : *rc::gen::arbitrary<std::string>())
    if (static_cast<unsigned char>(c) < 0x80) text += c;
  return text;
}

std::string any_octets() { return *rc::gen::arbitrary<std::string>(); }

Instant any_instant() {
  const auto nanoseconds = *rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000'000);
  return Instant(std::chrono::nanoseconds(nanoseconds));
}

Observation any_observation() {
  Observation out = test::sample_observation();
  out.order_id = any_text();
  out.attempt = *rc::gen::inRange(1u, 1001u);
  out.nonce = any_text();
  out.check_digest = any_text();
  out.perspective = any_text();
  out.software = any_text();
  out.lab = *rc::gen::arbitrary<bool>();
  out.started = any_instant();
  out.finished = any_instant();
  std::get<caa::CaaObservation>(out.seen).validating = *rc::gen::arbitrary<bool>();
  for (auto& lookup : std::get<caa::CaaObservation>(out.seen).lookups) {
    lookup.packet = any_octets();
    lookup.ttl_s = *rc::gen::arbitrary<std::uint32_t>();
  }
  return out;
}

RC_GTEST_PROP(Statement, ReadsBackWhatWasWritten, ()) {
  const Observation before = any_observation();
  const auto text = write_statement(before, true);
  RC_ASSERT(text.has_value());
  const auto after = read_statement(*text);
  RC_ASSERT(after.has_value());
  RC_ASSERT(after->order_id == before.order_id);
  RC_ASSERT(after->attempt == before.attempt);
  RC_ASSERT(after->nonce == before.nonce);
  RC_ASSERT(after->check_digest == before.check_digest);
  RC_ASSERT(after->perspective == before.perspective);
  RC_ASSERT(after->software == before.software);
  RC_ASSERT(after->lab == before.lab);
  RC_ASSERT(after->started == before.started);
  RC_ASSERT(after->finished == before.finished);
  RC_ASSERT(validated(after->seen) == validated(before.seen));
  RC_ASSERT(write_statement(*after, true).value() == *text);
}

RC_GTEST_PROP(SignedStatement, JsonReadsBack, ()) {
  SignedStatement before;
  before.statement = any_text();
  before.batch_size = *rc::gen::inRange<std::uint64_t>(1, kBatchSizeMax + 1);
  before.batch_index = *rc::gen::inRange<std::uint64_t>(0, before.batch_size);
  const auto nodes = *rc::gen::inRange(0, 7);
  for (int i = 0; i < nodes; ++i) before.batch_path.push_back(any_octets());
  before.signature = any_octets();
  const auto after = signed_statement_from_json(to_json(before), "");
  RC_ASSERT(after.has_value());
  RC_ASSERT(*after == before);
}

RC_GTEST_PROP(Request, JsonReadsBack, ()) {
  ObservationRequest before = test::sample_request();
  before.order_id = any_text().substr(0, 256);
  before.attempt = *rc::gen::inRange(1u, 1001u);
  std::get<CaaCheck>(before.check).prove_insecure = *rc::gen::arbitrary<bool>();
  const auto after = request_from_json(to_json(before), "");
  RC_ASSERT(after.has_value());
  RC_ASSERT(after->order_id == before.order_id);
  RC_ASSERT(after->attempt == before.attempt);
  RC_ASSERT(after->nonce == before.nonce);
  RC_ASSERT(after->check == before.check);
}

}  // namespace
}  // namespace parallax::observe
