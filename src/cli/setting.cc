// SPDX-License-Identifier: Apache-2.0
#include "cli/setting.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace parallax::cli {
namespace {

using enum SettingKind;

constexpr std::array kSettings = {
    Setting{"log.level", text, "\"info\"", 0, 0, "debug, info, warning or error."},
    Setting{"log.format", text, "\"text\"", 0, 0, "text or json, one line an event."},
    Setting{"lab.enabled", boolean, "false", 0, 0,
            "Permits trust anchors other than IANA's and loopback or private name servers. Every "
            "answer is then marked as lab."},
    Setting{"dns.trust_anchors", text, "\"/usr/share/dns/root.key\"", 0, 0,
            "File with the root's trust anchors, DS or DNSKEY records."},
    Setting{"dns.root_hints", text, "\"/usr/share/dns/root.hints\"", 0, 0,
            "File with the names and addresses of the root servers."},
    Setting{"dns.lookup_timeout_ms", integer, "5000", 100, 60'000,
            "Milliseconds for one lookup, its retry included."},
    Setting{"dns.cache_max_ttl_s", integer, "0", 0, 28'800,
            "Seconds that an answer may be reused; 0 asks anew for every order."},
    Setting{"dns.ipv4", boolean, "true", 0, 0, "Ask name servers over IPv4."},
    Setting{"dns.ipv6", boolean, "true", 0, 0, "Ask name servers over IPv6."},
    Setting{"dns.outgoing_interfaces", texts, "[]", 0, 0,
            "Addresses of this host to ask from; empty lets the system choose."},
    Setting{"dns.validate", boolean, "true", 0, 0,
            "Remotes only: validate DNSSEC here too. A Primary always does."},
    Setting{"checks.timeout_ms", integer, "15000", 500, 60'000,
            "Milliseconds for one check at one perspective, all its lookups included."},
    Setting{"checks.remotes_after_primary", boolean, "false", 0, 0,
            "Ask the remotes only when the Primary has permitted, instead of beside it."},
    Setting{"caa.lookup_failure", text, "\"refuse\"", 0, 0,
            "refuse, or permit-if-insecure: a failed and retried lookup counts as permission if "
            "the name is proved Insecure (TLS BR 4.2.2.1)."},
    Setting{"caa.flag_one_is_critical", boolean, "false", 0, 0,
            "Treat CAA flag bit value 1 as critical too: stricter than RFC 8659."},
    Setting{"control.remotes_after_primary", boolean, "true", 0, 0,
            "Ask the remotes about control only when the Primary has seen the challenge: most "
            "control checks fail there."},
    Setting{"control.discouraged_methods", text, "\"allow\"", 0, 0,
            "allow or refuse: methods that the rules say SHOULD NOT be used."},
    Setting{"control.domain_contact", text, "\"refuse\"", 0, 0,
            "refuse or allow: the method domain-contact, which only a CA may use that is the "
            "registrar of the Base Domain Name or its affiliate (TLS BR 3.2.2.4.12)."},
    Setting{"control.own_networks", texts, "[]", 0, 0,
            "Networks of your own that no check may reach, as address/prefix; special-purpose "
            "addresses are never reached outside the lab."},
    Setting{"control.body_bytes_max", integer, "65536", 8192, 262'144,
            "Octets read of a document on the applicant's server; one that goes on is marked, and "
            "nothing behind them is found."},
    Setting{"control.redirects_max", integer, "10", 0, 10,
            "Redirects followed to a document, each checked like the first address."},
    Setting{"control.connect_timeout_ms", integer, "3000", 500, 10'000,
            "Milliseconds to connect to one address of the applicant's server; the next one gets "
            "as much."},
    Setting{"control.tls_timeout_ms", integer, "3000", 500, 10'000,
            "Milliseconds for a TLS handshake with the applicant's server."},
    Setting{"control.response_timeout_ms", integer, "5000", 500, 30'000,
            "Milliseconds from a request sent to the last octet of its answer."},
    Setting{"names.public_suffix_list", text, "\"/usr/share/publicsuffix/public_suffix_list.dat\"",
            0, 0,
            "The Public Suffix List, text form; a warning is logged when it is over 180 days old."},
    Setting{"server.listen", text, "\"127.0.0.1:8443\"", 0, 0,
            "Address and port of the service, [address]:port for IPv6."},
    Setting{"server.workers", integer, "0", 0, 64,
            "Worker threads, each with a resolver of its own; 0: one per core, at most 4."},
    Setting{"server.certificate", text, "", 0, 0, "PEM file of the service's certificate chain."},
    Setting{"server.key", text, "", 0, 0, "PEM file of its private key."},
    Setting{"server.client_ca", text, "", 0, 0,
            "PEM file of the CA whose client certificates are accepted; empty: tokens only."},
    Setting{"server.plain_http", boolean, "false", 0, 0,
            "Serve without TLS: only on loopback addresses, behind a proxy of your own."},
    Setting{"server.drain_ms", integer, "20000", 0, 120'000,
            "Milliseconds that requests under way get to finish after SIGTERM."},
    Setting{"server.requests_in_flight_max", integer, "512", 1, 100'000,
            "Requests under way per worker; more are answered 503 with Retry-After."},
    Setting{"server.connections_per_address_max", integer, "256", 1, 100'000,
            "Connections per worker from one address (IPv6: one /64), those with a verified client "
            "certificate aside; more are closed. Raise it behind a proxy: all come from there."},
    Setting{"server.metrics_public", boolean, "false", 0, 0,
            "Coordinator: answer GET /metrics and GET /configz, which name every perspective, to "
            "anybody who reaches the listener; otherwise to API clients only."},
    Setting{"clients.file", text, "", 0, 0,
            "File of the API clients, written by `parallax token`."},
    Setting{"evidence.database", text, "", 0, 0, "SQLite file of the evidence."},
    Setting{"evidence.queue_max", integer, "10000", 10, 1'000'000,
            "Records waiting to be committed; more orders are answered 503."},
    Setting{
        "evidence.wait_timeout_ms", integer, "10000", 100, 60'000,
        "Milliseconds that an order waits for its record to be durable, or for an earlier answer "
        "to be read; then it is answered 503, and new orders too until the write has ended."},
    Setting{"evidence.log_origin", text, "", 0, 0,
            "Name of the evidence log, on its checkpoints for ever: a URL without scheme, such as "
            "ca.example/parallax. Required of a coordinator."},
    Setting{"evidence.log_key", text, "", 0, 0,
            "PEM file of the Ed25519 key that signs the log's checkpoints. Required of a "
            "coordinator."},
    Setting{"evidence.log_public", boolean, "true", 0, 0,
            "Answer GET /log/... to anybody who reaches the listener; otherwise to API clients "
            "only. Leaves hold commitments and times, no names."},
    Setting{"permit.signing_key", text, "", 0, 0,
            "PEM file of the Ed25519 key that signs permits; empty: none are made."},
    Setting{"permit.previous_keys", texts, "[]", 0, 0,
            "Public keys, base64 of 32 octets, of permits that may not have expired yet: published "
            "beside the key in use while keys change."},
    Setting{"selection.secret", text, "", 0, 0,
            "File with the secret that picks remotes when a caller asks for fewer than all; "
            "empty: a fresh one at every start."},
    Setting{"peer.certificate", text, "", 0, 0,
            "PEM file of this process's certificate towards the others (coordinator: client, "
            "perspective: server)."},
    Setting{"peer.key", text, "", 0, 0, "PEM file of its private key."},
    Setting{"peer.ca", text, "", 0, 0, "PEM file of the private CA that both sides verify by."},
    Setting{"peer.coordinator_names", texts, "[\"coordinator\"]", 0, 0,
            "Perspectives: dNSNames in the certificate of whoever may ask."},
    Setting{"peer.requests_in_flight_max", integer, "256", 1, 10'000,
            "Coordinator: requests under way per remote and worker; the excess counts as "
            "unreachable at once."},
    Setting{"perspective.code", text, "", 0, 0,
            "This perspective's code, [a-z0-9-]: the remote's own, or the Primary's."},
    Setting{"perspective.signing_key", text, "", 0, 0,
            "PEM file of the Ed25519 key that signs observations."},
    Setting{"primary.code", text, "", 0, 0, "Code of the Primary Network Perspective."},
    Setting{"primary.signing_key", text, "", 0, 0,
            "PEM file of the Ed25519 key that signs the Primary's observations."},
    Setting{"primary.rir", text, "", 0, 0,
            "Registry of its service region: ARIN, RIPE NCC, APNIC, LACNIC or AFRINIC."},
    Setting{"primary.location", text, "", 0, 0,
            "\"latitude, longitude\" in degrees of where its traffic meets the network."},
    Setting{"primary.resolver_rir", text, "", 0, 0, "As rir, of its resolver; default: rir."},
    Setting{"primary.resolver_location", text, "", 0, 0,
            "As location, of its resolver; default: location."},
    Setting{"primary.provider", text, "\"\"", 0, 0, "Who hosts it."},
    Setting{"primary.bgp_mitigation", text, "\"\"", 0, 0,
            "How its networks mitigate BGP incidents."},
    Setting{"remotes", tables, "", 0, 0, "One [[remotes]] table per remote Network Perspective."},
    Setting{"remotes[].code", text, "", 0, 0, "The remote's code; its certificate carries it."},
    Setting{"remotes[].url", text, "", 0, 0, "https://host:port of its service."},
    Setting{"remotes[].public_key", text, "", 0, 0,
            "Its Ed25519 public key, base64 of 32 octets (`parallax pki init` prints it)."},
    Setting{"remotes[].rir", text, "", 0, 0, "As primary.rir."},
    Setting{"remotes[].location", text, "", 0, 0, "As primary.location."},
    Setting{"remotes[].resolver_rir", text, "", 0, 0, "As primary.resolver_rir."},
    Setting{"remotes[].resolver_location", text, "", 0, 0, "As primary.resolver_location."},
    Setting{"remotes[].provider", text, "\"\"", 0, 0, "Who hosts it."},
    Setting{"remotes[].bgp_mitigation", text, "\"\"", 0, 0,
            "How its networks mitigate BGP incidents (TLS BR 3.2.2.9)."},
    Setting{"remotes[].validates", boolean, "true", 0, 0,
            "Whether this remote validates DNSSEC (its own dns.validate). One declared to "
            "validate that does not never corroborates."},
    Setting{"remotes[].outgoing_interfaces", texts, "[]", 0, 0,
            "all-in-one only: addresses that this remote asks from."},
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view kind_name(SettingKind kind) {
  switch (kind) {
    case text: return "text";
    case texts: return "list of texts";
    case integer: return "whole number";
    case number: return "number";
    case boolean: return "true or false";
    case tables: return "list of tables";
  }
  return "text";
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  const auto it = std::find_if(kSettings.begin(), kSettings.end(),
                               [key](const Setting& setting) { return setting.key == key; });
  return it == kSettings.end() ? nullptr : &*it;
}

std::string_view nearest_setting(std::string_view key) {
  constexpr std::size_t kKeySizeMax = 80;
  if (key.size() > kKeySizeMax) return {};
  std::string_view nearest;
  std::size_t least = 1 + key.size() / 3;  // farther away is no suggestion
  for (const Setting& setting : kSettings) {
    const std::size_t distance = edit_distance(key, setting.key);
    if (distance < least) {
      least = distance;
      nearest = setting.key;
    }
  }
  return nearest;
}

std::string settings_markdown() {
  std::string out =
      "# Configuration\n\n"
      "One TOML file per process. An unknown key is an error. Files named here hold the secrets; "
      "none stands in the configuration itself. This page is what `parallax config settings` "
      "prints.\n";
  std::string_view section;
  for (const Setting& setting : kSettings) {
    const auto head = setting.key.substr(0, setting.key.find_first_of(".["));
    if (head != section) {
      section = head;
      out += fmt::format(
          "\n## {}\n\n| key | kind | default | range | what it does |\n"
          "|---|---|---|---|---|\n",
          section);
    }
    const std::string range =
        setting.high > 0 ? fmt::format("{} to {}", setting.low, setting.high) : "";
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", setting.key, kind_name(setting.kind),
                       setting.fallback.empty() ? "" : fmt::format("`{}`", setting.fallback), range,
                       setting.text);
  }
  return out;
}

}  // namespace parallax::cli
