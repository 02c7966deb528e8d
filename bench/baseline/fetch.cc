// SPDX-License-Identifier: Apache-2.0
#include "baseline/fetch.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include <fmt/format.h>

namespace parallax::bench {
namespace {

constexpr timeval kPatience{5, 0};
constexpr std::size_t kAnswerMax = 64 * 1024;
constexpr std::string_view kGoodStatus = "HTTP/1.1 200 ";

// Deletes itself once it has told.
class Fetch {
 public:
  Fetch(event_base* base, const FetchSettings* settings, const std::string& host,
        std::function<void(bool)> done);
  ~Fetch();
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

 private:
  static void on_event(evutil_socket_t, short what, void* argument) {
    static_cast<Fetch*>(argument)->go_on(what);
  }
  void go_on(short what);
  void wait_for(short what);
  void end(bool good);

  event_base* base_;
  const FetchSettings* settings_;
  std::function<void(bool)> done_;
  std::string request_;  // empty once it is sent
  std::string answer_;
  int socket_;
  event* event_ = nullptr;
};

Fetch::Fetch(event_base* base, const FetchSettings* settings, const std::string& host,
             std::function<void(bool)> done)
    : base_(base),
      settings_(settings),
      done_(std::move(done)),
      request_(
          fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
                      settings->path, host)),
      socket_(socket(settings->to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  const bool begun =
      socket_ >= 0 && bind(socket_, settings->from.get(), settings->from.size) == 0 &&
      (connect(socket_, settings->to.get(), settings->to.size) == 0 || errno == EINPROGRESS);
  wait_for(EV_WRITE);
  if (!begun) event_active(event_, EV_TIMEOUT, 0);
}

Fetch::~Fetch() {
  if (event_ != nullptr) event_free(event_);
  if (socket_ >= 0) close(socket_);
}

void Fetch::wait_for(short what) {
  if (event_ != nullptr) event_free(event_);
  event_ = event_new(base_, socket_, what, &Fetch::on_event, this);
  event_add(event_, &kPatience);
}

void Fetch::end(bool good) {
  const auto done = std::move(done_);
  delete this;
  done(good);
}

void Fetch::go_on(short what) {
  if ((what & EV_TIMEOUT) != 0) return end(false);
  if (!request_.empty()) {  // it fits into an empty socket buffer, or something is wrong
    const auto size = static_cast<ssize_t>(request_.size());
    if (send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) != size) return end(false);
    request_.clear();
    return wait_for(EV_READ | EV_PERSIST);
  }
  std::array<char, 4096> room{};
  const ssize_t got = recv(socket_, room.data(), room.size(), 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got > 0 && answer_.size() < kAnswerMax) {
    answer_.append(room.data(), static_cast<std::size_t>(got));
    return;
  }
  end(got == 0 && answer_.starts_with(kGoodStatus) &&
      answer_.find(settings_->expected) != std::string::npos);
}

}  // namespace

Result<SocketAddress> socket_address(const std::string& text, std::uint16_t port) {
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    out.size = sizeof *v6;
  } else {
    return fail(ErrorCode::malformed, text + " is no IP address");
  }
  return out;
}

void fetch(event_base* base, const FetchSettings* settings, const std::string& host,
           std::function<void(bool good)> done) {
  new Fetch(base, settings, host, std::move(done));  // NOLINT(cppcoreguidelines-owning-memory)
}

}  // namespace parallax::bench
