// SPDX-License-Identifier: Apache-2.0
// Routes that tell how the service is put together and how it fares. They name every perspective,
// which makes the selection of remotes (TLS BR 3.2.2.9) easier to guess, and count what clients
// ask.
#pragma once

#include "service/authenticator.h"
#include "service/router.h"

namespace parallax::service {

enum class StatusAccess {
  clients,  // whoever authenticates as an API client
  anybody,  // whoever reaches the listener
};

// `handler` for those who have access; others get 401, or 503 while the client file is unusable, as
// {"detail": ...}. The authenticator outlives the handler returned.
[[nodiscard]] RouteHandler status_route(const Authenticator& authenticator, StatusAccess access,
                                        RouteHandler handler);

}  // namespace parallax::service
