// SPDX-License-Identifier: Apache-2.0
// URLs of the guarded client: RFC 3986, as strict as a hostile Location deserves.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_url.h"
#include "net/impl/text.h"

namespace parallax::net {
namespace {

constexpr std::array<std::uint16_t, 4> kAuthorizedPorts{80, 443, 25, 22};
constexpr std::size_t kQuotedBytesMax = 80;
constexpr std::size_t kPortDigitsMax = 5;

// RFC 3986 s3, by Appendix B; without the fragment.
struct Reference {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string quoted(std::string_view text) { return '"' + printable(text, kQuotedBytesMax) + '"'; }

std::uint16_t port_of_scheme(bool https) { return https ? 443 : 80; }

// RFC 3986 s3.1: a scheme ends at a colon that stands before any other delimiter.
std::optional<std::string_view> scheme_of(std::string_view text) {
  const std::size_t end = text.find_first_of(":/?");
  if (end == std::string_view::npos || text[end] != ':' || end == 0) return std::nullopt;
  const std::string_view scheme = text.substr(0, end);
  const bool valid =
      is_letter(scheme.front()) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
      });
  if (!valid) return std::nullopt;
  return scheme;
}

Reference split(std::string_view text) {
  Reference parts;
  text = text.substr(0, text.find('#'));
  parts.scheme = scheme_of(text);
  if (parts.scheme) text.remove_prefix(parts.scheme->size() + 1);
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    parts.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    parts.authority = text.substr(0, text.find('/'));
    text.remove_prefix(parts.authority->size());
  }
  parts.path = text;
  return parts;
}

// RFC 3986 s5.2.4, for a path that begins with "/".
std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, next);  // with the "/" in front
    path.remove_prefix(next);
    if (segment == "/..") out.resize(std::min(out.rfind('/'), out.size()));
    if (segment != "/." && segment != "/..") {
      out += segment;
    } else if (path.empty()) {
      out += '/';
    }
  }
  return out;
}

// Backslashes are refused too: some readers take them for slashes, and two readings of one URL are
// one too many.
Status check_octets(std::string_view location) {
  if (location.empty()) return fail(ErrorCode::malformed, "it is empty");
  if (location.size() > kLocationBytesMax)
    return fail(ErrorCode::malformed, fmt::format("it has {} octets; {} is the most",
                                                  location.size(), kLocationBytesMax));
  for (const char c : location) {
    if (c > 0x20 && c < 0x7F && c != '\\') continue;
    return fail(ErrorCode::malformed,
                fmt::format("it holds {}, which must be percent-encoded in a URL",
                            quoted(std::string_view(&c, 1))));
  }
  return {};
}

Result<bool> https_of(const Reference& reference, bool base_https) {
  if (!reference.scheme) return base_https;
  const bool https = impl::equals_ignoring_case(*reference.scheme, "https");
  if (!https && !impl::equals_ignoring_case(*reference.scheme, "http"))
    return fail(ErrorCode::unsupported,
                fmt::format("its scheme is {}; only http and https may be followed",
                            quoted(*reference.scheme)));
  if (!reference.authority)
    return fail(ErrorCode::malformed,
                fmt::format("it names no host: \"//\" is missing after {}:", *reference.scheme));
  return https;
}

Result<Host> parse_host(std::string_view text) {
  if (text.empty()) return fail(ErrorCode::malformed, "it names no host");
  if (text.front() == '[') {
    const auto address = names::IpAddress::parse(text.substr(1, text.size() - 2));
    if (!address || address->is_v4())
      return fail(ErrorCode::forbidden,
                  fmt::format("its host {} is not an IPv6 address", quoted(text)));
    return Host(*address);
  }
  if (const auto address = names::IpAddress::parse(text); address && address->is_v4())
    return Host(*address);
  auto name = names::DomainName::parse(text);
  if (!name)
    return fail(ErrorCode::forbidden, "its host is not a DNS name: " + name.error().message);
  return Host(std::move(*name));
}

