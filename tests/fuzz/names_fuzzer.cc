// SPDX-License-Identifier: Apache-2.0
// Invariant: what a name parser accepts has a canonical text that parses to the same name.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/encoding.h"
#include "names/certificate_name.h"

namespace {

using namespace parallax::names;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Parser>
void round_trip(std::string_view text, Parser parse) {
  const auto once = parse(text);
  if (!once) {
    require(!once.error().message.empty() && parallax::is_utf8(once.error().message));
    return;
  }
  const auto twice = parse(once->text());
  require(twice.has_value() && *twice == *once);
  require(parallax::is_utf8(once->text()));
  const CertificateName name = *once;
  require(text_of(name) == once->text());
  const auto domain = caa_domain(name);
  require(!domain || !domain->unicode().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip(text, [](std::string_view t) { return DomainName::parse(t); });
  round_trip(text, [](std::string_view t) { return DomainName::parse(t, Underscores::allow); });
  round_trip(text, WildcardName::parse);
  round_trip(text, MailboxAddress::parse);
  round_trip(text, IpAddress::parse);
  return 0;
}
