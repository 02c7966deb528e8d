// SPDX-License-Identifier: Apache-2.0
#include "net/impl/server_connection.h"

#include <algorithm>
#include <exception>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/deadline.h"
#include "base/log.h"
#include "net/impl/message_writer.h"
#include "net/impl/text.h"
#include "net/impl/tls_context.h"
#include "net/problem.h"

namespace parallax::net::impl {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kGoodbyeTimeout{1000};
constexpr std::size_t kGoodbyeBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kClientPrefixOctets = 8;       // of an IPv6 address: a /64
constexpr std::size_t kKeptOutputBytes = 64 * 1024;  // a larger output buffer is given back
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Counts a request while its handler runs, also when the coroutine is destroyed.
class InFlight {
 public:
  explicit InFlight(ServerState& state) : state_(state) { ++state_.in_flight; }
  ~InFlight() { --state_.in_flight; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  ServerState& state_;
};

// The part of an absolute-form target that an origin server looks at; "" if it is not one.
std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view name = target.substr(0, scheme);
  if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https")) return {};
  const std::string_view rest = target.substr(scheme + 3);
  const std::size_t slash = rest.find_first_of("/?");
  if (slash == std::string_view::npos) return "/";
  return rest[slash] == '/' ? rest.substr(slash) : std::string_view{};
}

// What stands for the client behind an address: the address, or the first of its IPv6 /64.
asio::ip::address client_of(const asio::ip::address& address) {
  if (!address.is_v6()) return address;
  auto octets = address.to_v6().to_bytes();
  std::fill(octets.begin() + kClientPrefixOctets, octets.end(), 0);
  return asio::ip::address_v6(octets);
}

}  // namespace

std::size_t ServerState::connections_of(const asio::ip::address& address) const {
  const auto found = connections.find(client_of(address));
  return found == connections.end() ? 0 : found->second;
}

ConnectionShare::ConnectionShare(std::shared_ptr<ServerState> state,
                                 const asio::ip::address& address)
    : state_(std::move(state)), client_(client_of(address)) {
  ++state_->connections[client_];
}

ConnectionShare::~ConnectionShare() {
  const auto found = state_->connections.find(client_);
  if (--found->second == 0) state_->connections.erase(found);
}

bool MessageShare::grow(std::size_t octets) {
  if (octets <= octets_) return false;
  set(octets);
  return state_->message_octets > state_->limits.messages_bytes_max;
}

