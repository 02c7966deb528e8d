// SPDX-License-Identifier: Apache-2.0
// `dcv_check_parameters` of the Open MPIC interface, for coordinator and perspective alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/time.h"
#include "dcv/check.h"
#include "names/certificate_name.h"
#include "names/public_suffix.h"
#include "service/mpic_schema.h"

namespace parallax::service {

struct MpicDcvParameters {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  boost::json::object echo;  // as sent, defaults filled in, every key of the method present
  // What to look for; none for a method that nothing looks for any more, and where a value is none
  // (a digest that is no hex): then `flaw` says which.
  std::optional<dcv::Challenge> challenge{};
  std::optional<Error> flaw{};
};

// The `validation_method` of Open MPIC; empty for methods that it does not know.
[[nodiscard]] std::string_view mpic_method(rules::ControlMethod method);

// Nullopt if there is an issue. `loc` is that of the object.
[[nodiscard]] std::optional<MpicDcvParameters> read_dcv_parameters(const boost::json::value& value,
                                                                   boost::json::array loc,
                                                                   SchemaIssues& issues);

// What is asked, held against the method (dcv::validate, and whether it serves a wildcard).
struct MpicControl {
  names::CertificateName name;
  dcv::ControlCheck check;
};

// `target` as sent: a domain name, `*.name`, an IP address, and for reverse-address-lookup the
// address's name in in-addr.arpa or ip6.arpa. Errors: malformed, unsupported, forbidden; the
// context has "field" (as dcv::validate has it) and perhaps "rule". Methods that SHOULD NOT be used
// are forbidden where `refuse_discouraged`.
[[nodiscard]] Result<MpicControl> mpic_control(const MpicDcvParameters& parameters,
                                               std::string_view target,
                                               const names::PublicSuffixList& suffixes, Date day,
                                               bool lab, bool refuse_discouraged = false);

// The member of the request that an error's "field" speaks of: "domain_or_ip_target",
// "validation_method", "challenge_value", ...
[[nodiscard]] std::string mpic_member(const Error& error, rules::ControlMethod method);
// Member, sentence and rule, for people.
[[nodiscard]] std::string mpic_sentence(const Error& error, rules::ControlMethod method);
// The `issue_type` by logic: empty-challenge-value, invalid-challenge-value,
// invalid-validation-method, invalid-domain-or-ip-target, invalid-dcv-parameter.
[[nodiscard]] std::string_view mpic_issue_type(const Error& error, rules::ControlMethod method);

}  // namespace parallax::service
