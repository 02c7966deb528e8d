// SPDX-License-Identifier: Apache-2.0
// The one client for hostile targets: names resolved by the perspective's own validating resolver,
// addresses held against the special-purpose registries and the operator's own networks before
// anything is sent, connections pinned to the checked address, redirects checked before they are
// followed, every phase with a deadline, every buffer with a bound.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/async.h"
#include "base/deadline.h"
#include "base/result.h"
#include "dns/resolver.h"
#include "names/domain_name.h"
#include "names/ip_address.h"

namespace parallax::net {

// A network of the operator's own that no check may reach.
struct OwnNetwork {
  names::IpAddress address;
  unsigned prefix_bits = 0;
};

struct GuardedSettings {
  // The lab serves from loopback: only there may special-purpose addresses be reached.
  bool lab = false;
  // In the lab only: the port connected to in place of an Authorized Port, for servers that may not
  // bind the real one. URLs, Host headers and the record keep the Authorized Port.
  std::map<std::uint16_t, std::uint16_t> lab_ports;
  std::vector<OwnNetwork> own_networks;
  std::vector<std::string> source_addresses;  // to bind, at most one per family; empty: any
  bool ipv4 = true;  // a family that is off is neither looked up nor connected to
  bool ipv6 = true;
  std::string user_agent;  // fixed; names the product, not the CA
  std::size_t redirects_max = 10;
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024;           // more is read no further and marked
  std::chrono::milliseconds connect_timeout{3000};  // per address: its time slice
  std::chrono::milliseconds tls_timeout{3000};
  std::chrono::milliseconds lookup_timeout{5000};
  std::chrono::milliseconds response_timeout{5000};  // from the request sent to the last octet
};

inline constexpr std::size_t kLocationBytesMax = 2048;

using Host = std::variant<names::DomainName, names::IpAddress>;

struct GuardedUrl {
  bool https = false;
  Host host;
  std::uint16_t port = 80;   // Authorized Ports only: 80, 443, 25, 22 (TLS BR 1.6.1)
  std::string target = "/";  // path and query, ASCII without spaces or controls
  friend bool operator==(const GuardedUrl&, const GuardedUrl&) = default;
};
// The port only where it is not the scheme's own; an IPv6 address in brackets.
[[nodiscard]] std::string text_of(const GuardedUrl& url);

// Parses an absolute or relative reference found in Location against the URL it came from
// (RFC 9110 s10.2.2, RFC 3986 s5.2). A fragment is dropped, dot segments are removed. Errors:
// malformed (also: longer than kLocationBytesMax), unsupported (scheme), forbidden (port, user
// information, a host that is neither a DNS name nor an IP address).
[[nodiscard]] Result<GuardedUrl> resolve_location(std::string_view location,
                                                  const GuardedUrl& base);

// Why a trail ended without a final response.
enum class GuardedFailure {
  none,
  lookup_failed,      // no address: failed, or neither A nor AAAA exists (see the lookups)
  bogus,              // DNSSEC validation of an address failed
  address_refused,    // special purpose, or the operator's own
  connection_failed,  // refused, reset, no route
  timed_out,
  redirect_refused,  // status, scheme, port, loop, too many, no or malformed Location
  protocol_error,    // not HTTP/1.1, head too large, bad framing, no TLS where it must be
};
[[nodiscard]] std::string_view to_string(GuardedFailure failure);

struct GuardedHop {
  GuardedUrl url;
  std::optional<names::IpAddress> address;  // connected to
  unsigned status = 0;                      // 0: no response
  // Of a redirect, as sent, at most kLocationBytesMax of it; octets that are not printable ASCII
  // stand as \xNN.
  std::string location;
};

struct GuardedTrail {
  std::vector<GuardedHop> hops;      // never empty
  std::vector<dns::Lookup> lookups;  // every address lookup, in order
  GuardedFailure failure = GuardedFailure::none;
  std::string message;  // one sentence, if failed
  std::string body;     // of the final response
  bool body_truncated = false;
};

// What a TLS handshake showed; no certificate is verified.
struct TlsSight {
  std::vector<dns::Lookup> lookups;
  std::optional<names::IpAddress> address;
  GuardedFailure failure = GuardedFailure::none;
  std::string message;
  std::string protocol;     // "TLSv1.2", "TLSv1.3"
  std::string alpn;         // negotiated
  std::string certificate;  // DER of the end entity certificate
};

// One per worker; awaited on its executor. The resolver outlives it.
class GuardedClient {
 public:
  [[nodiscard]] static std::unique_ptr<GuardedClient> make(boost::asio::any_io_executor executor,
                                                           GuardedSettings settings,
                                                           dns::Resolver& resolver);
  virtual ~GuardedClient() = default;

  // GETs `url`, following redirects (301, 302, 307, 308 only; the body of a redirect is not read).
  // `headers` come from an allow list of the caller's, which holds none of Host, User-Agent,
  // Accept, Accept-Encoding, Connection, Cookie and what frames a message; no cookies, no
  // compression, no keep-alive. Never fails as a call.
  [[nodiscard]] virtual Task<GuardedTrail> get(
      GuardedUrl url, std::vector<std::pair<std::string, std::string>> headers,
      Deadline deadline) = 0;

  // Connects to port 443 of `host` and shakes hands with SNI `server_name` (empty: none), offering
  // `alpn` alone (empty: none), TLS 1.2 or later. Never fails as a call.
  [[nodiscard]] virtual Task<TlsSight> look_at_tls(Host host, std::string server_name,
                                                   std::string alpn, Deadline deadline) = 0;
};

}  // namespace parallax::net
