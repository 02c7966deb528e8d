// SPDX-License-Identifier: Apache-2.0
#include "net/impl/guarded_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "net/http.h"
#include "net/impl/guarded_url.h"
#include "net/impl/message_writer.h"
#include "net/impl/text.h"

namespace parallax::net::impl {
namespace {

constexpr int kInterimResponsesMax = 8;          // 1xx before the final answer (RFC 9110 s15.2)
constexpr std::size_t kFirstOctetsMax = 16;      // kept for the explanation
constexpr std::size_t kFramingFactor = 8;        // chunks of one octet are six on the wire
constexpr std::size_t kHttp2FrameHead = 9;       // RFC 9113 s4.1
constexpr std::string_view kHttpName = "HTTP/";  // RFC 9112 s2.3, case-sensitive
constexpr char kHttp2Settings = 4;
constexpr char kHttp2GoAway = 7;

// Set here, or never sent at all. What frames a message, write_request() refuses by itself.
constexpr std::array<std::string_view, 10> kNotTheCallers{
    "host",   "user-agent", "accept", "accept-encoding",     "cookie",
    "expect", "upgrade",    "te",     "proxy-authorization", "proxy-connection"};

MessageLimits limits_of(const GuardedSettings& settings) {
  return {settings.head_bytes_max, settings.body_bytes_max,
          kFramingFactor * (settings.head_bytes_max + settings.body_bytes_max), true};
}

// The settings or the farewell that a server of HTTP/2 begins with, whatever it was sent.
bool looks_like_http2(std::string_view octets) {
  return octets.size() >= kHttp2FrameHead && octets[0] == 0 &&
         (octets[3] == kHttp2Settings || octets[3] == kHttp2GoAway) &&
         octets.substr(5, 4) == std::string_view("\0\0\0\0", 4);
}

Answer answer_of(Message message) {
  Answer answer;
  answer.status = message.status;
  for (auto& [name, value] : message.headers)
    if (name == "location") answer.locations.push_back(std::move(value));
  answer.body = std::move(message.body);
  answer.body_truncated = message.body_truncated;
  return answer;
}

}  // namespace

bool is_followed(unsigned status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

Attempt<std::string> write_get(const GuardedUrl& url,
                               const std::vector<std::pair<std::string, std::string>>& headers,
                               const std::string& user_agent) {
  HttpRequest request;
  request.method = "GET";
  request.path = url.target;  // with its query, as it stands
  if (!user_agent.empty()) request.headers.emplace_back("User-Agent", user_agent);
  request.headers.emplace_back("Accept", "*/*");
  request.headers.emplace_back("Accept-Encoding", "identity");
  for (const auto& header : headers) {
    for (const std::string_view name : kNotTheCallers) {
      if (equals_ignoring_case(name, header.first))
        return end_with(GuardedFailure::protocol_error,
                        fmt::format("the header {} is not the caller's to set", name));
    }
    request.headers.push_back(header);
  }
  std::string octets;
  const Status written = write_request(request, host_header(url), octets);
  if (!written)
    return end_with(GuardedFailure::protocol_error,
                    "the request cannot be written: " + describe(written.error()));
  octets.insert(octets.size() - 2, "Connection: close\r\n");  // before the empty line
  return octets;
}

GuardedConnection::GuardedConnection(boost::asio::ip::tcp::socket socket, SslPtr ssl,
                                     std::unique_ptr<TlsWitness> witness, std::string peer,
                                     const GuardedSettings* settings)
    : witness_(std::move(witness)),
      stream_(std::move(socket), std::move(ssl)),
      watchdog_(stream_.executor(), [this] { stream_.cancel(); }),
      reader_(MessageKind::response, limits_of(*settings)),
      peer_(std::move(peer)) {}

tl::unexpected<Ending> GuardedConnection::end_in_handshake(const Error& error,
                                                           std::string_view alpn) {
  if (watchdog_.expired())
    return end_with(GuardedFailure::timed_out, peer_ + " did not finish the TLS handshake in time");
  if (const std::string why = explain_handshake(*witness_, alpn); !why.empty())
    return end_with(GuardedFailure::protocol_error, fmt::format("{} {}", peer_, why));
  if (error.code == ErrorCode::unreachable)
    return end_with(GuardedFailure::connection_failed,
                    fmt::format("{} broke off the TLS handshake: {}", peer_, error.message));
  return end_with(GuardedFailure::protocol_error,
                  fmt::format("the TLS handshake with {} failed: {}", peer_, error.message));
}

Task<Attempt<void>> GuardedConnection::handshake(std::string_view alpn, Deadline deadline) {
  watchdog_.arm(deadline);
  const Status shaken = co_await stream_.handshake();
  if (!shaken) co_return end_in_handshake(shaken.error(), alpn);
  // A deadline that passed in the very last moment has cancelled the stream for good.
  if (watchdog_.expired()) co_return end_in_handshake({}, alpn);
  watchdog_.disarm();
  co_return Attempt<void>{};
}

Task<Attempt<Answer>> GuardedConnection::exchange(std::string request, Deadline deadline) {
  watchdog_.arm(deadline);
  const Status sent = co_await stream_.write(request);
  if (!sent && watchdog_.expired()) co_return end_in_answer(sent.error());
  // A server may refuse early, answer, and stop reading: its answer is worth more than our error.
  auto answer = co_await receive();
  co_return answer;
}

void GuardedConnection::note(std::string_view octets) {
  received_ += octets.size();
  if (first_octets_.size() < kFirstOctetsMax)
    first_octets_ += octets.substr(0, kFirstOctetsMax - first_octets_.size());
}

tl::unexpected<Ending> GuardedConnection::end_in_answer(const Error& error) const {
  if (watchdog_.expired())
    return end_with(GuardedFailure::timed_out,
                    received_ == 0
                        ? peer_ + " took the request and sent no answer in time"
                        : fmt::format("{} began to answer, but after {} octets its answer was not "
                                      "whole in time",
                                      peer_, received_));
  if (error.code == ErrorCode::unreachable)
    return end_with(GuardedFailure::connection_failed,
                    fmt::format("{} broke off after {} octets of its answer: {}", peer_, received_,
                                error.message));
  if (witness_ && witness_->alert)
    return end_with(GuardedFailure::protocol_error,
                    fmt::format("{} {}", peer_, explain_handshake(*witness_, "http/1.1")));
  return end_with(GuardedFailure::protocol_error, fmt::format("{}: {}", peer_, error.message));
}

// A few octets of another protocol must not be waited on for the rest of a status line.
bool GuardedConnection::begins_as_http() const {
  const std::size_t size = std::min(first_octets_.size(), kHttpName.size());
  return first_octets_.compare(0, size, kHttpName.substr(0, size)) == 0;
}

tl::unexpected<Ending> GuardedConnection::end_refused(std::string_view why) const {
  if (looks_like_http2(first_octets_))
    return end_with(GuardedFailure::protocol_error,
                    peer_ + " speaks HTTP/2 only; let it answer HTTP/1.1 requests too");
  if (stream_.ssl() == nullptr && looks_like_tls(first_octets_))
    return end_with(GuardedFailure::protocol_error,
                    peer_ + " speaks TLS where plain HTTP was expected");
  std::string text = fmt::format("{} sent no valid HTTP/1.1 response: {}", peer_, why);
  if (!first_octets_.starts_with("HTTP/1."))
    text += fmt::format("; it begins with \"{}\"", printable(first_octets_));
  return end_with(GuardedFailure::protocol_error, std::move(text));
}

Task<Attempt<Answer>> GuardedConnection::receive() {
  for (int interim = 0; interim < kInterimResponsesMax;) {
    ReadStep step = reader_.advance();
    if (step == ReadStep::need_more) {
      const std::span<char> room = reader_.prepare();
      const Result<std::size_t> got = co_await stream_.read_some(room);
      if (!got) co_return end_in_answer(got.error());
      if (*got > 0) {
        note({room.data(), *got});
        if (!begins_as_http()) co_return end_refused("no status line");
        reader_.commit(*got);
        continue;
      }
      if (!reader_.started())
        co_return end_with(GuardedFailure::connection_failed,
                           peer_ + " closed the connection without an answer");
      step = reader_.end_of_input();
    }
    if (step == ReadStep::refused) co_return end_refused(reader_.refusal().detail);
    if (step == ReadStep::head && !is_followed(reader_.head().status)) continue;
    Message message = reader_.take();
    if (message.status == 101)
      co_return end_with(GuardedFailure::protocol_error, peer_ + " switched protocols unasked");
    if (message.status >= 200) co_return answer_of(std::move(message));
    ++interim;
  }
  co_return end_with(GuardedFailure::protocol_error,
                     peer_ + " sends interim answers (1xx) without end");
}

}  // namespace parallax::net::impl
