// SPDX-License-Identifier: Apache-2.0
// The perspective's side of the Open MPIC interface: POST /caa on the mTLS listener. One vantage's
// finding; only a coordinator corroborates.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "caa/assess.h"
#include "names/domain_name.h"
#include "names/public_suffix.h"
#include "net/http.h"
#include "service/router.h"

namespace parallax::service {

// Searches for the relevant CAA set from here, within its own deadlines.
class LocalCaaObserver {
 public:
  virtual ~LocalCaaObserver() = default;
  [[nodiscard]] virtual Task<caa::CaaObservation> observe(names::DomainName domain) = 0;
};

// Outlives the router it is installed in; observer, list and clock outlive it.
class PerspectiveCaa {
 public:
  struct Settings {
    caa::AssessmentSettings assessment;
    std::vector<names::DomainName> default_issuers;  // where a request names none; may be empty
    // Every certificate of the private CA passes the handshake, another perspective's too: this
    // says whether its bearer may ask. Empty: whoever reaches the listener.
    std::function<bool(const net::HttpRequest&)> may_ask{};
  };
  PerspectiveCaa(LocalCaaObserver& observer, const names::PublicSuffixList& suffixes,
                 const Clock& clock, Settings settings)
      : observer_(observer), suffixes_(suffixes), clock_(clock), settings_(std::move(settings)) {}
  void install(Router& router);

  // 200 with the check_response object, 403 for who may not ask, 413 as a problem, 422
  // {"detail": [...]} for a bad body.
  [[nodiscard]] Task<net::HttpResponse> post(net::HttpRequest request);

 private:
  LocalCaaObserver& observer_;
  const names::PublicSuffixList& suffixes_;
  const Clock& clock_;
  Settings settings_;
};

}  // namespace parallax::service
