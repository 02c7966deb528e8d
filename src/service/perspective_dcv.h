// SPDX-License-Identifier: Apache-2.0
// The perspective's side of the Open MPIC interface: POST /dcv on the mTLS listener. One vantage's
// finding; only a coordinator corroborates.
#pragma once

#include <functional>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "dcv/assess.h"
#include "dcv/check.h"
#include "dcv/observation.h"
#include "names/public_suffix.h"
#include "net/http.h"
#include "service/router.h"

namespace parallax::service {

// Looks for a challenge from here, within its own deadlines, and judges what it saw. The check has
// passed dcv::validate.
class LocalControlObserver {
 public:
  struct Sight {
    dcv::ControlObservation seen;
    dcv::ControlDetermination found;
  };
  virtual ~LocalControlObserver() = default;
  [[nodiscard]] virtual Task<Sight> observe(dcv::ControlCheck check) = 0;
};

// Outlives the router it is installed in; observer, list and clock outlive it.
class PerspectiveDcv {
 public:
  struct Settings {
    bool lab = false;  // special-purpose addresses may be looked at
    // See PerspectiveCaa: whether the bearer of a certificate may ask. Empty: whoever reaches the
    // listener.
    std::function<bool(const net::HttpRequest&)> may_ask{};
    bool refuse_discouraged = false;  // methods that SHOULD NOT be used are switched off
  };
  PerspectiveDcv(LocalControlObserver& observer, const names::PublicSuffixList& suffixes,
                 const Clock& clock, Settings settings)
      : observer_(observer), suffixes_(suffixes), clock_(clock), settings_(std::move(settings)) {}
  void install(Router& router);

  // 200 with the check_response object, 500 with the same object where it reports errors (as Open
  // MPIC does), 403 for who may not ask, 413 as a problem, 422 {"detail": [...]} for a bad body.
  [[nodiscard]] Task<net::HttpResponse> post(net::HttpRequest request);

 private:
  LocalControlObserver& observer_;
  const names::PublicSuffixList& suffixes_;
  const Clock& clock_;
  Settings settings_;
};

}  // namespace parallax::service
