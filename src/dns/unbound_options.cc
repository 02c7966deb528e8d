// SPDX-License-Identifier: Apache-2.0
#include "dns/unbound_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/resource.h>

namespace parallax::dns {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kOutgoingRangeMax = 1024;  // sockets of one context
constexpr std::size_t kOutgoingRangeMin = 64;

// RFC 6761, 6303 and 7793 zones that libunbound would answer itself, unvalidated.
constexpr const char* kSpecialUseZones[] = {
    "localhost.",
    "127.in-addr.arpa.",
    "onion.",
    "test.",
    "invalid.",
    "home.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
};

// Where no public name server lives (IANA special-purpose registries, RFC 6890).
constexpr const char* kUnreachableNetworks[] = {
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",   "169.254.0.0/16",
    "172.16.0.0/12",  "192.88.99.0/24", "2001::/23",      "3fff::/20",     "5f00::/16",
    "192.0.0.0/24",   "192.0.2.0/24",   "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",    "::/127",        "::ffff:0:0/96",
    "64:ff9b::/96",   "64:ff9b:1::/48", "100::/64",       "2001:db8::/32", "2002::/16",
    "fc00::/7",       "fe80::/10",      "ff00::/8",
};

std::string yes_no(bool value) { return value ? "yes" : "no"; }

// An eighth of the process's descriptors for each of a worker's two contexts.
std::size_t outgoing_range(const ResolverSettings& settings) {
  rlimit limit{};
  std::size_t range = std::min(settings.concurrent_lookups_max, kOutgoingRangeMax);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    range = std::min<std::size_t>(range, limit.rlim_cur / 8);
  }
  return std::max(range, kOutgoingRangeMin);
}

void add_validation(const ResolverSettings& settings, Options& options) {
  options.insert(options.end(),
                 {
                     {"module-config:", settings.validate ? "validator iterator" : "iterator"},
                     {"val-permissive-mode:", "no"},
                     {"val-sig-skew-min:", "0"},
                     {"val-sig-skew-max:", "0"},
                     {"val-clean-additional:", "yes"},
                     {"val-bogus-ttl:", "0"},
                     {"val-log-level:", "0"},
                     {"ignore-cd-flag:", "yes"},
                     {"harden-glue:", "yes"},
                     {"harden-dnssec-stripped:", "yes"},
                     {"harden-below-nxdomain:", "yes"},
                     {"harden-short-bufsize:", "yes"},
                     {"harden-large-queries:", "yes"},
                     {"use-caps-for-id:", "yes"},
                     {"qname-minimisation:", "yes"},
                     // Strict minimisation fails at servers that answer NXDOMAIN for empty
                     // non-terminals; the full name is asked there instead.
                     {"qname-minimisation-strict:", "no"},
                 });
}

// Nothing learned for one order answers another, unless the operator raised the ceiling.
void add_freshness(const ResolverSettings& settings, Options& options) {
  const std::string ceiling = fmt::format("{}", settings.cache_max_ttl.count());
  options.insert(options.end(),
                 {
                     {"cache-max-ttl:", ceiling},
                     {"cache-max-negative-ttl:", ceiling},
                     {"serve-original-ttl:", "yes"},  // else every TTL reads 0
                     {"serve-expired:", "no"},
                     {"aggressive-nsec:", "no"},  // no denials made from another order's NSEC
                     {"prefetch:", "no"},
                     {"prefetch-key:", "no"},
                     {"infra-host-ttl:", "60"},
                     {"infra-keep-probing:", "yes"},  // a server that came back is found again
                     // Wildcard answers keep the NSEC that evidence needs.
                     {"minimal-responses:", "no"},
                     {"rrset-roundrobin:", "no"},
                 });
}

// While nothing may be cached beyond the second in which it came, what the caches hold is what a
// second brings; the zones all names share are used too often to be the ones that leave.
void add_cache_sizes(const ResolverSettings& settings, Options& options) {
  const bool fresh = settings.cache_max_ttl.count() == 0;
  options.insert(options.end(), {
                                    {"msg-cache-size:", fresh ? "512k" : "4m"},
                                    {"rrset-cache-size:", fresh ? "1m" : "8m"},
                                    {"key-cache-size:", fresh ? "512k" : "4m"},
                                });
}

void add_bounds(const ResolverSettings& settings, Options& options) {
  options.insert(
      options.end(),
      {
          {"msg-cache-slabs:", "1"},
          {"rrset-cache-slabs:", "1"},
          {"key-cache-slabs:", "1"},
          {"neg-cache-size:", "64k"},
          {"infra-cache-numhosts:", "4000"},
          {"infra-cache-slabs:", "1"},
          {"ratelimit-slabs:", "1"},
          {"ip-ratelimit-slabs:", "1"},
          {"outgoing-range:", fmt::format("{}", outgoing_range(settings))},
          {"outgoing-num-tcp:", "16"},
          {"num-queries-per-thread:", fmt::format("{}", settings.concurrent_lookups_max)},
          {"edns-buffer-size:", "1232"},
          {"do-udp:", "yes"},
          {"do-tcp:", "yes"},
      });
}

}  // namespace

Options unbound_options(const ResolverSettings& settings) {
  Options options;
  add_validation(settings, options);
  add_freshness(settings, options);
  add_cache_sizes(settings, options);
  add_bounds(settings, options);
  options.insert(options.end(), {
                                    {"do-ip4:", yes_no(settings.ipv4)},
                                    {"do-ip6:", yes_no(settings.ipv6)},
                                    {"root-hints:", settings.root_hints_file},
                                    {"unblock-lan-zones:", "yes"},
                                    {"insecure-lan-zones:", "no"},
                                    {"do-not-query-localhost:", yes_no(!settings.lab)},
                                });
  for (const char* zone : kSpecialUseZones) {
    options.emplace_back("local-zone:", fmt::format("{} transparent", zone));
  }
  if (!settings.lab) {
    for (const char* network : kUnreachableNetworks) {
      options.emplace_back("do-not-query-address:", network);
    }
  }
  for (const std::string& address : settings.outgoing_interfaces) {
    options.emplace_back("outgoing-interface:", address);
  }
  return options;
}

}  // namespace parallax::dns
