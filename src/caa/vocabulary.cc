// SPDX-License-Identifier: Apache-2.0
// Enumerators and their stable text forms, both ways from one table each.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/assess.h"

namespace parallax::caa {
namespace {

template <class E>
using Word = std::pair<E, std::string_view>;

constexpr std::array<Word<CertificateType>, 2> kTypes = {{
    {CertificateType::tls_server, "tls"},
    {CertificateType::smime, "smime"},
}};

constexpr std::array<Word<CaaOutcome>, 3> kOutcomes = {{
    {CaaOutcome::permitted, "permitted"},
    {CaaOutcome::prohibited, "prohibited"},
    {CaaOutcome::undetermined, "undetermined"},
}};

constexpr std::array<Word<CaaReason>, 13> kReasons = {{
    {CaaReason::no_caa_records, "no-caa-records"},
    {CaaReason::no_restricting_property, "no-restricting-property"},
    {CaaReason::issuer_authorized, "issuer-authorized"},
    {CaaReason::insecure_lookup_failure, "insecure-lookup-failure"},
    {CaaReason::issuer_not_authorized, "issuer-not-authorized"},
    {CaaReason::issuance_forbidden, "issuance-forbidden"},
    {CaaReason::parameters_not_satisfied, "parameters-not-satisfied"},
    {CaaReason::critical_property, "critical-property"},
    {CaaReason::malformed_record, "malformed-record"},
    {CaaReason::internal_name, "internal-name"},
    {CaaReason::lookup_failed, "lookup-failed"},
    {CaaReason::lookup_timed_out, "lookup-timed-out"},
    {CaaReason::bogus, "bogus"},
}};

template <class E, std::size_t N>
std::string_view word_of(const std::array<Word<E>, N>& words, E value) {
  for (const auto& [key, word] : words)
    if (key == value) return word;
  return "unknown";
}

template <class E, std::size_t N>
Result<E> value_of(const std::array<Word<E>, N>& words, std::string_view text,
                   std::string_view what) {
  for (const auto& [key, word] : words)
    if (word == text) return key;
  return fail(ErrorCode::malformed, fmt::format("\"{}\" is not {}", printable(text, 40), what));
}

}  // namespace

std::string_view to_string(CertificateType type) { return word_of(kTypes, type); }
std::string_view to_string(CaaOutcome outcome) { return word_of(kOutcomes, outcome); }
std::string_view to_string(CaaReason reason) { return word_of(kReasons, reason); }

Result<CertificateType> parse_certificate_type(std::string_view text) {
  return value_of(kTypes, text, "a certificate type (tls, smime)");
}

Result<CaaReason> parse_caa_reason(std::string_view text) {
  return value_of(kReasons, text, "a reason of a CAA determination");
}

}  // namespace parallax::caa
