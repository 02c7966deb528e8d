// SPDX-License-Identifier: Apache-2.0
#include "names/ip_address.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "names/quoted.h"

namespace parallax::names {
namespace {

constexpr std::size_t kTextSizeMax = 45;  // eight groups with an embedded dotted quad

struct Block4 {
  std::array<std::uint8_t, 4> prefix;
  unsigned bits;
  std::string_view name;
};

struct Block6 {
  std::array<std::uint16_t, 8> prefix;
  unsigned bits;
  std::string_view name;
};

// IANA IPv4 Special-Purpose Address Registry, every entry, the narrower before the wider; and
// multicast (RFC 5771), which has a registry of its own.
constexpr Block4 kSpecial4[] = {
    {{0, 0, 0, 0}, 8, "\"This network\" (RFC 791)"},
    {{10, 0, 0, 0}, 8, "Private-Use (RFC 1918)"},
    {{100, 64, 0, 0}, 10, "Shared Address Space (RFC 6598)"},
    {{127, 0, 0, 0}, 8, "Loopback (RFC 1122)"},
    {{169, 254, 0, 0}, 16, "Link Local (RFC 3927)"},
    {{172, 16, 0, 0}, 12, "Private-Use (RFC 1918)"},
    {{192, 0, 0, 0}, 29, "IPv4 Service Continuity Prefix (RFC 7335)"},
    {{192, 0, 0, 8}, 32, "IPv4 dummy address (RFC 7600)"},
    {{192, 0, 0, 9}, 32, "Port Control Protocol Anycast (RFC 7723)"},
    {{192, 0, 0, 10}, 32, "TURN Anycast (RFC 8155)"},
    {{192, 0, 0, 170}, 31, "NAT64/DNS64 Discovery (RFC 8880)"},
    {{192, 0, 0, 0}, 24, "IETF Protocol Assignments (RFC 6890)"},
    {{192, 0, 2, 0}, 24, "Documentation, TEST-NET-1 (RFC 5737)"},
    {{192, 31, 196, 0}, 24, "AS112-v4 (RFC 7535)"},
    {{192, 52, 193, 0}, 24, "AMT (RFC 7450)"},
    {{192, 88, 99, 0}, 24, "Deprecated, 6to4 Relay Anycast (RFC 7526)"},
    {{192, 168, 0, 0}, 16, "Private-Use (RFC 1918)"},
    {{192, 175, 48, 0}, 24, "Direct Delegation AS112 Service (RFC 7534)"},
    {{198, 18, 0, 0}, 15, "Benchmarking (RFC 2544)"},
    {{198, 51, 100, 0}, 24, "Documentation, TEST-NET-2 (RFC 5737)"},
    {{203, 0, 113, 0}, 24, "Documentation, TEST-NET-3 (RFC 5737)"},
    {{224, 0, 0, 0}, 4, "Multicast (RFC 5771)"},
    {{255, 255, 255, 255}, 32, "Limited Broadcast (RFC 8190)"},
    {{240, 0, 0, 0}, 4, "Reserved (RFC 1112)"},
};

// IANA IPv6 Special-Purpose Address Registry, every entry, the narrower before the wider; and
// multicast (RFC 4291 s2.7).
constexpr Block6 kSpecial6[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0}, 128, "Unspecified Address (RFC 4291)"},
    {{0, 0, 0, 0, 0, 0, 0, 1}, 128, "Loopback Address (RFC 4291)"},
    {{0, 0, 0, 0, 0, 0xffff, 0, 0}, 96, "IPv4-mapped Address (RFC 4291)"},
    {{0x64, 0xff9b, 0, 0, 0, 0, 0, 0}, 96, "IPv4-IPv6 Translation, NAT64 (RFC 6052)"},
    {{0x64, 0xff9b, 1, 0, 0, 0, 0, 0}, 48, "IPv4-IPv6 Translation, local NAT64 (RFC 8215)"},
    {{0x100, 0, 0, 0, 0, 0, 0, 0}, 64, "Discard-Only Address Block (RFC 6666)"},
    {{0x100, 0, 0, 1, 0, 0, 0, 0}, 64, "Dummy IPv6 Prefix (RFC 9780)"},
    {{0x2001, 0, 0, 0, 0, 0, 0, 0}, 32, "TEREDO (RFC 4380)"},
    {{0x2001, 1, 0, 0, 0, 0, 0, 1}, 128, "Port Control Protocol Anycast (RFC 7723)"},
    {{0x2001, 1, 0, 0, 0, 0, 0, 2}, 128, "TURN Anycast (RFC 8155)"},
    {{0x2001, 1, 0, 0, 0, 0, 0, 3}, 128, "DNS-SD Service Registration Anycast (RFC 9665)"},
    {{0x2001, 2, 0, 0, 0, 0, 0, 0}, 48, "Benchmarking (RFC 5180)"},
    {{0x2001, 3, 0, 0, 0, 0, 0, 0}, 32, "AMT (RFC 7450)"},
    {{0x2001, 4, 0x112, 0, 0, 0, 0, 0}, 48, "AS112-v6 (RFC 7535)"},
    {{0x2001, 0x10, 0, 0, 0, 0, 0, 0}, 28, "Deprecated, ORCHID (RFC 4843)"},
    {{0x2001, 0x20, 0, 0, 0, 0, 0, 0}, 28, "ORCHIDv2 (RFC 7343)"},
    {{0x2001, 0x30, 0, 0, 0, 0, 0, 0}, 28, "Drone Remote ID (RFC 9374)"},
    {{0x2001, 0, 0, 0, 0, 0, 0, 0}, 23, "IETF Protocol Assignments (RFC 2928)"},
    {{0x2001, 0xdb8, 0, 0, 0, 0, 0, 0}, 32, "Documentation (RFC 3849)"},
    {{0x2002, 0, 0, 0, 0, 0, 0, 0}, 16, "6to4 (RFC 3056)"},
    {{0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0}, 48, "Direct Delegation AS112 Service (RFC 7534)"},
    {{0x3fff, 0, 0, 0, 0, 0, 0, 0}, 20, "Documentation (RFC 9637)"},
    {{0x5f00, 0, 0, 0, 0, 0, 0, 0}, 16, "Segment Routing SIDs (RFC 9602)"},
    {{0xfc00, 0, 0, 0, 0, 0, 0, 0}, 7, "Unique-Local (RFC 4193)"},
    {{0xfe80, 0, 0, 0, 0, 0, 0, 0}, 10, "Link-Local Unicast (RFC 4291)"},
    {{0xff00, 0, 0, 0, 0, 0, 0, 0}, 8, "Multicast (RFC 4291)"},
};

