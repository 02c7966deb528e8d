// SPDX-License-Identifier: Apache-2.0
// What the interfaces must know of the roster and the rules to judge a request's parameters. The
// composition root implements it over roster and rules.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace parallax::service {

// Thread safe; what it says about perspectives does not change while the process runs.
class ServiceInfo {
 public:
  virtual ~ServiceInfo() = default;
  // Code of the Primary Network Perspective.
  [[nodiscard]] virtual std::string primary() const = 0;
  // Codes of the remote Network Perspectives, in roster order.
  [[nodiscard]] virtual std::vector<std::string> remotes() const = 0;
  // The least number of remotes that must be used on `day` (TLS BR 3.2.2.9).
  [[nodiscard]] virtual unsigned remotes_required(Date day) const = 0;
  // How many of `remotes_used` must corroborate on `day` (TLS BR 3.2.2.9, quorum table).
  [[nodiscard]] virtual unsigned corroborations_required(unsigned remotes_used, Date day) const = 0;
  // True in the lab: anchors or targets other than the public Internet's.
  [[nodiscard]] virtual bool lab() const = 0;
};

}  // namespace parallax::service
