// SPDX-License-Identifier: Apache-2.0
// From libunbound's reply to status and verdict: pure.
#pragma once

#include <string>

#include "dns/outcome.h"
#include "dns/unbound_context.h"

namespace parallax::dns {

// Judges one reply to (name, type). Bogus before all else, and its data stays out; no packet, or
// one whose header is neither NOERROR nor NXDOMAIN, is a failure that proves nothing. An answer
// that is neither bogus nor secure is insecure: with the root validated and no built-in zones, the
// validator has found an insecure delegation, an opt-out span or only unsupported algorithms.
// Without `validating` a good answer is indeterminate. Sets all but attempts and times.
[[nodiscard]] Outcome judge(Reply reply, const std::string& name, RecordType type, bool validating);

}  // namespace parallax::dns
