// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.21, DNS Labeled with Account ID (ACME dns-account-01): dns-01 at a label of the
// account's own.
#include "dcv/methods/dns_account.h"

#include <algorithm>
#include <cstdint>

#include "base/crypto.h"
#include "dcv/methods/dns_value.h"
#include "dcv/methods/methods.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.4.21";
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kSuffix = "._acme-challenge";
constexpr std::size_t kHashedSize = 10;                    // octets of the digest that count
constexpr std::size_t kEncodedSize = kHashedSize * 8 / 5;  // no padding: 80 bits are 16 digits
constexpr unsigned kDigitBits = 5;

bool is_account_prefix(std::string_view prefix) {
  if (prefix.size() != 1 + kEncodedSize + kSuffix.size()) return false;
  if (prefix.front() != '_' || !prefix.ends_with(kSuffix)) return false;
  const auto digits = prefix.substr(1, kEncodedSize);
  return std::all_of(digits.begin(), digits.end(),
                     [](char c) { return kAlphabet.find(c) != std::string_view::npos; });
}

class DnsAccount final : public DnsValueMethod {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (auto common = validate_acme_value(check, kRule); !common) return common;
    if (!is_account_prefix(std::get<DnsValue>(check.challenge).prefix))
      return refuse(ErrorCode::malformed,
                    "the prefix must be an underscore, 16 lower-case base32 digits and "
                    "\"._acme-challenge\"",
                    "challenge.prefix", kRule);
    return {};
  }
};

}  // namespace

std::string dns_account_prefix(std::string_view account_url) {
  const std::string digest = sha256(account_url);
  std::string out = "_";
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : digest.substr(0, kHashedSize)) {
    pending = (pending << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= kDigitBits) {
      bits -= kDigitBits;
      out += kAlphabet[(pending >> bits) & 0x1fU];
    }
  }
  return out.append(kSuffix);
}

const Method& dns_account_method() {
  static const DnsAccount method;
  return method;
}

}  // namespace parallax::dcv
