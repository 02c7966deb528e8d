// SPDX-License-Identifier: Apache-2.0
// The evidence log for monitors, witnesses and auditors: GET /log/checkpoint and GET /log/tile/...
// (C2SP tlog-tiles). Its leaves hold commitments and times, no names and no mailboxes.
#pragma once

#include "evidence/log_view.h"
#include "service/authenticator.h"
#include "service/status_route.h"

namespace parallax::service {

// 404 for a tile that the log does not reach yet, and for the checkpoint of an empty log; errors as
// {"detail": ...}. View and authenticator outlive the router.
void install_log_routes(Router& router, evidence::LogView& log, const Authenticator& authenticator,
                        StatusAccess access);

}  // namespace parallax::service
