// SPDX-License-Identifier: Apache-2.0
// Short ways to say what a perspective was asked to look for on a web server and what it saw, and a
// guarded client that shows what the test says.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv::http_test {

using dns_test::address;
using dns_test::is_printable;
using dns_test::kNow;
using dns_test::name;

inline constexpr std::string_view kHost = "www.example.com";
inline constexpr std::string_view kAddress = "203.0.113.7";
inline constexpr std::string_view kToken = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ";
inline constexpr std::string_view kKeyAuthorization =
    "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ.nP1qzpXGymHBrUEepNY9HCsQk7K8KhOypzEt62jcerQ";
inline constexpr std::string_view kRandomValue = "u4D0GvKfTzYB2mLq8sXw5ohR";

inline HttpValue website() {
  return {.path = "/.well-known/pki-validation/file.txt", .value = std::string(kRandomValue)};
}
inline HttpValue acme() {
  return {.path = "/.well-known/acme-challenge/" + std::string(kToken),
          .value = std::string(kKeyAuthorization)};
}
inline ControlCheck website_check(HttpValue value = website()) {
  return dns_test::check_of(rules::ControlMethod::website_change, name(kHost), std::move(value));
}
inline ControlCheck acme_check(HttpValue value = acme()) {
  return dns_test::check_of(rules::ControlMethod::acme_http, name(kHost), std::move(value));
}

// RDATA of an address.
inline std::string octets(std::string_view text) {
  const auto parsed = address(text).native();
  if (parsed.is_v4()) {
    const auto bytes = parsed.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = parsed.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}
inline SeenLookup address_lookup(std::string_view host, std::string_view of = kAddress) {
  const auto type = address(of).is_v4() ? dns::RecordType::a : dns::RecordType::aaaa;
  return dns_test::answer(host, type, {octets(of)}, "address");
}

inline SeenHop hop(std::string url, unsigned status, std::string location = {}) {
  return {.url = std::move(url),
          .address = std::string(kAddress),
          .status = status,
          .location = std::move(location)};
}

// A good answer to `check` straight from the host, with `body`.
inline ControlObservation document(const ControlCheck& check, std::string body) {
  const auto& value = std::get<HttpValue>(check.challenge);
  ControlObservation out = dns_test::seen({address_lookup(kHost)});
  const std::string url =
      (value.scheme == Scheme::https ? "https://" : "http://") + std::string(kHost) + value.path;
  out.http = SeenHttp{.hops = {hop(url, 200)}, .body = std::move(body)};
  return out;
}

inline ControlDetermination judge(const ControlCheck& check, const ControlObservation& seen) {
  return find_method(check.method)->assess(seen, check, check.applied_for, kNow);
}

// Hops behind the first: {url, status, location}, all from the address of the tests.
inline void redirect(ControlObservation& seen, unsigned status, const std::string& location,
                     const std::string& url) {
  auto& hops = seen.http->hops;
  const unsigned last = hops.back().status;
  hops.back().status = status;
  hops.back().location = location;
  hops.push_back(hop(url, last));
}

// Shows what is planned, and remembers what it was asked.
class FakeClient final : public net::GuardedClient {
 public:
  std::optional<net::GuardedTrail> trail;
  std::optional<net::TlsSight> sight;

  std::vector<net::GuardedUrl> urls;
  net::Host host_asked = name("unasked.example");
  std::string server_name;
  std::string alpn;
  std::vector<std::pair<std::string, std::string>> headers_sent;

  Task<net::GuardedTrail> get(net::GuardedUrl url,
                              std::vector<std::pair<std::string, std::string>> headers,
                              Deadline /*deadline*/) override {
    urls.push_back(std::move(url));
    headers_sent = std::move(headers);
    co_return trail.value();
  }
  Task<net::TlsSight> look_at_tls(net::Host host, std::string sni, std::string protocol,
                                  Deadline /*deadline*/) override {
    host_asked = std::move(host);
    server_name = std::move(sni);
    alpn = std::move(protocol);
    co_return sight.value();
  }
};

inline dns::Lookup lookup_of(std::string_view host, std::string_view of) {
  const auto type = address(of).is_v4() ? dns::RecordType::a : dns::RecordType::aaaa;
  dns::Lookup out{.question = {name(host), type},
                  .status = dns::LookupStatus::answered,
                  .rcode = dns::Rcode::noerror,
                  .verdict = dns::Verdict::secure,
                  .records = {},
                  .alias_chain = {},
                  .reason = {},
                  .packet = {}};
  out.records.push_back({std::string(host), type, 300, octets(of)});
  return out;
}

}  // namespace parallax::dcv::http_test
