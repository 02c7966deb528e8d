// SPDX-License-Identifier: Apache-2.0
#include "service/authenticator.h"

#include <algorithm>
#include <optional>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

tl::unexpected<Error> unauthorized(std::string message) {
  return fail(ErrorCode::unauthorized, std::move(message));
}

// The token of a request; nullopt if it carries none. Error: unauthorized (another scheme, two
// different tokens, too long).
Result<std::optional<std::string>> token_of(const net::HttpRequest& request) {
  std::optional<std::string> token;
  if (const auto header = request.header("authorization")) {
    constexpr std::string_view kScheme = "Bearer ";
    if (!boost::algorithm::istarts_with(*header, kScheme))
      return unauthorized("The Authorization header does not use the Bearer scheme.");
    token = boost::algorithm::trim_copy(std::string(header->substr(kScheme.size())));
  }
  if (const auto key = request.header("x-api-key")) {
    if (token && *token != *key)
      return unauthorized("Authorization and x-api-key carry different tokens.");
    token = std::string(*key);
  }
  if (token && (token->empty() || token->size() > kBearerTokenSizeMax))
    return unauthorized("The token is not known.");
  return token;
}

bool equal_in_constant_time(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Goes through every stored hash whether or not one matched, so that time tells nothing.
const ApiClient* client_with_token(const std::vector<ApiClient>& clients,
                                   const std::string& token) {
  const std::string hash = hex_encode(sha256(token));
  const ApiClient* found = nullptr;
  for (const ApiClient& client : clients)
    for (const StoredToken& stored : client.tokens)
      if (equal_in_constant_time(stored.sha256, hash)) found = &client;
  return found;
}

bool bound_to(const ApiClient& client, const net::ClientCertificate& certificate) {
  const auto& prints = client.certificate_fingerprints;
  if (std::find(prints.begin(), prints.end(), certificate.sha256_fingerprint) != prints.end())
    return true;
  return std::any_of(
      certificate.dns_names.begin(), certificate.dns_names.end(), [&](const std::string& name) {
        const auto& bound = client.certificate_dns_names;
        return std::find(bound.begin(), bound.end(), boost::algorithm::to_lower_copy(name)) !=
               bound.end();
      });
}

// A certificate that fits two clients identifies neither.
const ApiClient* client_with_certificate(const std::vector<ApiClient>& clients,
                                         const net::ClientCertificate& certificate) {
  const ApiClient* found = nullptr;
  for (const ApiClient& client : clients) {
    if (!bound_to(client, certificate)) continue;
    if (found != nullptr) return nullptr;
    found = &client;
  }
  return found;
}

}  // namespace

Authenticator::Authenticator(std::string path, State state)
    : path_(std::move(path)), state_(std::move(state)) {}

Result<std::unique_ptr<Authenticator>> Authenticator::open(std::string path) {
  const FileStamp stamp = stamp_of(path);
  auto clients = load_clients(path);
  if (!clients) return fail(clients.error());
  return std::unique_ptr<Authenticator>(
      new Authenticator(std::move(path), State{stamp, std::move(clients)}));
}

void Authenticator::refresh(State& state) const {
  // The stamp is taken before the file is read: a change in between is seen the next time.
  const FileStamp stamp = stamp_of(path_);
  if (stamp == state.stamp) return;
  state.stamp = stamp;
  state.clients = load_clients(path_);
  if (state.clients)
    log::info("client-file-read",
              {{"file", path_}, {"clients", std::to_string(state.clients->size())}});
  else
    log::error("client-file-unusable", {{"error", describe(state.clients.error())}});
}

Result<Caller> Authenticator::authenticate(const net::HttpRequest& request) const {
  const auto token = token_of(request);
  if (!token) return fail(token.error());
  if (!*token && !request.client)
    return unauthorized(
        "Send a token (Authorization: Bearer, or x-api-key) or use a client "
        "certificate.");
  return state_.with([&](State& state) -> Result<Caller> {
    refresh(state);
    if (!state.clients)
      return fail(ErrorCode::storage, "The file of API clients cannot be used; see the log.");
    const ApiClient* client = *token ? client_with_token(*state.clients, **token)
                                     : client_with_certificate(*state.clients, *request.client);
    if (client == nullptr)
      return unauthorized(*token ? "The token is not known."
                                 : "The client certificate is not bound to a client.");
    return Caller{client->id, client->issuers};
  });
}

Status check_issuers(const Caller& caller, const std::vector<names::DomainName>& issuers) {
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    if (std::find(caller.issuers.begin(), caller.issuers.end(), issuers[i]) != caller.issuers.end())
      continue;
    return fail(ErrorCode::forbidden,
                fmt::format("The client \"{}\" may not ask under the issuer name {}.",
                            caller.client, issuers[i].text()));
  }
  return {};
}

}  // namespace parallax::service
