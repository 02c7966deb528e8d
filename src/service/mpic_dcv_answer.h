// SPDX-License-Identifier: Apache-2.0
// The `check_response` object of a control check, as Open MPIC's clients read it.
#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "base/time.h"
#include "dcv/assess.h"
#include "dcv/observation.h"
#include "service/mpic_dcv_request.h"

namespace parallax::service {

// What one perspective saw and what it comes to. Shown and not shown are completed checks. Besides
// what Open MPIC's details hold of a success, they hold what was seen of a failure. `ad_flag` is
// the validated verdict.
[[nodiscard]] boost::json::object dcv_check_response(const MpicDcvParameters& parameters,
                                                     const dcv::ControlObservation& seen,
                                                     const dcv::ControlDetermination& found,
                                                     Instant when);

// Nothing usable came back: incomplete, with `mpic_error:coordinator:remote_check`.
[[nodiscard]] boost::json::object failed_dcv_check_response(const MpicDcvParameters& parameters,
                                                            std::string_view message, Instant when);

}  // namespace parallax::service
