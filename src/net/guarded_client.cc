// SPDX-License-Identifier: Apache-2.0
#include "net/guarded_client.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "net/impl/guarded_address.h"
#include "net/impl/guarded_connect.h"
#include "net/impl/guarded_connection.h"
#include "net/impl/guarded_lookup.h"
#include "net/impl/guarded_tls.h"
#include "net/impl/guarded_url.h"

namespace parallax::net {
namespace {

using impl::Answer;
using impl::Attempt;
using impl::end_with;
using impl::Ending;
using impl::GuardedConnection;

constexpr std::uint16_t kTlsPort = 443;  // RFC 8737 s3, TLS BR 3.2.2.4.20
constexpr std::string_view kAlpnHttp = "http/1.1";

// What a step adds to the record besides what it returns.
struct Record {
  std::vector<dns::Lookup>* lookups;
  std::optional<names::IpAddress>* address;
};

class Client final : public GuardedClient {
 public:
  Client(boost::asio::any_io_executor executor, GuardedSettings settings, dns::Resolver& resolver)
      : executor_(std::move(executor)),
        settings_(std::move(settings)),
        resolver_(&resolver),
        context_(impl::make_guarded_context()) {}

  Task<GuardedTrail> get(GuardedUrl url, std::vector<std::pair<std::string, std::string>> headers,
                         Deadline deadline) override;
  Task<TlsSight> look_at_tls(Host host, std::string server_name, std::string alpn,
                             Deadline deadline) override;

 private:
  // How TLS is asked for; server_name and alpn as look_at_tls() has them.
  struct Tls {
    std::string server_name;
    std::string alpn;
  };

  [[nodiscard]] Task<Attempt<std::vector<names::IpAddress>>> addresses_of(Host host, Record record,
                                                                          Deadline deadline);
  // Connected, and shaken hands with if `tls`.
  [[nodiscard]] Task<Attempt<std::unique_ptr<GuardedConnection>>> open(
      Host host, std::uint16_t port, std::optional<Tls> tls, Record record, Deadline deadline);
  [[nodiscard]] Task<Attempt<Answer>> visit(GuardedUrl url, std::string request, Record record,
                                            Deadline deadline);
  // Where `answer` to the last hop leads; nullopt if it is the final one.
  [[nodiscard]] Attempt<std::optional<GuardedUrl>> next(const GuardedTrail& trail,
                                                        const Answer& answer,
                                                        std::set<std::string>& visited) const;

