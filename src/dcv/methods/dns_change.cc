// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.7, DNS Change: a Random Value or Request Token in a TXT, CNAME or CAA record at
// the Authorization Domain Name, or at it with one label in front that begins with an underscore.
// Nowhere else: no climb, no second label, no label without the underscore.
#include "dcv/methods/dns_value.h"
#include "dcv/methods/methods.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.4.7";

class DnsChange final : public DnsValueMethod {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (auto common = validate_dns_value(check, kRule); !common) return common;
    const auto& prefix = std::get<DnsValue>(check.challenge).prefix;
    if (prefix.empty()) return {};
    if (!prefix.starts_with('_') || prefix.find('.') != std::string::npos)
      return refuse(ErrorCode::forbidden,
                    "the prefix must be one label that begins with an underscore",
                    "challenge.prefix", kRule);
    return {};
  }
};

}  // namespace

const Method& dns_change_method() {
  static const DnsChange method;
  return method;
}

}  // namespace parallax::dcv
