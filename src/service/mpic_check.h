// SPDX-License-Identifier: Apache-2.0
// The `check_response` object of the Open MPIC interface: what one perspective found.
#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "base/time.h"
#include "caa/assess.h"

namespace parallax::service {

// Permitted and prohibited are completed checks; undetermined is an incomplete one with an entry
// `mpic_error:caa_checker:lookup`, and so is the refusal of a name without any record to show (an
// Internal Name), which is completed.
[[nodiscard]] boost::json::object check_response(const caa::CaaDetermination& determination,
                                                 Instant when);

// Nothing usable came back: incomplete, with `mpic_error:coordinator:remote_check`.
[[nodiscard]] boost::json::object failed_check_response(std::string_view message, Instant when);

}  // namespace parallax::service
