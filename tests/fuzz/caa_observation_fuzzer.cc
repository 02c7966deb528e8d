// SPDX-License-Identifier: Apache-2.0
// JSON of an observation from a stranger: what decodes is encoded back to what decodes the same,
// and judging it neither crashes nor permits without an unbroken climb.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "caa/assess.h"
#include "caa/observation.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parallax;
  using namespace parallax::caa;
  const auto parsed = parse_json({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const auto seen = observation_from_json(*parsed, "");
  if (!seen) return 0;
  const auto encoded = to_json(*seen, true);
  const auto again = observation_from_json(encoded, "");
  require(again && to_json(*again, true) == encoded);
  CaaQuestion question;
  question.issuers = {*names::DomainName::parse("ca.example")};
  const auto made = assess(*seen, question, {.permit_insecure_lookup_failure = true});
  require(!made.explanation.empty());
  if (made.outcome == CaaOutcome::permitted) {
    require(!seen->lookups.empty() && seen->lookups[0].name == seen->domain);
    require(made.found_at || seen->lookups.back().name == seen->domain.top_level());
  }
  return 0;
}
