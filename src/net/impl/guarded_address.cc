// SPDX-License-Identifier: Apache-2.0
#include "net/impl/guarded_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <fmt/format.h>

namespace parallax::net::impl {
namespace {

namespace ip = boost::asio::ip;
using Octets6 = ip::address_v6::bytes_type;

constexpr std::size_t kRefusalsQuotedMax = 4;

struct Prefix6 {
  std::array<std::uint8_t, 12> octets;
  unsigned bits;
};

// Blocks whose last 32 bits are an IPv4 address.
constexpr Prefix6 kEmbedding[] = {
    {{}, 96},                                             // compatible, RFC 4291 s2.5.5.1
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96},     // mapped, RFC 4291 s2.5.5.2
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 96},     // translated, RFC 2765 s2.1
    {{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0}, 96},  // NAT64, RFC 6052
    {{0, 0x64, 0xff, 0x9b, 0, 1, 0, 0, 0, 0, 0, 0}, 48},  // NAT64, RFC 8215, with a /96
};

bool has_prefix(std::span<const std::uint8_t> octets, std::span<const std::uint8_t> prefix,
                unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole),
                  octets.begin()))
    return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (octets[whole] >> (8 - rest)) == (prefix[whole] >> (8 - rest));
}

ip::address v4_at(const Octets6& octets, std::size_t at, std::uint8_t mask = 0) {
  ip::address_v4::bytes_type found{};
  for (std::size_t i = 0; i < found.size(); ++i)
    found[i] = static_cast<std::uint8_t>(octets[at + i] ^ mask);
  return ip::address_v4(found);
}

// RFC 5214 s6.1: the interface identifier 00-00-5E-FE or 02-00-5E-FE, then the IPv4 address.
bool is_isatap(const Octets6& octets) {
  return (octets[8] & 0xFD) == 0 && octets[9] == 0 && octets[10] == 0x5E && octets[11] == 0xFE;
}

// The address and all that it embeds; an IPv4 address in its mapped form too, for networks that are
// written so.
std::vector<ip::address> forms_of(const ip::address& address) {
  std::vector<ip::address> forms{address};
  if (address.is_v4()) {
    forms.emplace_back(ip::make_address_v6(ip::v4_mapped, address.to_v4()));
    return forms;
  }
  const Octets6 octets = address.to_v6().to_bytes();
  for (const Prefix6& prefix : kEmbedding)
    if (has_prefix(octets, prefix.octets, prefix.bits)) forms.push_back(v4_at(octets, 12));
  if (is_isatap(octets)) forms.push_back(v4_at(octets, 12));
  if (octets[0] == 0x20 && octets[1] == 0x02) forms.push_back(v4_at(octets, 2));  // RFC 3056
  if (octets[0] == 0x20 && octets[1] == 0x01 && octets[2] == 0 && octets[3] == 0) {
    forms.push_back(v4_at(octets, 4));         // Teredo server, RFC 4380 s4
    forms.push_back(v4_at(octets, 12, 0xFF));  // Teredo client
  }
  return forms;
}

bool holds(const OwnNetwork& network, const ip::address& address) {
  const ip::address& base = network.address.native();
  if (base.is_v4() != address.is_v4()) return false;
  if (base.is_v4())
    return has_prefix(address.to_v4().to_bytes(), base.to_v4().to_bytes(),
                      std::min(network.prefix_bits, 32u));
  return has_prefix(address.to_v6().to_bytes(), base.to_v6().to_bytes(),
                    std::min(network.prefix_bits, 128u));
}

}  // namespace

std::string refusal_of(const names::IpAddress& address, const GuardedSettings& settings) {
  const std::vector<ip::address> forms = forms_of(address.native());
  for (const ip::address& form : forms) {
    for (const OwnNetwork& network : settings.own_networks)
      if (holds(network, form)) return "lies in a network that this perspective must not reach";
  }
  if (settings.lab) return {};
  if (const std::string_view purpose = address.special_purpose(); !purpose.empty())
    return fmt::format("is reserved: {}", purpose);
  for (const ip::address& form : forms) {
    if (!address.is_v4() && form.is_v4())
      if (const auto purpose = names::IpAddress(form).special_purpose(); !purpose.empty())
        return fmt::format("embeds {}, which is reserved: {}", form.to_string(), purpose);
  }
  return {};
}

Attempt<std::vector<names::IpAddress>> choose_addresses(
    const std::vector<names::IpAddress>& addresses, const GuardedSettings& settings) {
  std::vector<names::IpAddress> chosen[2];  // IPv6, IPv4
  std::string refused;
  std::size_t refusals = 0;
  bool other_family = false;
  for (const names::IpAddress& address : addresses) {
    if (const std::string why = refusal_of(address, settings); !why.empty()) {
      if (++refusals <= kRefusalsQuotedMax)
        refused += fmt::format("{}{} {}", refused.empty() ? "" : "; ", address.text(), why);
      continue;
    }
    if (!(address.is_v4() ? settings.ipv4 : settings.ipv6)) {
      other_family = true;
      continue;
    }
    auto& family = chosen[address.is_v4() ? 1 : 0];
    if (family.size() < kAddressesPerFamilyMax) family.push_back(address);
  }
  auto& all = chosen[0];
  all.insert(all.end(), chosen[1].begin(), chosen[1].end());
  if (!all.empty()) return std::move(all);
  if (other_family)
    return end_with(
        GuardedFailure::connection_failed,
        fmt::format("this perspective does not use {}", settings.ipv4   ? "IPv6"
                                                        : settings.ipv6 ? "IPv4"
                                                                        : "any network"));
  if (refusals > kRefusalsQuotedMax)
    refused += fmt::format("; and {} more", refusals - kRefusalsQuotedMax);
  return end_with(GuardedFailure::address_refused, refused);
}

}  // namespace parallax::net::impl
