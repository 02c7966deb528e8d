// SPDX-License-Identifier: Apache-2.0
// The `control` member of a name in POST /v1/corroborations: how control of it is to be shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "caa/assess.h"
#include "names/certificate_name.h"
#include "orders/order.h"
#include "rules/method.h"

namespace parallax::service {

inline constexpr std::string_view kPkiValidationPath = "/.well-known/pki-validation/";
inline constexpr std::string_view kAcmeChallengePath = "/.well-known/acme-challenge/";

// The name that control is asked of, and the order around it.
struct ControlContext {
  const names::CertificateName& name;
  caa::CertificateType type;
  const std::vector<names::DomainName>& issuers;
};

// Reads the object at `pointer`: form, kinds and encodings. Whether the method may be used and its
// values suffice is judged once the order is planned (orders::plan_order). Unknown members are
// errors; those of a method that must not be used any more are not read. Errors: malformed, and
// unsupported for the control of the name that an address points to, with "pointer" and "rule".
[[nodiscard]] Result<orders::ControlRequest> parse_control(const boost::json::value& control,
                                                           std::string pointer,
                                                           const ControlContext& context);

struct ControlMethods {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  std::optional<rules::ControlMethod> of_pointed_name;  // 3.2.2.5.3: of what the PTR points to
};
[[nodiscard]] ControlMethods methods_of(const orders::ControlRequest& request);

// The member of `control` that a planning error's "field" speaks of, for example
// "challenge.digest" of acme-tls-alpn is "/key_authorization_hash"; empty for `control` itself.
// "control.challenge.value" speaks of the `control` of the name that an address points to.
[[nodiscard]] std::string control_member(std::string_view field, const ControlMethods& methods);

// The request as JSON, for the digest of an order: equal if and only if the requests are.
[[nodiscard]] boost::json::value to_json(const orders::ControlRequest& request);

}  // namespace parallax::service
