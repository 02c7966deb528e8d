// SPDX-License-Identifier: Apache-2.0
// Which addresses a check may reach, and in what order. Pure.
#pragma once

#include <string>
#include <vector>

#include "names/ip_address.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_ending.h"

namespace parallax::net::impl {

inline constexpr std::size_t kAddressesPerFamilyMax = 4;

// Why `address` must not be connected to, e.g. "is 127.0.0.0/8 ..."; empty if it may be. The
// operator's own networks hold everywhere, the special-purpose registries outside the lab. An
// address counts as every IPv4 address it embeds (mapped, compatible, translated, 6to4, Teredo,
// ISATAP) too, so that no gateway leads where the direct way is closed.
[[nodiscard]] std::string refusal_of(const names::IpAddress& address,
                                     const GuardedSettings& settings);

// Those of `addresses` that may be connected to, IPv6 before IPv4, at most kAddressesPerFamilyMax
// of each. Error: address_refused if there are addresses and all of them are refused;
// connection_failed if what remains is of families that this perspective does not use.
[[nodiscard]] Attempt<std::vector<names::IpAddress>> choose_addresses(
    const std::vector<names::IpAddress>& addresses, const GuardedSettings& settings);

}  // namespace parallax::net::impl