  boost::asio::any_io_executor executor_;
  GuardedSettings settings_;
  dns::Resolver* resolver_;
  impl::SslContextPtr context_;
};

Attempt<void> check_url(const GuardedUrl& url) {
  if (!impl::is_authorized_port(url.port))
    return end_with(
        GuardedFailure::address_refused,
        fmt::format("port {} is not an Authorized Port: 80, 443, 25 or 22 (TLS BR 1.6.1)",
                    url.port));
  return {};
}

Task<Attempt<std::vector<names::IpAddress>>> Client::addresses_of(Host host, Record record,
                                                                  Deadline deadline) {
  std::vector<names::IpAddress> found;
  if (const auto* address = std::get_if<names::IpAddress>(&host)) {
    found.push_back(*address);
  } else {
    auto looked_up =
        co_await impl::look_up_addresses(executor_, resolver_, std::get<names::DomainName>(host),
                                         &settings_, deadline, record.lookups);
    if (!looked_up) co_return looked_up;
    found = std::move(*looked_up);
  }
  auto chosen = impl::choose_addresses(found, settings_);
  if (!chosen)
    chosen.error().message = fmt::format("no connection to {} may be made: {}",
                                         impl::host_text(host), chosen.error().message);
  co_return chosen;
}

Task<Attempt<std::unique_ptr<GuardedConnection>>> Client::open(Host host, std::uint16_t port,
                                                               std::optional<Tls> tls,
                                                               Record record, Deadline deadline) {
  auto addresses = co_await addresses_of(host, record, deadline);
  if (!addresses) co_return tl::unexpected<Ending>(std::move(addresses.error()));
  const std::string name = impl::host_text(host);
  auto connected =
      co_await impl::connect_first(executor_, std::move(*addresses), port, &settings_, deadline);
  if (!connected)
    co_return end_with(connected.error().failure,
                       fmt::format("{}: {}", name, connected.error().message));
  *record.address = connected->address;
  const std::string address = connected->address.text();
  const std::string peer = name == address ? fmt::format("{}, port {},", name, port)
                                           : fmt::format("{} ({}), port {},", name, address, port);
  auto witness = std::make_unique<impl::TlsWitness>();
  impl::SslPtr ssl;
  if (tls) {
    auto made = impl::make_guarded_ssl(context_.get(), tls->server_name, tls->alpn, witness.get());
    if (!made) co_return tl::unexpected<Ending>(std::move(made.error()));
    ssl = std::move(*made);
  }
  auto connection = std::make_unique<GuardedConnection>(
      std::move(connected->socket), std::move(ssl), std::move(witness), peer, &settings_);
  if (!tls) co_return connection;
  const Attempt<void> shaken =
      co_await connection->handshake(tls->alpn, deadline.within(settings_.tls_timeout));
  if (!shaken) co_return tl::unexpected<Ending>(shaken.error());
  co_return connection;
}

Task<Attempt<Answer>> Client::visit(GuardedUrl url, std::string request, Record record,
                                    Deadline deadline) {
  std::optional<Tls> tls;
  if (url.https) {
    tls.emplace(Tls{{}, std::string(kAlpnHttp)});
    // An address is no server name (RFC 6066 s3).
    if (const auto* name = std::get_if<names::DomainName>(&url.host))
      tls->server_name = name->text();
  }
  auto connection = co_await open(url.host, url.port, std::move(tls), record, deadline);
  if (!connection) co_return tl::unexpected<Ending>(std::move(connection.error()));
  auto answer = co_await (*connection)
                    ->exchange(std::move(request), deadline.within(settings_.response_timeout));
  co_return answer;
}

Attempt<std::optional<GuardedUrl>> Client::next(const GuardedTrail& trail, const Answer& answer,
                                                std::set<std::string>& visited) const {
  const auto refuse = [&](const std::string& why) {
    return end_with(GuardedFailure::redirect_refused,
                    fmt::format("the redirect from {} is not followed: {}",
                                printable(text_of(trail.hops.back().url)), why));
  };
  const bool redirects = answer.status / 100 == 3 && !answer.locations.empty();
  if (!impl::is_followed(answer.status)) {
    if (!redirects) return std::nullopt;
    return refuse(
        fmt::format("its status is {}; only 301, 302, 307 and 308 may be followed", answer.status));
  }
  if (answer.locations.size() != 1)
    return refuse(answer.locations.empty() ? "it has no Location header"
                                           : "it has more than one Location header");
  if (trail.hops.size() > settings_.redirects_max)
    return refuse(fmt::format("there were {} redirects before it, which is the most",
                              settings_.redirects_max));
  const std::string& location = answer.locations.front();
  auto url = resolve_location(location, trail.hops.back().url);
  if (!url)
    return refuse(fmt::format("Location \"{}\": {}", printable(location), url.error().message));
  if (!visited.insert(text_of(*url)).second)
    return refuse(fmt::format("it leads in a loop, back to {}", printable(text_of(*url))));
  return std::move(*url);
}

Task<GuardedTrail> Client::get(GuardedUrl url,
                               std::vector<std::pair<std::string, std::string>> headers,
                               Deadline deadline) {
  GuardedTrail trail;
  std::set<std::string> visited{text_of(url)};
  const auto end = [&trail](Ending ending) {
    trail.failure = ending.failure;
    trail.message = std::move(ending.message);
  };
  for (std::optional<GuardedUrl> here = std::move(url); here;) {
    trail.hops.push_back(GuardedHop{.url = std::move(*here), .address = {}, .location = {}});
    GuardedHop& hop = trail.hops.back();
    here.reset();
    if (const Attempt<void> good = check_url(hop.url); !good) {
      end(good.error());
      break;
    }
    auto request = impl::write_get(hop.url, headers, settings_.user_agent);
    if (!request) {
      end(std::move(request.error()));
      break;
    }
    auto answer =
        co_await visit(hop.url, std::move(*request), {&trail.lookups, &hop.address}, deadline);
    if (!answer) {
      end(std::move(answer.error()));
      break;
    }
    hop.status = answer->status;
    if (answer->status / 100 == 3 && !answer->locations.empty())
      hop.location = printable(answer->locations.front(), kLocationBytesMax);
    auto onward = next(trail, *answer, visited);
    if (!onward) {
      end(std::move(onward.error()));
      break;
    }
    here = std::move(*onward);
    if (here) continue;
    trail.body = std::move(answer->body);
    trail.body_truncated = answer->body_truncated;
  }
  co_return trail;
}

Task<TlsSight> Client::look_at_tls(Host host, std::string server_name, std::string alpn,
                                   Deadline deadline) {
  TlsSight sight;
  const Record record{&sight.lookups, &sight.address};
  std::optional<Tls> tls = Tls{std::move(server_name), std::move(alpn)};
  auto connection = co_await open(std::move(host), kTlsPort, std::move(tls), record, deadline);
  if (!connection) {
    sight.failure = connection.error().failure;
    sight.message = std::move(connection.error().message);
    co_return sight;
  }
  const SSL* ssl = (*connection)->ssl();
  sight.protocol = SSL_get_version(ssl);
  sight.alpn = impl::alpn_of(ssl);
  sight.certificate = impl::certificate_of(ssl);
  co_return sight;
}

}  // namespace

std::unique_ptr<GuardedClient> GuardedClient::make(boost::asio::any_io_executor executor,
                                                   GuardedSettings settings,
                                                   dns::Resolver& resolver) {
  return std::make_unique<Client>(std::move(executor), std::move(settings), resolver);
}

}  // namespace parallax::net
