// SPDX-License-Identifier: Apache-2.0
// The addresses of a host, through the perspective's own validating resolver.
#pragma once

#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "dns/resolver.h"
#include "names/domain_name.h"
#include "names/ip_address.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_ending.h"

namespace parallax::net::impl {

// Asks for A and AAAA of `name` at once (only for families in use) and appends both lookups, in
// this order, to `lookups`, which outlives the call as `resolver` does. Every DNS query behind a
// validation must validate (TLS BR 4.2.2.2): a bogus answer for either family is bogus as a whole.
// A family that failed otherwise is done without if the other has addresses, unless the other was
// answered securely: then the failure may hide a signed answer. Ends with bogus or lookup_failed.
[[nodiscard]] Task<Attempt<std::vector<names::IpAddress>>> look_up_addresses(
    boost::asio::any_io_executor executor, dns::Resolver* resolver, names::DomainName name,
    const GuardedSettings* settings, Deadline deadline, std::vector<dns::Lookup>* lookups);

}  // namespace parallax::net::impl
