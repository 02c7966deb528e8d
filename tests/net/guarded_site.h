// SPDX-License-Identifier: Apache-2.0
// What the guarded client meets in its tests: a resolver that answers what the test says, and sites
// on loopback addresses that answer what no server should.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include "dns/resolver.h"
#include "loop.h"
#include "net/guarded_client.h"
#include "net/impl/stream.h"
#include "pki_dir.h"

namespace parallax::net::test {

inline names::DomainName name(const std::string& text) {
  return names::DomainName::parse(text).value();
}
inline names::IpAddress ip(const std::string& text) {
  return names::IpAddress::parse(text).value();
}
inline GuardedUrl url(const std::string& text) {
  return resolve_location(text, {.host = name("any.example"), .port = 80, .target = "/"}).value();
}

// Names without a plan do not exist.
class ScriptedResolver final : public dns::Resolver {
 public:
  // `host` has these addresses and no others.
  void has(const std::string& host, const std::vector<std::string>& addresses) {
    for (const auto type : {dns::RecordType::a, dns::RecordType::aaaa}) {
      dns::Lookup answer = blank({name(host), type});
      answer.rcode = dns::Rcode::noerror;
      for (const auto& text : addresses) {
        const auto native = ip(text).native();
        if (native.is_v4() != (type == dns::RecordType::a)) continue;
        answer.records.push_back({host, type, 60, octets(native)});
      }
      plans_.insert_or_assign({host, type}, std::move(answer));
    }
  }
  // A record of this type with whatever octets.
  void answers(const std::string& host, dns::RecordType type, const std::string& rdata) {
    dns::Lookup answer = blank({name(host), type});
    answer.rcode = dns::Rcode::noerror;
    answer.records.push_back({host, type, 60, rdata});
    plans_.insert_or_assign({host, type}, std::move(answer));
  }
  // The lookup of one family ends so; what has() planned for it stays in the answer, as a resolver
  // that errs might have it.
  void fails(const std::string& host, dns::RecordType type, dns::LookupStatus status) {
    auto [at, added] = plans_.try_emplace({host, type}, blank({name(host), type}));
    at->second.status = status;
    at->second.rcode = dns::Rcode::servfail;
    at->second.verdict =
        status == dns::LookupStatus::bogus ? dns::Verdict::bogus : dns::Verdict::indeterminate;
    at->second.reason = "planned";
  }
  // What is planned for a host is answered with this verdict, as far as it is answered.
  void judged(const std::string& host, dns::Verdict verdict) {
    for (const auto type : {dns::RecordType::a, dns::RecordType::aaaa}) {
      const auto at = plans_.find({host, type});
      if (at != plans_.end() && at->second.status == dns::LookupStatus::answered)
        at->second.verdict = verdict;
    }
  }
  // The lookup of one family is never answered.
  void hangs(const std::string& host, dns::RecordType type) { hanging_.insert({host, type}); }

  std::vector<dns::Question> asked;
  std::size_t hanging_now = 0;

  Task<dns::Lookup> lookup(dns::Question question, Deadline /*deadline*/) override {
    asked.push_back(question);
    if (hanging_.contains({question.name.text(), question.type})) {
      const Count count(hanging_now);
      asio::steady_timer never(co_await asio::this_coro::executor,
                               asio::steady_timer::time_point::max());
      co_await never.async_wait(kTuple);
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    const auto plan = plans_.find({question.name.text(), question.type});
    if (plan != plans_.end()) co_return plan->second;
    dns::Lookup none = blank(question);
    none.rcode = dns::Rcode::nxdomain;
    co_return none;
  }
  Task<dns::InsecurityProof> prove_insecure(names::DomainName, Deadline) override {
    co_return dns::InsecurityProof{};
  }

 private:
  using Key = std::pair<std::string, dns::RecordType>;

  // Also when the coroutine is destroyed.
  class Count {
   public:
    explicit Count(std::size_t& counter) : counter_(counter) { ++counter_; }
    ~Count() { --counter_; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;

   private:
    std::size_t& counter_;
  };

  static dns::Lookup blank(dns::Question question) {
    dns::Lookup made{.question = std::move(question),
                     .records = {},
                     .alias_chain = {},
                     .reason = {},
                     .packet = {}};
    made.status = dns::LookupStatus::answered;
    made.verdict = dns::Verdict::secure;
    made.attempts = 1;
    return made;
  }
  static std::string octets(const asio::ip::address& address) {
    if (address.is_v4()) {
      const auto bytes = address.to_v4().to_bytes();
      return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
  }

  std::map<Key, dns::Lookup> plans_;
  std::set<Key> hanging_;
};

// What a site does with a request.
struct Reply {
  std::string octets;
  bool hold = false;  // then keep the connection until the client closes it
};

// A server end of TLS that negotiates one of `alpn`, or refuses; without any it negotiates none.
class TlsEnd {
 public:
  TlsEnd(PkiDir& pki, const std::string& host, std::vector<std::string> alpn,
         int version_max = TLS1_3_VERSION)
      : alpn_(std::move(alpn)), context_(SSL_CTX_new(TLS_server_method())) {
    const TlsFiles files = pki.files(host);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), version_max);
    SSL_CTX_use_certificate_file(context_.get(), files.certificate_file.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), files.key_file.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context_.get(), choose, this);
  }

