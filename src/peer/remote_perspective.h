// SPDX-License-Identifier: Apache-2.0
// The coordinator's end of the protocol: a remote Network Perspective over mTLS.
#pragma once

#include <memory>
#include <string>

#include "base/crypto.h"
#include "corroborate/client.h"
#include "net/http_client.h"

namespace parallax::peer {

// Time the perspective gets less than the coordinator waits, so that the cause of a failure (a
// lookup that timed out, say) still arrives.
inline constexpr std::chrono::milliseconds kReturnMargin{250};

class RemotePerspective final : public corroborate::PerspectiveClient {
 public:
  // `http` is connected to the perspective and verifies its certificate against its name.
  RemotePerspective(std::string code, VerifyingKey key, std::unique_ptr<net::HttpClient> http);

  [[nodiscard]] Task<corroborate::PerspectiveReply> observe(observe::ObservationRequest request,
                                                            Deadline deadline) override;

 private:
  std::string code_;
  observe::StatementVerifier verifier_;
  std::unique_ptr<net::HttpClient> http_;
};

}  // namespace parallax::peer
