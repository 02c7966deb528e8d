// SPDX-License-Identifier: Apache-2.0
// What a perspective is asked to look at, and the facts it brings back.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/time.h"
#include "caa/observation.h"
#include "dcv/check.h"
#include "dcv/observation.h"
#include "names/domain_name.h"

namespace parallax::observe {

// A CAA search at one domain. Only the domain travels: neither local parts of mailboxes nor who
// asks (TLS BR 3.2.2.9 asks perspectives for what they observe; judging it is the coordinator's).
struct CaaCheck {
  names::DomainName domain;
  bool prove_insecure = false;
  friend bool operator==(const CaaCheck&, const CaaCheck&) = default;
  friend auto operator<=>(const CaaCheck&, const CaaCheck&) = default;
};

using Check = std::variant<CaaCheck, dcv::ControlCheck>;

// What the check is about, as text: what decides which remotes are asked (select_remotes).
[[nodiscard]] std::string subject_of(const Check& check);

[[nodiscard]] boost::json::value to_json(const Check& check);
[[nodiscard]] Result<Check> check_from_json(const boost::json::value& value, std::string pointer);
// SHA-256 over the canonical JSON, lower-case hex: names the check in statements and records.
[[nodiscard]] std::string digest(const Check& check);

// One request to one perspective.
struct ObservationRequest {
  std::string order_id;
  unsigned attempt = 1;
  std::string nonce;  // 16 octets of the coordinator's, fresh per request, base64url
  Check check;
};

// The facts that a check brings back, by its kind.
using Seen = std::variant<caa::CaaObservation, dcv::ControlObservation>;
// Whether the facts answer a check of that kind, about that subject.
[[nodiscard]] bool answers(const Seen& seen, const Check& check);
// Whether the perspective's resolver validated DNSSEC.
[[nodiscard]] bool validated(const Seen& seen);

// What a perspective says it saw, before signing. Bound to the request by order id, attempt,
// nonce and check digest.
struct Observation {
  std::string order_id;
  unsigned attempt = 1;
  std::string nonce;
  std::string check_digest;
  std::string perspective;  // its own code
  std::string software;     // "parallax/0.1.0"
  bool lab = false;
  Instant started{};
  Instant finished{};
  Seen seen;
};

}  // namespace parallax::observe