Result<std::uint16_t> parse_port(std::string_view text, bool https) {
  if (text.empty()) return port_of_scheme(https);
  if (!std::all_of(text.begin(), text.end(), is_digit))
    return fail(ErrorCode::malformed, fmt::format("its port {} is not a number", quoted(text)));
  unsigned port = 0;
  for (const char c : text.substr(0, kPortDigitsMax))
    port = port * 10 + static_cast<unsigned>(c - '0');
  if (text.size() > kPortDigitsMax || port > UINT16_MAX ||
      !impl::is_authorized_port(static_cast<std::uint16_t>(port)))
    return fail(
        ErrorCode::forbidden,
        fmt::format("its port {} is not an Authorized Port: 80, 443, 25 or 22 (TLS BR 1.6.1)",
                    quoted(text)));
  return static_cast<std::uint16_t>(port);
}

// RFC 3986 s3.2.
Status set_authority(std::string_view authority, GuardedUrl& url) {
  if (authority.find('@') != std::string_view::npos)
    return fail(ErrorCode::forbidden, "it holds user information before an @");
  std::size_t host_end = authority.find(':');
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos)
      return fail(ErrorCode::malformed, "a closing bracket is missing after its host");
    host_end = bracket + 1;
  }
  host_end = std::min(host_end, authority.size());
  std::string_view port = authority.substr(host_end);
  if (!port.empty()) {
    if (port.front() != ':')
      return fail(ErrorCode::malformed, "something stands between its host and its port");
    port.remove_prefix(1);
  }
  auto host = parse_host(authority.substr(0, host_end));
  if (!host) return fail(host.error());
  const auto number = parse_port(port, url.https);
  if (!number) return fail(number.error());
  url.host = std::move(*host);
  url.port = *number;
  return {};
}

// RFC 3986 s5.2.2, s5.2.3.
std::string target_of(const Reference& reference, std::string_view base_target) {
  const std::size_t mark = std::min(base_target.find('?'), base_target.size());
  const std::string_view base_path = base_target.substr(0, mark);
  std::string target;
  if (reference.authority || reference.path.starts_with('/')) {
    target = without_dot_segments(reference.path.empty() ? "/" : reference.path);
  } else if (reference.path.empty()) {
    target = base_path;
    if (!reference.query) target += base_target.substr(mark);
  } else {
    const std::string_view folder = base_path.substr(0, base_path.rfind('/') + 1);
    target = without_dot_segments(std::string(folder) + std::string(reference.path));
  }
  if (reference.query) target.append("?").append(*reference.query);
  return target;
}

}  // namespace

std::string_view to_string(GuardedFailure failure) {
  switch (failure) {
    case GuardedFailure::none: return "none";
    case GuardedFailure::lookup_failed: return "lookup-failed";
    case GuardedFailure::bogus: return "bogus";
    case GuardedFailure::address_refused: return "address-refused";
    case GuardedFailure::connection_failed: return "connection-failed";
    case GuardedFailure::timed_out: return "timed-out";
    case GuardedFailure::redirect_refused: return "redirect-refused";
    case GuardedFailure::protocol_error: return "protocol-error";
  }
  return "unknown";
}

std::string text_of(const GuardedUrl& url) {
  return fmt::format("{}://{}{}", url.https ? "https" : "http", impl::host_header(url), url.target);
}

Result<GuardedUrl> resolve_location(std::string_view location, const GuardedUrl& base) {
  if (auto good = check_octets(location); !good) return fail(good.error());
  const Reference reference = split(location);
  const auto https = https_of(reference, base.https);
  if (!https) return fail(https.error());
  GuardedUrl url = base;
  url.https = *https;
  if (reference.authority) {
    if (auto set = set_authority(*reference.authority, url); !set) return fail(set.error());
  }
  url.target = target_of(reference, base.target);
  if (url.target.size() > kLocationBytesMax)
    return fail(ErrorCode::malformed,
                fmt::format("the path it leads to has more than {} octets", kLocationBytesMax));
  return url;
}

namespace impl {

bool is_authorized_port(std::uint16_t port) {
  return std::find(kAuthorizedPorts.begin(), kAuthorizedPorts.end(), port) !=
         kAuthorizedPorts.end();
}

std::string host_text(const Host& host) {
  if (const auto* address = std::get_if<names::IpAddress>(&host)) return address->text();
  return std::get<names::DomainName>(host).text();
}

std::string host_header(const GuardedUrl& url) {
  const auto* address = std::get_if<names::IpAddress>(&url.host);
  std::string text = host_text(url.host);
  if (address != nullptr && !address->is_v4()) text = '[' + text + ']';
  if (url.port != port_of_scheme(url.https)) text += fmt::format(":{}", url.port);
  return text;
}

}  // namespace impl
}  // namespace parallax::net
