// SPDX-License-Identifier: Apache-2.0
// GET /.well-known/jwks.json: the public keys of permits (RFC 7517), for whoever signs by them.
#pragma once

#include <vector>

#include "base/crypto.h"
#include "service/router.h"

namespace parallax::service {

// The key in use first, then those whose permits may not have expired yet. An empty set where no
// permits are made.
void install_jwks_route(Router& router, const std::vector<VerifyingKey>& keys);

}  // namespace parallax::service
