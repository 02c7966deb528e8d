// SPDX-License-Identifier: Apache-2.0
// How the coordinator reaches a Network Perspective, whatever lies between them.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "observe/perspective.h"
#include "observe/statement.h"

namespace parallax::corroborate {

// Why a remote does not corroborate. Kept apart everywhere: records, answers, metrics.
enum class NonCorroboration {
  denied,          // it saw records that prohibit
  lookup_failed,   // it could not look
  bogus,           // DNSSEC validation failed where it stands
  timed_out,       // no answer within the deadline
  unreachable,     // no connection, or too many requests under way to it
  wrong_identity,  // somebody else answered in its place
  bad_signature,   // the reply is not its own, or does not match what was asked
};
[[nodiscard]] std::string_view to_string(NonCorroboration kind);  // "denied", "lookup-failed", ...

// A reply that brought no usable observation.
struct NoObservation {
  NonCorroboration kind = NonCorroboration::unreachable;
  std::string message;  // one sentence
};

using PerspectiveReply = tl::expected<observe::SignedObservation, NoObservation>;

// One perspective as seen from one worker; awaited on its executor.
class PerspectiveClient {
 public:
  virtual ~PerspectiveClient() = default;
  // Never later than the deadline by more than scheduling. Every observation returned is signed by
  // the perspective asked and bound to the request.
  [[nodiscard]] virtual Task<PerspectiveReply> observe(observe::ObservationRequest request,
                                                       Deadline deadline) = 0;
};

// Holds a statement against the request, the perspective's code and its key: what a client of a
// remote perspective must do with every reply before handing it on.
[[nodiscard]] PerspectiveReply accept_statement(observe::SignedStatement statement,
                                                const observe::ObservationRequest& request,
                                                std::string_view perspective,
                                                observe::StatementVerifier& verifier);

// A perspective in this very process: the primary, or the remotes of an all-in-one.
class LocalPerspective final : public PerspectiveClient {
 public:
  explicit LocalPerspective(observe::Perspective& perspective) : perspective_(perspective) {}
  [[nodiscard]] Task<PerspectiveReply> observe(observe::ObservationRequest request,
                                               Deadline deadline) override;

 private:
  observe::Perspective& perspective_;
};

}  // namespace parallax::corroborate
