// SPDX-License-Identifier: Apache-2.0
// The interface's description, docs/openapi.json, as it was when the program was built.
#pragma once

#include <string_view>

#include "service/router.h"

namespace parallax::service {

[[nodiscard]] std::string_view openapi_document();

// GET /openapi.json, for anybody.
void install_openapi(Router& router);

}  // namespace parallax::service
