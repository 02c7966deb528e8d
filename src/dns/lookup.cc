// SPDX-License-Identifier: Apache-2.0
#include "dns/lookup.h"

#include <array>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::dns {
namespace {

template <class Enum, std::size_t N>
Result<Enum> parse_one_of(std::string_view text, const std::array<Enum, N>& values,
                          std::string_view what) {
  for (const Enum value : values) {
    if (to_string(value) == text) {
      return value;
    }
  }
  return fail(ErrorCode::malformed, fmt::format("\"{}\" is no {}", printable(text, 40), what));
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::secure: return "secure";
    case Verdict::insecure: return "insecure";
    case Verdict::bogus: return "bogus";
    case Verdict::indeterminate: return "indeterminate";
  }
  return "indeterminate";
}

Result<Verdict> parse_verdict(std::string_view text) {
  constexpr std::array kAll{Verdict::secure, Verdict::insecure, Verdict::bogus,
                            Verdict::indeterminate};
  return parse_one_of(text, kAll, "DNSSEC verdict");
}

std::string_view to_string(LookupStatus status) {
  switch (status) {
    case LookupStatus::answered: return "answered";
    case LookupStatus::bogus: return "bogus";
    case LookupStatus::failed: return "failed";
    case LookupStatus::timed_out: return "timed_out";
  }
  return "failed";
}

Result<LookupStatus> parse_lookup_status(std::string_view text) {
  constexpr std::array kAll{LookupStatus::answered, LookupStatus::bogus, LookupStatus::failed,
                            LookupStatus::timed_out};
  return parse_one_of(text, kAll, "lookup status");
}

}  // namespace parallax::dns
