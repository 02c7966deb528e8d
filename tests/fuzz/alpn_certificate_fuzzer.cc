// SPDX-License-Identifier: Apache-2.0
// DER from a stranger: reading it never crashes, and what answers a challenge has exactly one name,
// a critical identifier with the digest, and a signature of its own.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dcv/alpn_certificate.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parallax;
  using namespace parallax::dcv;
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto read = read_alpn_certificate(der);
  const Target targets[] = {names::DomainName::parse("www.example.com").value(),
                            names::IpAddress::parse("203.0.113.7").value()};
  for (const auto& target : targets) {
    // The digest it carries itself, so that this alone is never what is wrong.
    const std::string_view digest =
        read && read->identifier.size() > 2 ? std::string_view(read->identifier).substr(2) : "";
    const auto flaw = find_flaw(der, target, digest);
    require(read.has_value() || flaw == AlpnFlaw::unreadable);
    if (flaw) continue;
    require(read->sans.size() == 1 && read->has_identifier && read->identifier_critical &&
            digest.size() == 32 && read->self_issued && read->self_signed &&
            !read->repeated_extension);
    require(find_flaw(der, target, "another digest").has_value());
  }
  return 0;
}