// IANA has delegated global unicast space from this block only (RFC 4291 s2.4, RFC 3587); outside
// it lie IPv4-compatible, site-local and unassigned addresses.
constexpr std::uint8_t kGlobalUnicast6 = 0x20;
constexpr std::uint8_t kGlobalUnicast6Mask = 0xe0;
constexpr std::string_view kNotGlobalUnicast6 = "outside 2000::/3, not Global Unicast (RFC 4291)";

bool has_prefix(std::span<const std::uint8_t> octets, std::span<const std::uint8_t> prefix,
                unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole),
                  octets.begin()))
    return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (octets[whole] >> (8 - rest)) == (prefix[whole] >> (8 - rest));
}

std::array<std::uint8_t, 16> octets_of(const std::array<std::uint16_t, 8>& groups) {
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    out[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
  }
  return out;
}

tl::unexpected<Error> malformed(std::string_view text, std::string_view why) {
  return fail(ErrorCode::malformed, fmt::format("{} is not an IP address: {}", quoted(text), why));
}

bool has_leading_zero(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const bool starts = i == 0 || text[i - 1] == '.';
    if (starts && text[i] == '0' && text[i + 1] >= '0' && text[i + 1] <= '9') return true;
  }
  return false;
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::malformed, "an IP address is empty");
  if (text.front() == '[') return malformed(text, "leave the brackets out");
  if (text.find('/') != std::string_view::npos)
    return malformed(text, "one address, not a range, is needed");
  if (text.find('%') != std::string_view::npos)
    return malformed(text, "a zone means nothing outside its own host");
  if (text.size() > kTextSizeMax ||
      text.find_first_not_of("0123456789abcdefABCDEF.:") != std::string_view::npos)
    return malformed(text, "neither a dotted quad nor RFC 4291 text");
  const bool is_v6 = text.find(':') != std::string_view::npos;
  if (!is_v6 && has_leading_zero(text))
    return malformed(text, "a leading zero may be read as octal");
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return malformed(text, "neither a dotted quad nor RFC 4291 text");
  return IpAddress(address);
}

std::string_view IpAddress::special_purpose() const {
  if (address_.is_v4()) {
    const auto octets = address_.to_v4().to_bytes();
    for (const Block4& block : kSpecial4)
      if (has_prefix(octets, block.prefix, block.bits)) return block.name;
    return {};
  }
  const auto octets = address_.to_v6().to_bytes();
  for (const Block6& block : kSpecial6)
    if (has_prefix(octets, octets_of(block.prefix), block.bits)) return block.name;
  if ((octets[0] & kGlobalUnicast6Mask) != kGlobalUnicast6) return kNotGlobalUnicast6;
  return {};
}

}  // namespace parallax::names
