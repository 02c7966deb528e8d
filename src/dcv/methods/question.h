// SPDX-License-Identifier: Apache-2.0
// What all DNS methods share: one question asked and recorded, and the judgement of its answer as
// far as it does not depend on the method. Private to the methods.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/deadline.h"
#include "dcv/assess.h"
#include "dcv/method.h"
#include "dcv/observation.h"

namespace parallax::dcv {

inline constexpr std::size_t kQuotedSizeMax = 120;  // octets of a foreign value in a sentence
inline constexpr std::size_t kValuesQuotedMax = 3;

// Asks `question` once and adds the answer to `seen` under `purpose`. Never fails as a call.
// `seen` and the resolver outlive the await.
[[nodiscard]] Task<void> ask(Instruments instruments, dns::Question question, std::string purpose,
                             Deadline deadline, ControlObservation* seen);

// What is said to people about one question.
struct Wanted {
  std::string what;    // what was looked for: `the TXT record "abc"`
  std::string remedy;  // what to do, as the end of a sentence: `add  www.example. TXT "abc"  `
};

// The answer to one question: records to judge, or the end of the matter.
struct Answer {
  const SeenLookup* lookup = nullptr;                 // borrowed; set if it holds records
  std::optional<ControlDetermination> determination;  // set if not
};

// The answer to `question` among the lookups recorded under `purpose`. There must be exactly one,
// and it must be to this question: anything else, or facts that cannot all be true, proves nothing.
[[nodiscard]] Answer answer_to(const ControlObservation& seen, const dns::Question& question,
                               std::string_view purpose, const Wanted& wanted);

[[nodiscard]] ControlDetermination shown(std::string challenge_information, std::string explanation,
                                         dns::Verdict verdict);
[[nodiscard]] ControlDetermination not_shown(ControlReason reason, std::string explanation,
                                             dns::Verdict verdict);
[[nodiscard]] ControlDetermination undetermined(ControlReason reason, std::string explanation,
                                                dns::Verdict verdict);

// No name can carry the record: `why` says why. Not shown, challenge missing.
[[nodiscard]] ControlDetermination no_such_name(const Wanted& wanted, const Error& why);

// `octets` in double quotes, printable and cut.
[[nodiscard]] std::string quoted(std::string_view octets);
// The first few of `values`, quoted, and how many more there are. "nothing readable" for none.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& values);
// A record in zone file form, set off by two spaces so that it can be copied.
[[nodiscard]] std::string record_text(std::string_view owner, dns::RecordType type,
                                      std::string_view data);
// " (through the alias to x)", or nothing.
[[nodiscard]] std::string through_alias(const SeenLookup& lookup);

// An error about one field of a check, with the rule behind it (dcv/check.h, validate).
[[nodiscard]] tl::unexpected<Error> refuse(ErrorCode code, std::string message, std::string field,
                                           std::string_view rule);

}  // namespace parallax::dcv
