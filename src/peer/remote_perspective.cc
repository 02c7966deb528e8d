// SPDX-License-Identifier: Apache-2.0
#include "peer/remote_perspective.h"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "peer/observe_service.h"

namespace parallax::peer {
namespace {

using corroborate::NonCorroboration;
using corroborate::NoObservation;

tl::unexpected<NoObservation> none(NonCorroboration kind, std::string message) {
  return tl::unexpected<NoObservation>(NoObservation{kind, std::move(message)});
}

// An error of the channel as the kind of non-corroboration it makes.
NonCorroboration kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::timed_out: return NonCorroboration::timed_out;
    case ErrorCode::untrusted: return NonCorroboration::wrong_identity;
    case ErrorCode::malformed: return NonCorroboration::bad_signature;
    default: return NonCorroboration::unreachable;
  }
}

std::string body_of(const observe::ObservationRequest& request, Deadline deadline) {
  const auto left =
      std::max(deadline.less(kReturnMargin).remaining(), std::chrono::milliseconds(1));
  const auto wait = std::min<std::int64_t>(left.count(), kDeadlineMsMax);
  return json::serialize(json::object{{"request", to_json(request)}, {"deadline_ms", wait}});
}

}  // namespace

RemotePerspective::RemotePerspective(std::string code, VerifyingKey key,
                                     std::unique_ptr<net::HttpClient> http)
    : code_(std::move(code)), verifier_(std::move(key)), http_(std::move(http)) {}

Task<corroborate::PerspectiveReply> RemotePerspective::observe(observe::ObservationRequest request,
                                                               Deadline deadline) {
  net::HttpRequest call;
  call.method = "POST";
  call.path = kObservePath;
  call.headers.emplace_back("content-type", "application/json");
  call.body = body_of(request, deadline);
  const auto response = co_await http_->request(std::move(call), deadline);
  if (!response) co_return none(kind_of(response.error().code), response.error().message);
  if (response->status != 200)
    co_return none(
        NonCorroboration::unreachable,
        fmt::format("{} answered {}: {}", code_, response->status, printable(response->body, 200)));
  const auto value = parse_json(response->body);
  if (!value) co_return none(NonCorroboration::bad_signature, "the reply is not a JSON document");
  auto statement = observe::signed_statement_from_json(*value, "");
  if (!statement)
    co_return none(
        NonCorroboration::bad_signature,
        fmt::format("the reply is not a signed statement: {}", describe(statement.error())));
  co_return corroborate::accept_statement(std::move(*statement), request, code_, verifier_);
}

}  // namespace parallax::peer