std::optional<HttpRequest> to_request(Message message) {
  const std::string_view target = origin_form(message.target);
  const bool printable_only = std::all_of(target.begin(), target.end(),
                                          [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  if (target.empty() || !printable_only) return std::nullopt;
  const std::size_t mark = target.find('?');
  HttpRequest request;
  request.method = std::move(message.method);
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  request.headers = std::move(message.headers);
  request.body = std::move(message.body);
  return request;
}

ServerConnection::ServerConnection(asio::ip::tcp::socket socket, SslPtr ssl,
                                   const asio::ip::address& peer,
                                   std::shared_ptr<ServerState> state)
    : state_(std::move(state)),
      peer_address_(peer.to_string()),
      stream_(std::move(socket), std::move(ssl)),
      watchdog_(stream_.executor(), [this] { stream_.cancel(); }),
      reader_(MessageKind::request, {state_->limits.header_bytes_max, state_->limits.body_bytes_max,
                                     state_->limits.message_bytes_max}),
      connection_share_(std::in_place, state_, peer),
      message_share_(state_) {}

Task<void> ServerConnection::run() {
  watchdog_.arm(Deadline::after(state_->limits.handshake_timeout));
  const Status shaken = co_await stream_.handshake();
  if (!shaken) {
    log::debug("http.handshake_failed",
               {{"peer", peer_address_}, {"error", describe(shaken.error())}});
    co_await say_goodbye();  // a reset would keep our alert from the client
    co_return;
  }
  if (stream_.ssl() != nullptr) client_ = peer_certificate(stream_.ssl());
  if (client_) connection_share_.reset();
  bool more = true;
  while (more) more = co_await serve_one();
  co_await say_goodbye();
}

// One deadline from the first octet of a message to its last, however slowly they come.
Task<ServerConnection::Arrival> ServerConnection::receive() {
  const HttpLimits& limits = state_->limits;
  idle_ = !reader_.started();
  watchdog_.arm(Deadline::after(idle_ ? limits.idle_timeout : limits.request_timeout));
  for (;;) {
    const ReadStep step = reader_.advance();
    if (step == ReadStep::refused) {
      refusal_ = reader_.refusal();
      co_return Arrival::refused;
    }
    if (message_share_.grow(reader_.consumed())) {
      refusal_ = {503, "too many octets of requests are being held"};
      co_return Arrival::refused;
    }
    if (step == ReadStep::complete) co_return Arrival::request;
    if (step == ReadStep::head) {
      if (!reader_.expects_continue()) continue;
      const Status invited = co_await stream_.write(kContinue);
      if (!invited) co_return Arrival::ended;
      continue;
    }
    if (idle_ && state_->stopping) co_return Arrival::ended;
    const Result<std::size_t> got = co_await stream_.read_some(reader_.prepare());
    if (!got && watchdog_.expired() && !idle_) {
      refusal_ = {408, "the request did not arrive in time"};
      co_return Arrival::refused;
    }
    if (!got || *got == 0) co_return Arrival::ended;
    if (idle_) watchdog_.arm(Deadline::after(limits.request_timeout));
    idle_ = false;
    reader_.commit(*got);
  }
}

// False if the connection is to end.
Task<bool> ServerConnection::serve_one() {
  const Arrival arrival = co_await receive();
  idle_ = false;
  watchdog_.disarm();
  if (arrival == Arrival::ended) co_return false;
  if (arrival == Arrival::refused) {
    co_await send(refuse(refusal_.status, refusal_.detail), true, false);
    co_return false;
  }
  const bool keep_alive = reader_.keep_alive();
  Message message = reader_.take();
  message_share_.set(message.body.size());
  const bool answers_head = message.method == "HEAD";
  std::optional<HttpRequest> request = to_request(std::move(message));
  HttpResponse response;
  bool close = !keep_alive;
  if (!request) {
    response = refuse(400, "the request target is not a path");
    close = true;
  } else if (state_->in_flight >= state_->limits.requests_in_flight_max) {
    response = refuse(503, "too many requests are being answered");
  } else {
    request->peer_address = peer_address_;
    request->client = client_;
    response = co_await answer(std::move(*request));
  }
  message_share_.set(0);
  if (cut_) co_return false;
  close = close || state_->stopping;
  const bool sent = co_await send(std::move(response), close, answers_head);
  if (!sent || close) co_return false;
  // Whoever sends requests without waiting for answers lets others run in between.
  if (reader_.started()) co_await asio::post(stream_.executor(), asio::use_awaitable);
  co_return true;
}

HttpResponse ServerConnection::refuse(unsigned status, std::string detail) const {
  HttpResponse response = state_->problem(status, std::move(detail));
  const auto& headers = response.headers;
  const bool says_when = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return equals_ignoring_case(header.first, "Retry-After");
  });
  if (status == 503 && !says_when) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Task<HttpResponse> ServerConnection::answer(HttpRequest request) {
  const InFlight counted(*state_);
  try {
    HttpResponse response = co_await state_->handler(std::move(request));
    co_return response;
  } catch (const std::exception& error) {
    if (!cut_) log::error("http.handler_threw", {{"error", error.what()}});
  } catch (...) {
    log::error("http.handler_threw", {{"error", "not a standard exception"}});
  }
  co_return refuse(500, "the server failed to answer");
}

// True if all of it left.
Task<bool> ServerConnection::send(HttpResponse response, bool close, bool answers_head) {
  stream_.resume();
  watchdog_.arm(Deadline::after(state_->limits.response_timeout));
  const ResponseFraming framing{close, answers_head, http_date()};
  out_.clear();
  if (const Status written = write_response(response, framing, out_); !written) {
    log::error("http.bad_response", {{"error", describe(written.error())}});
    const Status fallback =
        write_response(refuse(500, "the server failed to answer"), framing, out_);
    if (!fallback) co_return false;
  }
  const Status sent = co_await stream_.write(out_);
  if (out_.capacity() > kKeptOutputBytes) std::string().swap(out_);
  if (!sent) stream_.close();
  co_return sent.has_value();
}

Task<void> ServerConnection::say_goodbye() {
  stream_.resume();
  watchdog_.arm(Deadline::after(kGoodbyeTimeout));
  stream_.finish();
  co_await stream_.drain(kGoodbyeBytesMax);
  stream_.close();
}

void ServerConnection::stop_if_idle() {
  if (idle_) stream_.cancel();
}

void ServerConnection::cut() {
  cut_ = true;
  stream_.close();
  // On the executor and holding the connection: called from outside it, co_spawn's own handler
  // defers the signal, which would otherwise reach a connection that ended in between.
  asio::dispatch(stream_.executor(), [self = shared_from_this()] {
    self->cancel_.emit(asio::cancellation_type::terminal);
  });
}

}  // namespace parallax::net::impl
