// SPDX-License-Identifier: Apache-2.0
#include "observe/perspective.h"

namespace parallax::observe {

Perspective::Perspective(boost::asio::any_io_executor executor, PerspectiveSettings settings,
                         SigningKey key, dns::Resolver& resolver, const Clock& clock)
    : settings_(std::move(settings)),
      resolver_(resolver),
      clock_(clock),
      signer_(std::move(executor), std::move(key), settings_.signing_window) {}

Task<caa::CaaObservation> Perspective::look(Check check, Deadline deadline) {
  const caa::SearchSettings search{settings_.lookup_timeout, settings_.validating,
                                   check.prove_insecure};
  co_return co_await caa::observe_caa(resolver_, std::move(check.domain), search,
                                      deadline.within(settings_.check_timeout));
}

Task<Result<SignedObservation>> Perspective::observe(ObservationRequest request,
                                                     Deadline deadline) {
  BatchSigner::Announcement announcement(signer_);
  const Instant started = clock_.now();
  std::string check_digest = digest(request.check);
  caa::CaaObservation seen = co_await look(std::move(request.check), deadline);
  Observation observation{std::move(request.order_id),
                          request.attempt,
                          std::move(request.nonce),
                          std::move(check_digest),
                          settings_.code,
                          settings_.software,
                          settings_.lab,
                          started,
                          clock_.now(),
                          std::move(seen)};
  auto statement = write_statement(observation, settings_.keep_packets);
  if (!statement) co_return fail(statement.error());
  announcement.release();
  SignedStatement proof = co_await signer_.sign(std::move(*statement));
  co_return SignedObservation{std::move(observation), std::move(proof)};
}

}  // namespace parallax::observe
