// SPDX-License-Identifier: Apache-2.0
// What a Location may lead to, and how URLs are written.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "net/guarded_client.h"
#include "net/impl/guarded_url.h"

namespace parallax::net {
namespace {

using testing::HasSubstr;

GuardedUrl url(const char* text) {
  static const GuardedUrl kAny{
      .host = names::DomainName::parse("any.example").value(), .port = 80, .target = "/"};
  return resolve_location(text, kAny).value();
}

struct Good {
  const char* name;
  const char* location;
  const char* expected;
  const char* base = "http://a.example/dir/page?q=1";
};

constexpr Good kGood[] = {
    {"absolute", "http://b.example/x", "http://b.example/x"},
    {"to_https", "https://b.example/x", "https://b.example/x"},
    {"scheme_in_capitals", "HTTPS://b.example/x", "https://b.example/x"},
    {"host_in_capitals", "http://B.Example/X", "http://b.example/X"},
    {"host_with_root_dot", "http://b.example./", "http://b.example/"},
    {"no_path", "http://b.example", "http://b.example/"},
    {"no_path_but_query", "http://b.example?x=1", "http://b.example/?x=1"},
    {"slash_in_query", "http://b.example/?u=http://c.example/",
     "http://b.example/?u=http://c.example/"},
    {"at_in_path", "http://b.example/@me", "http://b.example/@me"},
    {"at_in_query", "http://b.example/?me@b", "http://b.example/?me@b"},
    {"at_after_no_path", "http://b.example?me@b", "http://b.example/?me@b"},
    {"scheme_relative", "//b.example/x", "http://b.example/x"},
    {"scheme_relative_https", "//b.example/x", "https://b.example/x", "https://a.example/"},
    {"scheme_relative_forgets_port", "//b.example/x", "https://b.example/x",
     "https://a.example:22/"},
    {"absolute_path", "/x/y", "http://a.example/x/y"},
    {"absolute_path_keeps_port", "/x", "https://a.example:25/x", "https://a.example:25/"},
    {"relative_path", "x", "http://a.example/dir/x"},
    {"relative_path_with_colon_later", "x/y:z", "http://a.example/dir/x/y:z"},
    {"relative_path_from_root", "x", "http://a.example/x", "http://a.example"},
    {"query_only", "?x=2", "http://a.example/dir/page?x=2"},
    {"empty_query", "?", "http://a.example/dir/page?"},
    {"fragment_only", "#top", "http://a.example/dir/page?q=1"},
    {"fragment_dropped", "/x#top", "http://a.example/x"},
    {"fragment_with_query_mark", "/x#top?y", "http://a.example/x"},
    {"fragment_with_at", "http://b.example#@c.example/", "http://b.example/"},
    {"dot", "./x", "http://a.example/dir/x"},
    {"dots", "../x", "http://a.example/x"},
    {"dots_beyond_root", "../../../x", "http://a.example/x"},
    {"dots_inside", "/a/b/../c/./d", "http://a.example/a/c/d"},
    {"dots_at_end", "/a/b/..", "http://a.example/a/"},
    {"dot_at_end", "/a/b/.", "http://a.example/a/b/"},
    {"dots_absolute", "http://b.example/../../x", "http://b.example/x"},
    {"dots_in_query_stay", "/a?b/../c", "http://a.example/a?b/../c"},
    {"three_dots_are_a_name", "/.../x", "http://a.example/.../x"},
    {"double_slash_in_path", "/x//y", "http://a.example/x//y"},
    {"dot_then_double_slash", "/.//b.example/x", "http://a.example//b.example/x"},
    {"percent_stays", "/%2e%2e/%41", "http://a.example/%2e%2e/%41"},
    {"marks_stay", "/x;v=1,2(a)'!*[b]|^`{}", "http://a.example/x;v=1,2(a)'!*[b]|^`{}"},
    {"port_80", "http://b.example:80/", "http://b.example/"},
    {"port_443_of_https", "https://b.example:443/", "https://b.example/"},
    {"port_443_of_http", "http://b.example:443/", "http://b.example:443/"},
    {"port_80_of_https", "https://b.example:80/", "https://b.example:80/"},
    {"port_25", "http://b.example:25/", "http://b.example:25/"},
    {"port_22", "http://b.example:22/", "http://b.example:22/"},
    {"port_with_zeros", "http://b.example:00080/", "http://b.example/"},
    {"port_empty", "http://b.example:/", "http://b.example/"},
    {"ipv4", "http://192.0.2.1/x", "http://192.0.2.1/x"},
    {"ipv4_with_port", "http://192.0.2.1:443/x", "http://192.0.2.1:443/x"},
    {"ipv6", "http://[2001:DB8::1]/x", "http://[2001:db8::1]/x"},
    {"ipv6_with_port", "https://[2001:db8::1]:22/x", "https://[2001:db8::1]:22/x"},
    {"a_label", "http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"},
};

TEST(GuardedUrl, LeadsTo) {
  for (const Good& c : kGood) {
    SCOPED_TRACE(c.name);
    const auto found = resolve_location(c.location, url(c.base));
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(text_of(*found), c.expected);
    EXPECT_EQ(url(c.expected), *found);
  }
}

struct Bad {
  const char* name;
  std::string location;
  ErrorCode code;
  const char* said;
};

std::vector<Bad> bad_hosts() {
  const auto forbidden = ErrorCode::forbidden;
  const auto malformed = ErrorCode::malformed;
  return {
      {"user", "http://u@b.example/", forbidden, "user information"},
      {"user_and_password", "http://u:p@b.example/", forbidden, "user information"},
      {"user_that_looks_like_host", "http://a.example:80@b.example/", forbidden,
       "user information"},
      {"empty_user", "http://@b.example/", forbidden, "user information"},
      {"no_host", "http:///x", malformed, "no host"},
      {"no_host_but_port", "http://:80/x", malformed, "no host"},
      {"underscore", "http://b_b.example/", forbidden, "not a DNS name"},
      {"wildcard", "http://*.example/", forbidden, "not a DNS name"},
      {"percent_in_host", "http://b%2eexample/", forbidden, "not a DNS name"},
      {"empty_label", "http://b..example/", forbidden, "not a DNS name"},
      {"long_label", "http://" + std::string(64, 'b') + ".example/", forbidden, "not a DNS name"},
      {"ipv4_short", "http://127.1/", forbidden, "not a DNS name"},
      {"ipv4_decimal", "http://2130706433/", forbidden, "not a DNS name"},
      {"ipv4_hexadecimal", "http://0x7f000001/", forbidden, "not a DNS name"},
      {"ipv4_octal", "http://0177.0.0.1/", forbidden, "not a DNS name"},
      {"ipv4_with_root_dot", "http://127.0.0.1./", forbidden, "not a DNS name"},
      {"ipv6_bare", "http://2001:db8::1/", forbidden, "not a DNS name"},
      {"ipv6_open", "http://[2001:db8::1/", malformed, "closing bracket"},
      {"ipv6_empty", "http://[]/", forbidden, "not an IPv6 address"},
      {"ipv6_zone", "http://[fe80::1%25eth0]/", forbidden, "not an IPv6 address"},
      {"ipv6_with_tail", "http://[::1]x/", malformed, "between its host and its port"},
      {"ipv4_in_brackets", "http://[192.0.2.1]/", forbidden, "not an IPv6 address"},
      {"ip_future", "http://[v1.x]/", forbidden, "not an IPv6 address"},
  };
}

std::vector<Bad> bad_texts() {
  const auto forbidden = ErrorCode::forbidden;
  const auto malformed = ErrorCode::malformed;
  const auto unsupported = ErrorCode::unsupported;
  return {
      {"empty", "", malformed, "empty"},
      {"overlong", "/" + std::string(kLocationBytesMax, 'x'), malformed, "is the most"},
      {"line_break", "/x\r\nSet-Cookie: a", malformed, "\\x0d"},
      {"line_feed", "/x\n", malformed, "\\x0a"},
      {"nul", std::string("/x\0y", 4), malformed, "\\x00"},
      {"tab", "/x\ty", malformed, "percent-encoded"},
      {"space", "/x y", malformed, "percent-encoded"},
      {"not_ascii",
       "/b\xC3\xBC"
       "cher",
       malformed, "\\xc3"},
      {"host_not_ascii",
       "http://b\xC3\xBC"
       "cher.example/",
       malformed, "\\xc3"},
      {"backslash", "http:\\\\b.example/", malformed, "percent-encoded"},
      {"backslash_before_at", "http://b.example\\@c.example/", malformed, "percent-encoded"},
      {"delete", "/\x7f", malformed, "\\x7f"},
      {"ftp", "ftp://b.example/", unsupported, "\"ftp\""},
      {"file", "file:///etc/passwd", unsupported, "\"file\""},
      {"javascript", "javascript:alert(1)", unsupported, "\"javascript\""},
      {"gopher", "gopher://b.example:80/_x", unsupported, "\"gopher\""},
      {"host_and_port_alone", "b.example:80/x", unsupported, "\"b.example\""},
      {"scheme_without_host", "http:x", malformed, "names no host"},
      {"scheme_and_path", "https:/x", malformed, "names no host"},
      {"port_8080", "http://b.example:8080/", forbidden, "Authorized Port"},
      {"port_0", "http://b.example:0/", forbidden, "Authorized Port"},
      {"port_65616", "http://b.example:65616/", forbidden, "Authorized Port"},
      {"port_long", "http://b.example:" + std::string(40, '8') + "/", forbidden, "Authorized Port"},
      {"port_of_6379", "http://192.0.2.1:6379/", forbidden, "Authorized Port"},
      {"ipv6_bare_letters", "http://fe80::1/", malformed, "not a number"},
      {"port_signed", "http://b.example:+80/", malformed, "not a number"},
      {"port_letters", "http://b.example:http/", malformed, "not a number"},
  };
}

TEST(GuardedUrl, Refuses) {
  auto all = bad_hosts();
  for (Bad& c : bad_texts()) all.push_back(std::move(c));
  for (const Bad& c : all) {
    SCOPED_TRACE(c.name);
    const auto found = resolve_location(c.location, url("http://a.example/dir/page"));
    ASSERT_FALSE(found) << text_of(*found);
    EXPECT_EQ(found.error().code, c.code) << describe(found.error());
    EXPECT_THAT(found.error().message, HasSubstr(c.said));
  }
}

TEST(GuardedUrl, RefusesATargetThatGrewTooLong) {
  GuardedUrl base = url("http://a.example/");
  base.target = "/" + std::string(kLocationBytesMax - 1, 'x') + "/";
  EXPECT_FALSE(resolve_location("y", base));
  EXPECT_TRUE(resolve_location("/y", base));
}

TEST(GuardedUrl, HostHeader) {
  const std::pair<const char*, const char*> cases[] = {
      {"http://a.example/x", "a.example"},
      {"https://a.example/x", "a.example"},
      {"https://a.example:80/x", "a.example:80"},
      {"http://a.example:443/", "a.example:443"},
      {"http://192.0.2.1/", "192.0.2.1"},
      {"http://[2001:db8::1]/", "[2001:db8::1]"},
      {"https://[2001:db8::1]:22/", "[2001:db8::1]:22"},
  };
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(impl::host_header(url(text)), expected);
  }
}

TEST(GuardedUrl, AuthorizedPorts) {
  unsigned authorized = 0;
  for (unsigned port = 0; port <= UINT16_MAX; ++port)
    authorized += impl::is_authorized_port(static_cast<std::uint16_t>(port)) ? 1 : 0;
  EXPECT_EQ(authorized, 4u);
  for (const int port : {80, 443, 25, 22})
    EXPECT_TRUE(impl::is_authorized_port(static_cast<std::uint16_t>(port)));
}

TEST(GuardedUrl, FailuresHaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(GuardedFailure::protocol_error); ++i)
    names.insert(to_string(static_cast<GuardedFailure>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(GuardedFailure::protocol_error) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

// What is written reads back as the same URL, whatever it was reached by.
RC_GTEST_PROP(GuardedUrl, TextReadsBack, ()) {
  const auto location = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("/.?#:@[]ab-%20http://b.example..//")));
  const auto found = resolve_location(location, url("https://a.example:22/x/y?z"));
  if (!found) return;
  const auto again = resolve_location(text_of(*found), url("http://c.example/"));
  RC_ASSERT(again.has_value() && *again == *found);
}

}  // namespace
}  // namespace parallax::net
