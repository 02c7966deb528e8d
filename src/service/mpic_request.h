// SPDX-License-Identifier: Apache-2.0
// The body of POST /mpic, parsed into an order of one name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <tl/expected.hpp>

#include "base/time.h"
#include "names/public_suffix.h"
#include "orders/order.h"
#include "service/authenticator.h"
#include "service/mpic_dcv_request.h"
#include "service/service_info.h"

namespace parallax::service {

// `orchestration_parameters`, as sent.
struct MpicOrchestration {
  std::optional<std::int64_t> perspective_count;
  std::optional<std::int64_t> quorum_count;
  std::optional<std::int64_t> max_attempts;
  std::optional<std::int64_t> cohort_for_single_attempt;
};

struct MpicRequest {
  orders::Order order;  // without id, client and digest
  // What the answer echoes.
  std::optional<MpicOrchestration> orchestration;
  std::string target;
  std::vector<std::string> caa_domains;  // the caller's bound issuers where absent
  bool allow_lookup_failure = false;     // echoed; the operator's setting alone decides
  std::optional<std::string> trace_identifier;
  // The parameters of check_type dcv; none of check_type caa.
  std::optional<MpicDcvParameters> dcv;
};

// `validation_issues` of a 400 answer: by schema {type, loc, msg, input}, or, if the schema holds,
// by logic {issue_type, message}. Stricter than Open MPIC where the rules are:
// - perspective_count zero, negative or above the roster: invalid-perspective-count; below the
//   rules' minimum on `day` it is raised;
// - quorum_count below the rules' table for the remotes used, or above them: invalid-quorum-count;
// - an onion or otherwise uncertifiable target, of check_type caa an IP address too:
//   invalid-domain-or-ip-target;
// - what control checks refuse: see mpic_issue_type;
// - caa_domains empty or holding anything but domain names: invalid-caa-domains;
// - max_attempts, cohort_for_single_attempt below 1: invalid-max-attempts, invalid-cohort.
// There is one attempt whatever max_attempts says: a retry could only repeat the checks, and the
// lookups inside an attempt are retried already.
[[nodiscard]] tl::expected<MpicRequest, boost::json::array> parse_mpic_request(
    std::string_view body, const Caller& caller, const ServiceInfo& info, Date day,
    const names::PublicSuffixList& suffixes);

}  // namespace parallax::service
