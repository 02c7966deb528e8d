// SPDX-License-Identifier: Apache-2.0
#include "net/impl/message_writer.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "net/impl/text.h"
#include "net/problem.h"

namespace parallax::net::impl {
namespace {

// RFC 9110 s5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

// RFC 9110 s5.5: no control characters but a tab.
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

bool is_target_part(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// The fields that say where a message ends are ours alone.
Status check_headers(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || !is_field_value(value))
      return fail(Error{ErrorCode::malformed, "a header cannot be written", {}}.with(
          "header", printable(name)));
    if (equals_ignoring_case(name, "content-length") ||
        equals_ignoring_case(name, "transfer-encoding") || equals_ignoring_case(name, "connection"))
      return fail(Error{ErrorCode::malformed, "a header is not the caller's to set", {}}.with(
          "header", name));
  }
  return {};
}

void write_headers(const HttpHeaders& headers, std::string& out) {
  for (const auto& [name, value] : headers)
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
}

}  // namespace

Status write_response(const HttpResponse& response, ResponseFraming framing, std::string& out) {
  if (response.status < 200 || response.status > 599 || !is_field_value(response.content_type))
    return fail(ErrorCode::malformed, "not a final status code, or a bad content type");
  if (auto good = check_headers(response.headers); !good) return good;
  const bool bodiless = response.status == 204 || response.status == 304;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 status_title(response.status), framing.date);
  if (!bodiless) {
    if (!response.content_type.empty())
      fmt::format_to(to, "Content-Type: {}\r\n", response.content_type);
    fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
  }
  if (framing.close) out += "Connection: close\r\n";
  write_headers(response.headers, out);
  out += "\r\n";
  if (!bodiless && !framing.answers_head) out += response.body;
  return {};
}

Status write_request(const HttpRequest& request, std::string_view host, std::string& out) {
  if (!is_token(request.method) || !request.path.starts_with('/') ||
      !is_target_part(request.path) || !is_target_part(request.query) || !is_field_value(host))
    return fail(ErrorCode::malformed, "the request line cannot be written");
  if (auto good = check_headers(request.headers); !good) return good;
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                 request.query.empty() ? "" : "?", request.query);
  if (!request.header("host")) fmt::format_to(to, "Host: {}\r\n", host);
  write_headers(request.headers, out);
  const bool bodiless = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !bodiless)
    fmt::format_to(to, "Content-Length: {}\r\n", request.body.size());
  out += "\r\n";
  out += request.body;
  return {};
}

std::string_view http_date() {
  thread_local std::time_t last = -1;
  thread_local std::string text;
  const std::time_t now = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(system_clock().now()));
  if (now != last) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                       kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
    last = now;
  }
  return text;
}

}  // namespace parallax::net::impl
