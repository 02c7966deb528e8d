// SPDX-License-Identifier: Apache-2.0
#include "corroborate/client.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::corroborate {

std::string_view to_string(NonCorroboration kind) {
  switch (kind) {
    case NonCorroboration::denied: return "denied";
    case NonCorroboration::lookup_failed: return "lookup-failed";
    case NonCorroboration::bogus: return "bogus";
    case NonCorroboration::timed_out: return "timed-out";
    case NonCorroboration::unreachable: return "unreachable";
    case NonCorroboration::wrong_identity: return "wrong-identity";
    case NonCorroboration::bad_signature: return "bad-signature";
  }
  return "unreachable";
}

PerspectiveReply accept_statement(observe::SignedStatement statement,
                                  const observe::ObservationRequest& request,
                                  std::string_view perspective,
                                  observe::StatementVerifier& verifier) {
  const auto no = [](NonCorroboration kind, std::string message) {
    return tl::unexpected<NoObservation>(NoObservation{kind, std::move(message)});
  };
  if (!verifier.holds(statement))
    return no(NonCorroboration::bad_signature,
              fmt::format("the statement is not signed by the key of {}", perspective));
  auto observation = observe::read_statement(statement.statement);
  if (!observation)
    return no(
        NonCorroboration::bad_signature,
        fmt::format("the signed statement cannot be read: {}", describe(observation.error())));
  switch (observe::check_binding(*observation, request, perspective)) {
    case observe::Binding::holds: break;
    case observe::Binding::wrong_identity:
      return no(NonCorroboration::wrong_identity,
                fmt::format("\"{}\" answered in the place of {}",
                            printable(observation->perspective, 64), perspective));
    case observe::Binding::wrong_request:
      return no(NonCorroboration::bad_signature, "the statement answers another request");
  }
  return observe::SignedObservation{std::move(*observation), std::move(statement)};
}

Task<PerspectiveReply> LocalPerspective::observe(observe::ObservationRequest request,
                                                 Deadline deadline) {
  auto seen = co_await perspective_.observe(std::move(request), deadline);
  if (!seen)
    co_return tl::unexpected<NoObservation>(
        NoObservation{NonCorroboration::lookup_failed, describe(seen.error())});
  co_return std::move(*seen);
}

}  // namespace parallax::corroborate
