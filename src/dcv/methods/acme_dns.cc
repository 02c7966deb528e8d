// SPDX-License-Identifier: Apache-2.0
// ACME dns-01 (RFC 8555 s8.4), the well-known form of TLS BR 3.2.2.4.7: a TXT record at
// _acme-challenge holds the base64url SHA-256 digest of the key authorization and nothing else.
#include "dcv/methods/dns_value.h"
#include "dcv/methods/methods.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "RFC 8555 s8.4 (TLS BR 3.2.2.4.7)";
constexpr std::string_view kPrefix = "_acme-challenge";

class AcmeDns final : public DnsValueMethod {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    if (auto common = validate_acme_value(check, kRule); !common) return common;
    if (std::get<DnsValue>(check.challenge).prefix != kPrefix)
      return refuse(ErrorCode::malformed,
                    "the prefix of an ACME dns-01 challenge is " + std::string(kPrefix),
                    "challenge.prefix", kRule);
    return {};
  }
};

}  // namespace

const Method& acme_dns_method() {
  static const AcmeDns method;
  return method;
}

}  // namespace parallax::dcv
