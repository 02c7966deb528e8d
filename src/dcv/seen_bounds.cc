// SPDX-License-Identifier: Apache-2.0
#include "dcv/seen_bounds.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "dcv/assess.h"

namespace parallax::dcv {
namespace {

// Octets of the members and punctuation around what is counted, as they stand in a record.
constexpr std::size_t kObservationCost = 110;
constexpr std::size_t kLookupCost = 210;
constexpr std::size_t kLeftOutCost = 80;  // the counts, where a lookup has any
constexpr std::size_t kHopCost = 120;
constexpr std::size_t kHttpCost = 200;
constexpr std::size_t kTlsCost = 160;
constexpr std::size_t kElementCost = 6;  // of a text in a list: quotes, a comma and their escapes
// Of an octet that an answer writes as \DDD or \xNN, the backslash escaped.
constexpr std::size_t kEscapedOctetCost = 5;
constexpr std::size_t kBodyShownMax = 512;  // octets of a body in an answer

constexpr std::size_t kShortTextMax = 160;     // of a reason or message in a large observation
constexpr std::size_t kFailedLookupsKept = 8;  // of an observation that is too large
constexpr std::size_t kFailedUrlMax = 512;     // likewise

// A text in the JSON of a statement, which is a text in the JSON of a record.
std::size_t text_cost(std::string_view text) {
  std::size_t cost = 0;
  for (const char c : text) {
    if (c == '"' || c == '\\')
      cost += 4;
    else
      cost += static_cast<unsigned char>(c) < 0x20 ? 7 : 1;
  }
  return cost;
}

std::size_t base64_cost(std::size_t octets) { return (octets + 2) / 3 * 4; }

std::size_t shown_cost(std::string_view octets) {
  std::size_t cost = 0;
  for (const char c : octets)
    cost += c >= 0x20 && c < 0x7f && c != '"' && c != '\\' ? 1 : kEscapedOctetCost;
  return cost;
}

std::size_t records_cost(const SeenLookup& lookup) {
  std::size_t cost = 0;
  for (const auto& rdata : lookup.rdata)
    cost += kElementCost + std::max(base64_cost(rdata.size()), shown_cost(rdata));
  return cost;
}

std::size_t lookup_cost(const SeenLookup& lookup) {
  std::size_t cost = kLookupCost + text_cost(lookup.purpose) + text_cost(lookup.name) +
                     text_cost(lookup.reason) + records_cost(lookup);
  for (const auto& alias : lookup.alias_chain) cost += kElementCost + text_cost(alias);
  if (lookup.records_left_out + lookup.aliases_left_out + lookup.packet_left_out > 0)
    cost += kLeftOutCost;
  return cost;
}

std::size_t http_cost(const SeenHttp& http) {
  const auto shown = shown_cost(std::string_view(http.body).substr(0, kBodyShownMax));
  std::size_t cost = kHttpCost + std::max(base64_cost(http.body.size()), shown);
  for (const auto& hop : http.hops)
    cost += kHopCost + text_cost(hop.url) + text_cost(hop.address) + text_cost(hop.location) +
            text_cost(hop.message);
  return cost;
}

std::size_t tls_cost(const SeenTls& tls) {
  return kTlsCost + text_cost(tls.address) + text_cost(tls.server_name) + text_cost(tls.protocol) +
         text_cost(tls.alpn) + base64_cost(tls.certificate.size()) + text_cost(tls.message);
}

void bound_packets(ControlObservation& seen) {
  std::size_t left = kSeenPacketsMax;
  for (auto& lookup : seen.lookups) {
    if (lookup.packet.size() <= left) {
      left -= lookup.packet.size();
    } else {
      lookup.packet_left_out = lookup.packet.size();
      lookup.packet.clear();
    }
  }
}

// Sentences are for people, and of the aliases in a row only the last is judged.
void shorten_texts(ControlObservation& seen) {
  for (auto& lookup : seen.lookups) {
    lookup.reason.resize(std::min(lookup.reason.size(), kShortTextMax));
    auto& chain = lookup.alias_chain;
    if (chain.size() < 2) continue;
    lookup.aliases_left_out += chain.size() - 1;
    chain.erase(chain.begin(), chain.end() - 1);
  }
  if (seen.http)
    for (auto& hop : seen.http->hops)
      hop.message.resize(std::min(hop.message.size(), kShortTextMax));
  if (seen.tls) seen.tls->message.resize(std::min(seen.tls->message.size(), kShortTextMax));
}

bool same_judgement(const ControlDetermination& a, const ControlDetermination& b) {
  return a.outcome == b.outcome && a.reason == b.reason && a.verdict == b.verdict &&
         a.challenge_information == b.challenge_information;
}

// Leaves out half of a set if the judgement stays what it was with the other half.
bool halve(ControlObservation& seen, std::size_t index, const ControlCheck& check, Instant at,
           const ControlDetermination& judgement) {
  SeenLookup& lookup = seen.lookups[index];
  const std::vector<std::string> all = std::move(lookup.rdata);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>((all.size() + 1) / 2);
  for (const bool first : {true, false}) {
    lookup.rdata = first ? std::vector(all.begin(), middle) : std::vector(middle, all.end());
    if (!same_judgement(assess(seen, check, at), judgement)) continue;
    lookup.records_left_out += all.size() - lookup.rdata.size();
    return true;
  }
  lookup.rdata = all;
  return false;
}

// Leaves records out, of the largest sets first, until the observation is small enough or nothing
// more can be spared.
void thin_out(ControlObservation& seen, const ControlCheck& check, Instant at) {
  const ControlDetermination judgement = assess(seen, check, at);
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < seen.lookups.size(); ++i)
    if (seen.lookups[i].rdata.size() > 1) open.push_back(i);
  while (!open.empty() && cost_of(seen) > kSeenCostMax) {
    const auto largest = std::max_element(open.begin(), open.end(), [&](auto a, auto b) {
      return records_cost(seen.lookups[a]) < records_cost(seen.lookups[b]);
    });
    if (!halve(seen, *largest, check, at, judgement) || seen.lookups[*largest].rdata.size() < 2)
      open.erase(largest);
  }
}

// What is put down in place of an observation that cannot be cut down: that it was too large. No
// answer is left in it, so it shows nothing.
ControlObservation too_large(ControlObservation seen, std::size_t cost) {
  const std::string why =
      fmt::format("what was seen takes {} octets of a record; {} is the most", cost, kSeenCostMax);
  ControlObservation out{.validating = seen.validating};
  for (auto& lookup : seen.lookups) {
    if (out.lookups.size() == kFailedLookupsKept) break;
    out.lookups.push_back({.purpose = lookup.purpose,
                           .name = lookup.name,
                           .type = lookup.type,
                           .status = dns::LookupStatus::failed,
                           .reason = why,
                           .records_left_out = lookup.rdata.size() + lookup.records_left_out});
  }
  if (seen.http && !seen.http->hops.empty()) {
    const SeenHop& first = seen.http->hops.front();
    out.http = SeenHttp{
        .hops = {{.url = first.url.substr(0, kFailedUrlMax),
                  .address = first.address,
                  .failure = seen.http->hops.size() > 1 ? net::GuardedFailure::redirect_refused
                                                        : net::GuardedFailure::protocol_error,
                  .message = why}}};
  }
  return out;
}

}  // namespace

std::size_t cost_of(const ControlObservation& seen) {
  std::size_t cost = kObservationCost;
  for (const auto& alias : seen.aliases) cost += kElementCost + text_cost(alias.text());
  for (const auto& lookup : seen.lookups) cost += lookup_cost(lookup);
  if (seen.http) cost += http_cost(*seen.http);
  if (seen.tls) cost += tls_cost(*seen.tls);
  if (seen.smtp_host) cost += text_cost(seen.smtp_host->text());
  return cost;
}

bool within_bounds(const ControlObservation& seen) {
  std::size_t packets = 0;
  for (const auto& lookup : seen.lookups) packets += lookup.packet.size();
  return packets <= kSeenPacketsMax && cost_of(seen) <= kSeenCostMax;
}

ControlObservation bounded(ControlObservation seen, const ControlCheck& check, Instant at) {
  bound_packets(seen);
  if (cost_of(seen) <= kSeenCostMax) return seen;
  shorten_texts(seen);
  if (cost_of(seen) > kSeenCostMax) thin_out(seen, check, at);
  const std::size_t cost = cost_of(seen);
  if (cost <= kSeenCostMax) return seen;
  return too_large(std::move(seen), cost);
}

}  // namespace parallax::dcv
