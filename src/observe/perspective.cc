// SPDX-License-Identifier: Apache-2.0
#include "observe/perspective.h"

#include <optional>

#include "dcv/seen_bounds.h"

namespace parallax::observe {
namespace {

template <class Variant>
bool is_at_target(const Variant& challenge) {
  return std::holds_alternative<dcv::HttpValue>(challenge) ||
         std::holds_alternative<dcv::TlsAlpnValue>(challenge);
}

// Whether the check waits for a server of the applicant's, which may take as long as it likes: a
// statement that is ready must not wait for it (a thousand slow servers would delay every other).
// What waits for name servers alone seldom takes longer than its neighbours.
bool waits_for_target(const Check& check) {
  const auto* control = std::get_if<dcv::ControlCheck>(&check);
  if (control == nullptr) return false;
  const auto* reverse = std::get_if<dcv::ReverseValue>(&control->challenge);
  if (reverse != nullptr) return reverse->control && is_at_target(reverse->control->challenge);
  return is_at_target(control->challenge);
}

}  // namespace

Perspective::Perspective(boost::asio::any_io_executor executor, PerspectiveSettings settings,
                         SigningKey key, Senses senses, const Clock& clock)
    : settings_(std::move(settings)),
      senses_(senses),
      clock_(clock),
      signer_(std::move(executor), std::move(key), settings_.signing_window) {}

Task<Seen> Perspective::look(Check check, Deadline deadline) {
  const Deadline limit = deadline.within(settings_.check_timeout);
  if (auto* control = std::get_if<dcv::ControlCheck>(&check)) {
    const dcv::Instruments instruments{senses_.resolver, senses_.client, senses_.random,
                                       settings_.validating};
    auto seen = co_await dcv::observe_control(*control, instruments, limit);
    co_return dcv::bounded(std::move(seen), *control, clock_.now());
  }
  auto& caa = std::get<CaaCheck>(check);
  const caa::SearchSettings search{settings_.lookup_timeout, settings_.validating,
                                   caa.prove_insecure};
  co_return co_await caa::observe_caa(*senses_.resolver, std::move(caa.domain), search, limit);
}

Task<Result<SignedObservation>> Perspective::observe(ObservationRequest request,
                                                     Deadline deadline) {
  std::optional<BatchSigner::Announcement> announcement;
  if (!waits_for_target(request.check)) announcement.emplace(signer_);
  const Instant started = clock_.now();
  std::string check_digest = digest(request.check);
  Seen seen = co_await look(std::move(request.check), deadline);
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
  if (announcement) announcement->release();
  SignedStatement proof = co_await signer_.sign(std::move(*statement));
  co_return SignedObservation{std::move(observation), std::move(proof)};
}

}  // namespace parallax::observe
