// SPDX-License-Identifier: Apache-2.0
// Parts of a URL that the guarded client needs besides net/guarded_client.h. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "net/guarded_client.h"

namespace parallax::net::impl {

// TLS BR 1.6.1 "Authorized Ports".
[[nodiscard]] bool is_authorized_port(std::uint16_t port);

// The value of the Host header (RFC 9110 s7.2).
[[nodiscard]] std::string host_header(const GuardedUrl& url);

// A name, or an address without brackets.
[[nodiscard]] std::string host_text(const Host& host);

}  // namespace parallax::net::impl
