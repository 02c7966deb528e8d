// SPDX-License-Identifier: Apache-2.0
// A decision as Open MPIC's clients read it.
#pragma once

#include <string>

#include "orders/order.h"
#include "service/mpic_request.h"
#include "service/service_info.h"

namespace parallax::service {

// The JSON text of the answer to `request`. `decision` holds one name. `is_valid` is the decision
// (the primary's own determination and the quorum), of check_type dcv its control part alone;
// `mpic_completed` is false when nothing could be determined. The primary stands first among
// `perspectives`.
[[nodiscard]] std::string write_mpic_answer(const MpicRequest& request, const ServiceInfo& info,
                                            const orders::Decision& decision);

}  // namespace parallax::service
