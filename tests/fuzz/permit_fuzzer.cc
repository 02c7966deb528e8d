// SPDX-License-Identifier: Apache-2.0
// What a signer is handed: a request or certificate, a permit, a set of keys.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "permit/jws.h"
#include "permit/permit.h"
#include "permit/requested_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parallax::permit;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const std::string_view type : {kTls, kSmime}) {
    const auto names = requested_names(input, type);
    if (names && names->empty()) std::abort();
  }
  static const auto key = parallax::SigningKey::generate();
  if (open_permit(input, std::vector{key.verifying_key()})) std::abort();  // nobody signed it
  static_cast<void>(keys_from_jwks(input));
  return 0;
}
