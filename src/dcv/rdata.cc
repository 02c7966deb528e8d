// SPDX-License-Identifier: Apache-2.0
#include "dcv/rdata.h"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "caa/ascii.h"

namespace parallax::dcv {
namespace {

constexpr std::size_t kWireNameSizeMax = 255;  // RFC 1035 s2.3.4

std::size_t octet(char c) { return static_cast<unsigned char>(c); }

std::string label_text(std::string_view label) {
  std::string out;
  for (const char c : label) {
    if (caa::is_alphanumeric(c) || c == '-' || c == '_')
      out += caa::to_lower(c);
    else
      out += fmt::format("\\{:03}", octet(c));
  }
  return out;
}

}  // namespace

Result<std::string> txt_text(std::string_view rdata) {
  if (rdata.empty()) return fail(ErrorCode::malformed, "a TXT record holds no character-string");
  std::string text;
  while (!rdata.empty()) {
    const std::size_t size = octet(rdata[0]);
    if (size > rdata.size() - 1)
      return fail(ErrorCode::malformed, "a character-string of a TXT record is cut short");
    text += rdata.substr(1, size);
    rdata.remove_prefix(1 + size);
  }
  return text;
}

Result<std::string> name_text(std::string_view rdata) {
  if (rdata.size() > kWireNameSizeMax)
    return fail(ErrorCode::malformed, "a name in a record has more than 255 octets");
  std::string text;
  while (!rdata.empty()) {
    const std::size_t size = octet(rdata[0]);
    if (size == 0) {
      if (rdata.size() > 1)
        return fail(ErrorCode::malformed, "octets stand behind the name in a record");
      return text.empty() ? "." : text;
    }
    // A compression pointer has no business in RDATA that left its packet (RFC 3597 s4).
    if (size > names::kLabelSizeMax)
      return fail(ErrorCode::malformed, "a label of a name in a record is no plain label");
    if (size > rdata.size() - 1) break;
    if (!text.empty()) text += '.';
    text += label_text(rdata.substr(1, size));
    rdata.remove_prefix(1 + size);
  }
  return fail(ErrorCode::malformed, "a name in a record is cut short");
}

names::DomainName reverse_name(const names::IpAddress& address) {
  std::string text;
  if (address.is_v4()) {
    const auto octets = address.native().to_v4().to_bytes();
    for (auto it = octets.rbegin(); it != octets.rend(); ++it) text += fmt::format("{}.", *it);
    text += "in-addr.arpa";
  } else {
    const auto octets = address.native().to_v6().to_bytes();
    for (auto it = octets.rbegin(); it != octets.rend(); ++it)
      text += fmt::format("{:x}.{:x}.", *it & 0x0fU, *it >> 4U);
    text += "ip6.arpa";
  }
  return names::DomainName::parse(text).value();  // digits and fixed labels: always a name
}

}  // namespace parallax::dcv