  // Agrees on a key by Diffie-Hellman over a finite field, or not at all.
  void insist_on_finite_fields() {
    std::string group = "ffdhe2048";  // OpenSSL's macro wants it mutable
    SSL_CTX_set1_groups_list(context_.get(), group.data());
  }

  impl::SslPtr connection() {
    impl::SslPtr ssl(SSL_new(context_.get()));
    SSL_set_accept_state(ssl.get());
    return ssl;
  }

 private:
  static int choose(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned size, void* argument) {
    const std::string_view offer(reinterpret_cast<const char*>(offered), size);
    for (const std::string& mine : static_cast<TlsEnd*>(argument)->alpn_) {
      if (offer.find(mine) == std::string_view::npos) continue;
      *chosen = reinterpret_cast<const unsigned char*>(mine.data());
      *chosen_size = static_cast<unsigned char>(mine.size());
      return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  std::vector<std::string> alpn_;
  impl::SslContextPtr context_;
};

// Listens on a free port of a loopback address and ends with the test.
class Site {
 public:
  using Answer = std::function<Reply(const std::string& request)>;

  Site(Loop& loop, Answer answer, TlsEnd* tls = nullptr, const std::string& address = "127.0.0.1",
       std::uint16_t port = 0)
      : loop_(loop),
        acceptor_(loop.io, tcp::endpoint(ip(address).native(), port)),
        answer_(std::move(answer)),
        tls_(tls) {
    start(accept(this));
  }
  // NOLINTNEXTLINE(bugprone-exception-escape): a test whose loop is stuck ends here.
  ~Site() {
    acceptor_.close();
    loop_.until([this] { return running_ == 0; });
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  std::size_t connections = 0;
  std::vector<std::string> requests;      // or whatever else came first
  std::vector<std::string> peers;         // addresses of the clients
  std::vector<std::string> server_names;  // SNI; empty: none was sent
  bool silent = false;                    // accept and say nothing, not even a handshake

 private:
  void start(Task<void> task) {
    ++running_;
    asio::co_spawn(loop_.io, std::move(task), [this](std::exception_ptr) { --running_; });
  }

  static Task<void> accept(Site* self) {
    for (;;) {
      auto [ec, socket] = co_await self->acceptor_.async_accept(kTuple);
      if (ec) co_return;
      ++self->connections;
      boost::system::error_code gone;
      self->peers.push_back(socket.remote_endpoint(gone).address().to_string());
      self->start(serve(self, std::move(socket)));
    }
  }

  static Task<void> serve(Site* self, tcp::socket socket) {
    const bool tls = self->tls_ != nullptr && !self->silent;
    impl::Stream stream(std::move(socket), tls ? self->tls_->connection() : nullptr);
    const Status shaken = co_await stream.handshake();
    if (tls) {
      const char* sent = SSL_get_servername(stream.ssl(), TLSEXT_NAMETYPE_host_name);
      self->server_names.emplace_back(sent == nullptr ? "" : sent);
    }
    std::string request;
    bool more = shaken.has_value();
    while (more && (self->silent || !is_whole(request))) more = co_await read(&stream, &request);
    if (more) {
      self->requests.push_back(request);
      const Reply reply = self->answer_(request);
      const Status sent = co_await stream.write(reply.octets);
      more = sent.has_value() && reply.hold;
      while (more) more = co_await read(&stream, &request);
    }
    stream.finish();
    co_await stream.drain(1 << 20);
  }

  static Task<bool> read(impl::Stream* stream, std::string* into) {
    std::array<char, 4096> buffer{};
    const Result<std::size_t> got = co_await stream->read_some(buffer);
    if (!got || *got == 0) co_return false;
    into->append(buffer.data(), *got);
    co_return true;
  }

  // A request, or a TLS record where none was expected.
  static bool is_whole(const std::string& text) {
    return text.ends_with("\r\n\r\n") || text.starts_with('\x16');
  }

  Loop& loop_;
  tcp::acceptor acceptor_;
  Answer answer_;
  TlsEnd* tls_;
  std::size_t running_ = 0;
};

// "HTTP/1.1 200 OK" with a body and its length.
inline std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string redirect(const std::string& location, unsigned status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Elsewhere\r\nLocation: " + location +
         "\r\nContent-Length: 0\r\n\r\n";
}
// The target of a request's first line.
inline std::string target(const std::string& request) {
  const std::size_t from = request.find(' ') + 1;
  return request.substr(from, request.find(' ', from) - from);
}

}  // namespace parallax::net::test
