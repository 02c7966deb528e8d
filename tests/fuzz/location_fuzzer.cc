// SPDX-License-Identifier: Apache-2.0
// Resolves a hostile Location against a few bases. Invariant: what is accepted goes to http or
// https on an Authorized Port of a name or address, is safe to write into a request line, has no
// dot segment left, and its text reads back as the same URL.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "net/guarded_client.h"
#include "net/impl/guarded_url.h"

namespace {

using namespace parallax::net;

void require(bool holds) {
  if (!holds) std::abort();
}

GuardedUrl base(unsigned choice) {
  GuardedUrl url{
      .host = parallax::names::DomainName::parse("a.example").value(), .port = 80, .target = "/"};
  constexpr const char* kTargets[] = {"/", "/dir/page?q=1", "/a//b/../c", "/x?y/../z?"};
  url.target = kTargets[choice % 4];
  url.https = choice / 4 % 2 == 1;
  url.port = url.https ? 443 : 25;
  if (choice / 8 % 2 == 1) url.host = parallax::names::IpAddress::parse("2001:db8::1").value();
  return url;
}

void check_target(std::string_view target) {
  require(target.starts_with('/') && target.size() <= kLocationBytesMax);
  for (const char c : target) require(c > 0x20 && c < 0x7F && c != '#' && c != '\\');
}

bool has_dot_segment(std::string_view path) {
  const std::string closed = std::string(path) + '/';
  return closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const GuardedUrl from = base(data[0]);
  const std::string_view location(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto found = resolve_location(location, from);
  if (!found) {
    require(!found.error().message.empty() && parallax::is_utf8(found.error().message));
    return 0;
  }
  require(impl::is_authorized_port(found->port));
  check_target(found->target);
  const bool own_path =
      location.front() == '?' || location.front() == '#';  // the base's, as it was
  if (!own_path) require(!has_dot_segment(found->target.substr(0, found->target.find('?'))));
  const std::string host = impl::host_header(*found);
  require(!host.empty() && host.find_first_of("@/\\ \r\n") == std::string::npos);
  const std::string text = text_of(*found);
  if (text.size() > kLocationBytesMax || own_path) return 0;
  const auto again = resolve_location(text, from);
  require(again.has_value() && *again == *found);
  return 0;
}
