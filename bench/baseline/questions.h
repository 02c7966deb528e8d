// SPDX-License-Identifier: Apache-2.0
// What a context is asked for one check.
#pragma once

#include <string>
#include <vector>

#include "dns/record.h"

namespace parallax::bench {

enum class Ask {
  caa,        // at the name and at each name above it, the search of RFC 8659 s3
  txt,        // at one label below the name
  addresses,  // A and AAAA
};

struct BareQuestion {
  std::string name;
  dns::RecordType type;
};

// `label` goes in front of the name for `txt`.
[[nodiscard]] std::vector<BareQuestion> questions_of(const std::vector<Ask>& asks,
                                                     const std::string& name,
                                                     const std::string& label);

}  // namespace parallax::bench
