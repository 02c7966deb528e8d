// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/http_document.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "caa/ascii.h"
#include "dcv/methods/connection.h"
#include "dcv/methods/question.h"
#include "dcv/seen.h"

namespace parallax::dcv {
namespace {

using dns::Verdict;

constexpr std::array<std::string_view, 7> kHeadersAllowed{
    "accept-language", "cache-control",   "from", "pragma", "x-request-id",
    "traceparent",     "x-correlation-id"};

// Octets kept in front of the expected value, where answers show it early, and behind it.
constexpr std::size_t kBeforeValue = 128;
constexpr std::size_t kBehindValue = 896;
static_assert(kChallengeSizeMax + kBeforeValue + kBehindValue <= kSeenBodyMax);

bool is_path_character(char c) {
  return caa::is_alphanumeric(c) ||
         std::string_view("-._~!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

Status check_path(const std::string& path, std::string_view prefix, std::string_view rule) {
  const auto bad = [&](ErrorCode code, std::string message) {
    return refuse(code, std::move(message), "challenge.path", rule);
  };
  if (path.size() > kPathSizeMax)
    return bad(ErrorCode::malformed,
               fmt::format("the path has {} octets; {} is the most", path.size(), kPathSizeMax));
  if (!path.starts_with(prefix))
    return bad(ErrorCode::forbidden,
               fmt::format("the path must lie under {}; {} does not", prefix, quoted(path)));
  std::string_view rest = std::string_view(path).substr(prefix.size());
  while (true) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    if (segment == "." || segment == "..")
      return bad(ErrorCode::forbidden,
                 fmt::format("the path {} leaves its folder by {}", quoted(path), quoted(segment)));
    if (segment.empty())
      return bad(ErrorCode::malformed,
                 fmt::format("the path {} names no file under {}", quoted(path), prefix));
    if (!std::all_of(segment.begin(), segment.end(), is_path_character))
      return bad(ErrorCode::malformed,
                 fmt::format("the path {} holds an octet other than a letter, a digit or one of "
                             "-._~!$&'()*+,;=:@",
                             quoted(path)));
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), caa::to_lower);
  return out;
}

Status check_headers(const HttpValue& value, std::string_view rule) {
  const auto bad = [&](ErrorCode code, std::string message) {
    return refuse(code, std::move(message), "challenge.headers", rule);
  };
  if (value.headers.size() > kHeadersMax)
    return bad(ErrorCode::malformed, fmt::format("{} headers were given; {} are the most",
                                                 value.headers.size(), kHeadersMax));
  std::vector<std::string> seen;
  for (const auto& [name, text] : value.headers) {
    const bool valid =
        !text.empty() && text.size() <= kHeaderSizeMax && is_visible(text.front()) &&
        is_visible(text.back()) &&
        std::all_of(text.begin(), text.end(), [](char c) { return is_visible(c) || c == ' '; });
    if (!valid)
      return bad(ErrorCode::malformed,
                 fmt::format("the value of the header {} is not 1 to {} visible ASCII characters",
                             quoted(name), kHeaderSizeMax));
    if (!is_allowed_header(lower(name)))
      return bad(ErrorCode::forbidden, fmt::format("the header {} may not be set; these may: {}",
                                                   quoted(name), fmt::join(kHeadersAllowed, ", ")));
    if (std::find(seen.begin(), seen.end(), lower(name)) != seen.end())
      return bad(ErrorCode::malformed, fmt::format("the header {} stands twice", quoted(name)));
    seen.push_back(lower(name));
  }
  return {};
}

SeenHop seen_hop(const net::GuardedHop& hop) {
  return SeenHop{.url = printable(net::text_of(hop.url), kSeenTextMax / 4),
                 .address = hop.address ? hop.address->text() : std::string(),
                 .status = hop.status,
                 .location = hop.location.substr(0, kSeenTextMax)};
}

// Cuts the body down to what judging needs: the expected value, which is everything to a document
// that may hold more, and what stands around it for people; or the beginning. A document that is
// judged as a whole is kept as a whole, up to the bound.
void keep_excerpt(SeenHttp& http, const HttpValue& value) {
  const std::size_t size = http.body.size();
  const std::size_t most =
      value.pattern ? kSeenBodyMax
                    : std::min(value.value.size() + kBeforeValue + kBehindValue, kSeenBodyMax);
  if (size <= most) return;
  const auto found = value.value.empty() ? std::string::npos : http.body.find(value.value);
  http.body_before = found == std::string::npos ? 0 : found - std::min(found, kBeforeValue);
  http.body = http.body.substr(http.body_before, most);
  http.body_after = size - http.body_before - http.body.size();
}

bool is_followed(unsigned status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

// One trail while it is judged.
struct Trail {
  const ControlObservation& seen;
  std::string_view sought;
  std::optional<Verdict> weakest{};

  [[nodiscard]] ControlDetermination nothing(std::string_view why) const {
    return undetermined(
        ControlReason::lookup_failed,
        fmt::format("{}, but {}, so what was reported proves nothing.", sought, why),
        Verdict::indeterminate);
  }

  // From hop `i - 1` to hop `i`.
  [[nodiscard]] std::optional<ControlDetermination> judge_step(const net::GuardedUrl& from,
                                                               const SeenHop& hop,
                                                               const net::GuardedUrl& to) const {
    if (hop.failure != net::GuardedFailure::none || !is_followed(hop.status))
      return nothing("the trail goes on behind an answer that is no redirect");
    const auto target = net::resolve_location(hop.location, from);
    if (!target || !(*target == to)) return nothing("the trail goes on where no redirect leads");
    return std::nullopt;
  }

  [[nodiscard]] std::optional<ControlDetermination> judge_status(const SeenHop& last) const {
    if (last.status >= 200 && last.status < 300) return std::nullopt;
    if (last.status < 100) return nothing("no status stands beside the answer");
    const bool missing = last.status == 404 || last.status == 410;
    return not_shown(
        missing ? ControlReason::challenge_missing : ControlReason::http_status,
        fmt::format("{}, but {} answered with status {}. Serve the file there with status 200.",
                    sought, printable(last.url, kQuotedSizeMax), last.status),
        weakest.value_or(Verdict::indeterminate));
  }
};

}  // namespace

bool is_allowed_header(std::string_view name) {
  return std::find(kHeadersAllowed.begin(), kHeadersAllowed.end(), name) != kHeadersAllowed.end();
}

Status check_request(const HttpValue& value, std::string_view prefix, std::string_view rule) {
  if (auto path = check_path(value.path, prefix, rule); !path) return path;
  return check_headers(value, rule);
}

net::GuardedUrl url_of(const HttpValue& value, const Target& host) {
  const bool https = value.scheme == Scheme::https;
  return net::GuardedUrl{.https = https,
                         .host = host,
                         .port = static_cast<std::uint16_t>(https ? 443 : 80),
                         .target = value.path};
}

Task<void> fetch_document(const HttpValue* value, Target host, Instruments instruments,
                          Deadline deadline, ControlObservation* seen) {
  net::GuardedUrl url = url_of(*value, host);
  net::GuardedTrail trail =
      co_await instruments.client->get(std::move(url), value->headers, deadline);
  add_address_lookups(trail.lookups, seen);
  SeenHttp http{.hops = {}};
  for (const auto& hop : trail.hops) {
    if (http.hops.size() == kSeenHopsMax) break;
    http.hops.push_back(seen_hop(hop));
  }
  if (!http.hops.empty()) {
    http.hops.back().failure = trail.failure;
    http.hops.back().message = printable(trail.message, kSeenReasonMax);
  }
  http.body_truncated = trail.body_truncated || trail.body.size() > kSeenBodyReadMax;
  if (trail.body.size() > kSeenBodyReadMax) trail.body.resize(kSeenBodyReadMax);
  http.body_sha256 = sha256(trail.body);
  http.body = std::move(trail.body);
  keep_excerpt(http, *value);
  seen->http = std::move(http);
}

Document find_document(const ControlObservation& seen, const HttpValue& value, const Target& host,
                       std::string_view sought) {
  Trail trail{seen, sought};
  if (!seen.http || seen.http->hops.empty() || seen.http->hops.size() > kSeenHopsMax)
    return {trail.nothing("no HTTP exchange was reported")};
  const auto& hops = seen.http->hops;
  const net::GuardedUrl start = url_of(value, host);
  if (hops.front().url != net::text_of(start))
    return {trail.nothing("another document was asked for")};
  net::GuardedUrl at = start;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    if (i > 0) {
      auto to = net::resolve_location(hops[i].url, at);
      if (!to) return {trail.nothing("the trail leads where no request may go")};
      if (auto broken = trail.judge_step(at, hops[i - 1], *to)) return {std::move(broken)};
      at = std::move(*to);
    }
    if (i + 1 == hops.size() && hops[i].failure != net::GuardedFailure::none)
      return {judge_failure(seen, at.host, hops[i].failure, hops[i].message, sought)};
    if (auto wrong = judge_address(seen, at.host, hops[i].address, sought, &trail.weakest))
      return {std::move(wrong)};
  }
  if (auto status = trail.judge_status(hops.back())) return {std::move(status)};
  return {std::nullopt, &*seen.http, trail.weakest.value_or(Verdict::indeterminate)};
}

}  // namespace parallax::dcv
