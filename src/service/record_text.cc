// SPDX-License-Identifier: Apache-2.0
#include "service/record_text.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/property.h"
#include "dcv/rdata.h"

namespace parallax::service {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kPreferenceSize = 2;  // of an MX record, before its name

std::string unknown(std::string_view rdata) {
  return fmt::format("\\# {} {}", rdata.size(), hex_encode(rdata));
}

std::optional<std::string> txt(std::string_view rdata) {
  if (rdata.empty()) return std::nullopt;
  std::string out;
  while (!rdata.empty()) {
    const std::size_t size = static_cast<unsigned char>(rdata[0]);
    if (rdata.size() < 1 + size) return std::nullopt;
    out +=
        fmt::format("{}\"{}\"", out.empty() ? "" : " ", caa::escape_value(rdata.substr(1, size)));
    rdata.remove_prefix(1 + size);
  }
  return out;
}

std::optional<std::string> name(std::string_view rdata) {
  const auto text = dcv::name_text(rdata);
  if (!text) return std::nullopt;
  return *text == "." ? *text : *text + ".";
}

std::optional<std::string> mx(std::string_view rdata) {
  if (rdata.size() <= kPreferenceSize) return std::nullopt;
  const unsigned preference = (static_cast<unsigned>(static_cast<unsigned char>(rdata[0])) << 8U) |
                              static_cast<unsigned char>(rdata[1]);
  const auto host = name(rdata.substr(kPreferenceSize));
  if (!host) return std::nullopt;
  return fmt::format("{} {}", preference, *host);
}

template <class Address>
std::optional<std::string> address(std::string_view rdata) {
  typename Address::bytes_type octets{};
  if (rdata.size() != octets.size()) return std::nullopt;
  std::copy(rdata.begin(), rdata.end(), octets.begin());
  return Address(octets).to_string();
}

std::optional<std::string> known(dns::RecordType type, std::string_view rdata) {
  switch (type) {
    case dns::RecordType::txt: return txt(rdata);
    case dns::RecordType::cname:
    case dns::RecordType::dname:
    case dns::RecordType::ns:
    case dns::RecordType::ptr: return name(rdata);
    case dns::RecordType::mx: return mx(rdata);
    case dns::RecordType::a: return address<ip::address_v4>(rdata);
    case dns::RecordType::aaaa: return address<ip::address_v6>(rdata);
    case dns::RecordType::caa: {
      const auto property = caa::parse_rdata(rdata);
      if (property) return caa::to_text(*property);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

}  // namespace

std::string record_text(dns::RecordType type, std::string_view rdata) {
  const auto text = known(type, rdata);
  return text ? *text : unknown(rdata);
}

}  // namespace parallax::service
