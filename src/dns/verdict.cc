// SPDX-License-Identifier: Apache-2.0
#include "dns/verdict.h"

#include <fmt/format.h>

namespace parallax::dns {

Outcome judge(Reply reply, const std::string& name, RecordType type, bool validating) {
  Outcome outcome;
  outcome.packet = std::move(reply.packet);
  if (reply.security == ReplySecurity::bogus) {
    outcome.status = LookupStatus::bogus;
    outcome.verdict = Verdict::bogus;
    outcome.answer.rcode = header_rcode(outcome.packet);
    outcome.reason = reply.why_bogus.empty() ? "validation failed" : std::move(reply.why_bogus);
    return outcome;
  }
  if (reply.error != 0) {
    outcome.answer.rcode = static_cast<Rcode>(reply.error);
    outcome.reason = fmt::format("resolution failed: {}", to_string(outcome.answer.rcode));
    return outcome;
  }
  Result<Answer> answer = decode_answer(outcome.packet, name, type);
  if (!answer) {
    outcome.reason = fmt::format("unusable response: {}", answer.error().message);
    return outcome;
  }
  const Rcode rcode = answer->rcode;
  if (rcode != Rcode::noerror && rcode != Rcode::nxdomain) {
    outcome.answer.rcode = rcode;
    outcome.reason = fmt::format("the response says {}", to_string(rcode));
    return outcome;
  }
  outcome.answer = std::move(*answer);
  outcome.status = LookupStatus::answered;
  if (validating) {
    outcome.verdict = reply.security == ReplySecurity::secure ? Verdict::secure : Verdict::insecure;
  }
  return outcome;
}

}  // namespace parallax::dns
