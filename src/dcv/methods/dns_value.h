// SPDX-License-Identifier: Apache-2.0
// A value in the DNS at the Authorization Domain Name or behind a prefix: what dns_change, acme_dns
// and dns_account have in common. Private to the methods.
#pragma once

#include <string_view>

#include "dcv/method.h"
#include "dcv/methods/question.h"
#include "names/domain_name.h"

namespace parallax::dcv {

// `name` with the labels of `prefix` in front; `name` itself for an empty prefix. Error: malformed
// (a label is none, or the name gets too long).
[[nodiscard]] Result<names::DomainName> prefixed(const names::DomainName& name,
                                                 std::string_view prefix);

// What all three ask of a check: a domain, and a DnsValue that is not empty, not too long, a name
// where a CNAME must equal it, and behind a prefix made of labels. `rule` is named in the error.
[[nodiscard]] Status validate_dns_value(const ControlCheck& check, std::string_view rule);

// The well-known ACME form besides: TXT, the whole text, exact case, and the unpadded base64url of
// a SHA-256 digest (RFC 8555 s8.4).
[[nodiscard]] Status validate_acme_value(const ControlCheck& check, std::string_view rule);

// What the three look for and judge alike; each says only what it asks of a check. The check has
// passed validate_dns_value().
class DnsValueMethod : public Method {
 public:
  [[nodiscard]] Task<void> observe(const ControlCheck* check, Target adn, Instruments instruments,
                                   Deadline deadline, ControlObservation* seen) const final;
  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const final;
};

}  // namespace parallax::dcv
