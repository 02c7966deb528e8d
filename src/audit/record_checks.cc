// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "audit/read.h"

namespace parallax::audit {
namespace {

using corroborate::NonCorroboration;

Result<NonCorroboration> parse_failure(std::string_view text) {
  for (int kind = 0; kind <= static_cast<int>(NonCorroboration::bad_signature); ++kind)
    if (to_string(static_cast<NonCorroboration>(kind)) == text)
      return static_cast<NonCorroboration>(kind);
  return fail(ErrorCode::malformed, "no kind of failure that a perspective can have");
}

Result<NonCorroboration> read_failure(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  const auto kind = in.parsed("kind", parse_failure);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return *kind;
}

// An observation is whole, or there was no room for it.
Status read_observation(const json::value& value, std::string pointer, RecordedReport& report) {
  if (value.is_object() && value.get_object().contains("left_out_octets")) {
    report.left_out = true;
    return {};
  }
  auto statement = observe::signed_statement_from_json(value, std::move(pointer));
  if (!statement) return fail(std::move(statement.error()));
  report.observation = std::move(*statement);
  return {};
}

}  // namespace

Result<RecordedReport> read_report(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  RecordedReport report;
  report.code = in.string("code");
  report.asked = in.boolean("asked");
  auto failure = read_optional(in, "failure", read_failure);
  if (!failure) return fail(std::move(failure.error()));
  report.failure = *failure;
  if (const json::value* observation = in.optional_value("observation"))
    if (auto read = read_observation(*observation, in.pointer_to("observation"), report); !read)
      return fail(std::move(read.error()));
  const bool answered = report.observation || report.left_out;
  if (answered && report.failure) in.reject("failure", "there is an observation beside it");
  if (!report.asked && (answered || report.failure))
    in.reject("asked", "it answered without being asked");
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return report;
}

Result<RecordedCheck> read_check(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  auto check = observe::check_from_json(in.value("check"), in.pointer_to("check"));
  std::string digest = in.string("digest");
  const bool carried_out = in.integer("attempt", 0, 1) == 1;
  auto perspectives = read_list(in, "perspectives", corroborate::kRemotesMax + 1,
                                corroborate::perspective_from_json);
  auto primary = read_optional(in, "primary", read_report);
  auto remotes = read_list(in, "remotes", corroborate::kRemotesMax, read_report);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!check) return fail(std::move(check.error()));
  if (!perspectives) return fail(std::move(perspectives.error()));
  if (!primary) return fail(std::move(primary.error()));
  if (!remotes) return fail(std::move(remotes.error()));
  const std::size_t used = carried_out ? remotes->size() + 1 : 0;
  if (primary->has_value() != carried_out || perspectives->size() != used ||
      (!carried_out && !remotes->empty()))
    return fail(Error{ErrorCode::malformed,
                      "perspectives, primary, remotes and attempt do not go together",
                      {{"pointer", in.pointer_to("perspectives")}}});
  return RecordedCheck{std::move(*check),        std::move(digest),   carried_out,
                       std::move(*perspectives), std::move(*primary), std::move(*remotes)};
}

}  // namespace parallax::audit
