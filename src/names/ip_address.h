// SPDX-License-Identifier: Apache-2.0
// IPv4 and IPv6 addresses, and which of them the public Internet may not see.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <boost/asio/ip/address.hpp>

#include "base/result.h"

namespace parallax::names {

class IpAddress {
 public:
  // Dotted quad or RFC 4291 s2.2 text, no zone, no brackets, no leading zeros. Error: malformed.
  [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
  explicit IpAddress(boost::asio::ip::address address) : address_(std::move(address)) {}

  [[nodiscard]] const boost::asio::ip::address& native() const { return address_; }
  [[nodiscard]] bool is_v4() const { return address_.is_v4(); }
  // RFC 5952 text.
  [[nodiscard]] std::string text() const { return address_.to_string(); }
  // The name of the entry in the IANA IPv4/IPv6 Special-Purpose Address Registries that holds the
  // address (any entry, also those marked globally reachable: TLS BR 1.6.1 "Reserved IP Address"),
  // or of multicast, or of IPv6 space outside 2000::/3. So every form that embeds an IPv4 address
  // (mapped, compatible, NAT64, 6to4, Teredo) has one. Empty for an ordinary public address.
  [[nodiscard]] std::string_view special_purpose() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress& a, const IpAddress& b) {
    return a.address_ < b.address_   ? std::strong_ordering::less
           : b.address_ < a.address_ ? std::strong_ordering::greater
                                     : std::strong_ordering::equal;
  }

 private:
  boost::asio::ip::address address_;
};

}  // namespace parallax::names
