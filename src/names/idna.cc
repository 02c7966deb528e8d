// SPDX-License-Identifier: Apache-2.0
#include "names/idna.h"

#include <cstdint>
#include <memory>

#include <fmt/format.h>
#include <idn2.h>

#include "names/quoted.h"

namespace parallax::names::idna {
namespace {

struct Free {
  void operator()(void* memory) const { idn2_free(memory); }
};
template <class Char>
using Owned = std::unique_ptr<Char, Free>;

const std::uint8_t* octets(const std::string& text) {
  return reinterpret_cast<const std::uint8_t*>(text.c_str());
}

std::string text_of(const Owned<std::uint8_t>& octets) {
  return reinterpret_cast<const char*>(octets.get());
}

tl::unexpected<Error> not_idna(std::string_view label, int code) {
  return fail(ErrorCode::malformed, fmt::format("the label {} is not valid IDNA2008: {}",
                                                quoted(label), idn2_strerror(code)));
}

// RFC 5891 s4 with both directions: what `ulabel` or `alabel` (either may be null) registers as.
int registered(const std::uint8_t* ulabel, const std::uint8_t* alabel, std::string& out) {
  std::uint8_t* made = nullptr;
  const int code = idn2_register_u8(ulabel, alabel, &made, 0);
  const Owned<std::uint8_t> owner(made);
  if (code == IDN2_OK && owner) out = text_of(owner);
  return code;
}

}  // namespace

Result<std::string> to_ascii_label(std::string_view label) {
  const std::string text(label);
  std::uint8_t* made = nullptr;
  const int code = idn2_lookup_u8(octets(text), &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const Owned<std::uint8_t> owner(made);
  if (code != IDN2_OK || !owner) return not_idna(label, code);
  return text_of(owner);
}

Status check_alabel(std::string_view label) {
  const std::string alabel(label);
  const auto ulabel = to_unicode(alabel);
  if (!ulabel || *ulabel == alabel) return not_idna(label, IDN2_PUNYCODE_BAD_INPUT);
  std::string again;
  if (const int code = registered(octets(*ulabel), octets(alabel), again); code != IDN2_OK)
    return not_idna(label, code);
  if (const int code = registered(octets(*ulabel), nullptr, again); code != IDN2_OK)
    return not_idna(label, code);
  if (again != alabel) return not_idna(label, IDN2_ALABEL_ROUNDTRIP_FAILED);
  return {};
}

std::optional<std::string> to_unicode(const std::string& name) {
  char* made = nullptr;
  const int code = idn2_to_unicode_8z8z(name.c_str(), &made, 0);
  const Owned<char> owner(made);
  if (code != IDN2_OK || !owner) return std::nullopt;
  return std::string(owner.get());
}

}  // namespace parallax::names::idna
