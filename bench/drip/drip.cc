// SPDX-License-Identifier: Apache-2.0
// Web servers that answer one octet a second and never come to an end, each at an address of its
// own: parallax_bench_drip FIRST-ADDRESS COUNT PORT. One thread and one epoll descriptor for all of
// them; says "ready" once they listen, and ends with its parent.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace parallax::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kBeginning = "HTTP/1.1 200 OK\r\nX-Slow: ";
constexpr char kThen = 'x';
// The clients are dealt out over the second, so that no two ticks are worth more than others.
constexpr std::size_t kTicks = 20;
constexpr std::chrono::milliseconds kTick{50};
static_assert(kTick * kTicks == std::chrono::seconds(1));
constexpr int kBacklog = 16;
constexpr std::size_t kEventsMax = 256;

struct Client {
  bool asked = false;  // its request has begun to arrive
  std::size_t sent = 0;
};

class Server {
 public:
  // False if it cannot listen there.
  [[nodiscard]] bool listen_at(in_addr_t address, int port);
  [[noreturn]] void run();

 private:
  void accept_all(int listener);
  void read_or_close(int client);
  void drip();
  void watch(int descriptor) const;

  int epoll_ = epoll_create1(0);
  std::vector<bool> listens_;    // by descriptor
  std::vector<Client> clients_;  // by descriptor
  std::array<std::vector<int>, kTicks> due_;
  std::size_t tick_ = 0;
};

bool Server::listen_at(in_addr_t address, int port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(address);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
      listen(listener, kBacklog) != 0)
    return false;
  listens_.resize(static_cast<std::size_t>(listener) + 1);
  listens_.back() = true;
  watch(listener);
  return true;
}

void Server::watch(int descriptor) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Server::accept_all(int listener) {
  for (;;) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (client < 0) return;
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto index = static_cast<std::size_t>(client);
    if (clients_.size() <= index) clients_.resize(index + 1);
    clients_[index] = {};
    due_[tick_].push_back(client);
    watch(client);
  }
}

void Server::read_or_close(int client) {
  std::array<char, 4096> dropped{};
  const ssize_t got = recv(client, dropped.data(), dropped.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  clients_[static_cast<std::size_t>(client)].asked = true;
  if (got > 0) return;
  for (auto& slot : due_) std::erase(slot, client);
  close(client);
}

void Server::drip() {
  tick_ = (tick_ + 1) % kTicks;
  for (const int descriptor : due_[tick_]) {
    Client& client = clients_[static_cast<std::size_t>(descriptor)];
    if (!client.asked) continue;
    const char octet = client.sent < kBeginning.size() ? kBeginning[client.sent] : kThen;
    if (send(descriptor, &octet, 1, MSG_NOSIGNAL) == 1) ++client.sent;
  }
}

void Server::run() {
  std::array<epoll_event, kEventsMax> events{};
  for (auto next = Clock::now() + kTick;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                 left > 0 ? static_cast<int>(left) : 0);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      const auto index = static_cast<std::size_t>(descriptor);
      if (index < listens_.size() && listens_[index])
        accept_all(descriptor);
      else
        read_or_close(descriptor);
    }
    if (Clock::now() < next) continue;
    drip();
    next += kTick;
  }
}

int run(const char* first, int count, int port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  in_addr address{};
  if (inet_pton(AF_INET, first, &address) != 1) return EXIT_FAILURE;
  Server server;
  for (int i = 0; i < count; ++i) {
    if (server.listen_at(ntohl(address.s_addr) + static_cast<in_addr_t>(i), port)) continue;
    std::perror("drip");
    return EXIT_FAILURE;
  }
  std::puts("ready");
  std::fflush(stdout);
  server.run();
}

}  // namespace
}  // namespace parallax::bench

int main(int argc, char** argv) {
  if (argc == 4) return parallax::bench::run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
  std::fputs("usage: parallax_bench_drip FIRST-ADDRESS COUNT PORT\n", stderr);
  return EXIT_FAILURE;
}
