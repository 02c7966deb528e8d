// SPDX-License-Identifier: Apache-2.0
#include "service/clients.h"

#include <algorithm>

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "service/client_file.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

constexpr std::size_t kTokenOctets = 32;
// A fixed beginning lets secret scanners recognise a leaked token.
constexpr std::string_view kTokenPrefix = "plx_";

ApiClient* find_client(std::vector<ApiClient>& clients, std::string_view id) {
  const auto at = std::find_if(clients.begin(), clients.end(),
                               [&](const ApiClient& client) { return client.id == id; });
  return at == clients.end() ? nullptr : &*at;
}

bool same_issuers(std::vector<names::DomainName> a, std::vector<names::DomainName> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

// The client to add the credential to, made if need be.
Result<ApiClient*> client_for(std::vector<ApiClient>& clients, const NewCredential& wanted) {
  if (ApiClient* known = find_client(clients, wanted.client)) {
    if (wanted.issuers.empty() || same_issuers(known->issuers, wanted.issuers)) return known;
    return fail(ErrorCode::conflict,
                fmt::format("client \"{}\" exists and is bound to other issuer names; revoke it "
                            "first, or leave the issuers out to add a credential",
                            wanted.client));
  }
  if (wanted.issuers.empty())
    return fail(ErrorCode::malformed, "a new client needs at least one issuer name");
  if (clients.size() >= kClientsMax)
    return fail(ErrorCode::overloaded, fmt::format("there are {} clients already", kClientsMax));
  ApiClient client;
  client.id = wanted.client;
  client.issuers = wanted.issuers;
  clients.push_back(std::move(client));
  return &clients.back();
}

Result<std::string> add_token(ApiClient& client, Random& random, Instant now) {
  if (client.tokens.size() >= kTokensPerClientMax)
    return fail(ErrorCode::overloaded,
                fmt::format("client \"{}\" has {} tokens already; revoke one", client.id,
                            kTokensPerClientMax));
  std::string token = std::string(kTokenPrefix) + base64url_encode(random.octets(kTokenOctets));
  client.tokens.push_back({hex_encode(sha256(token)), now});
  return token;
}

void bind_certificate(ApiClient& client, const NewCredential& wanted) {
  if (wanted.certificate_fingerprint)
    client.certificate_fingerprints.push_back(
        boost::algorithm::to_lower_copy(*wanted.certificate_fingerprint));
  if (wanted.certificate_dns_name)
    client.certificate_dns_names.push_back(
        boost::algorithm::to_lower_copy(*wanted.certificate_dns_name));
}

// The text is read back before it is written: what the file's parser refuses (a bad id, a
// credential at two clients) never reaches the disk.
Status store(const std::string& path, const std::vector<ApiClient>& clients) {
  const std::string text = to_client_file(clients);
  if (const auto checked = parse_client_file(text); !checked) return fail(checked.error());
  return replace_file(path, text);
}

}  // namespace

Result<std::vector<ApiClient>> load_clients(const std::string& path) {
  auto text = read_client_file(path);
  if (!text) return fail(text.error());
  if (!*text) return std::vector<ApiClient>{};
  auto clients = parse_client_file(**text);
  if (!clients)
    return fail(ErrorCode::configuration,
                fmt::format("client file {}: {}", path, describe(clients.error())));
  return clients;
}

Result<std::string> add_client(const std::string& path, NewCredential wanted, Random& random,
                               Instant now) {
  const auto lock = FileLock::acquire(path);
  if (!lock) return fail(lock.error());
  auto clients = load_clients(path);
  if (!clients) return fail(clients.error());
  const auto client = client_for(*clients, wanted);
  if (!client) return fail(client.error());

  std::string token;
  if (wanted.certificate_fingerprint || wanted.certificate_dns_name) {
    bind_certificate(**client, wanted);
  } else {
    auto made = add_token(**client, random, now);
    if (!made) return fail(made.error());
    token = std::move(*made);
  }
  if (const auto stored = store(path, *clients); !stored) return fail(stored.error());
  return token;
}

Status revoke_client(const std::string& path, std::string_view client,
                     std::optional<std::string_view> token_id) {
  const auto lock = FileLock::acquire(path);
  if (!lock) return fail(lock.error());
  auto clients = load_clients(path);
  if (!clients) return fail(clients.error());
  ApiClient* known = find_client(*clients, client);
  if (known == nullptr)
    return fail(ErrorCode::not_found, fmt::format("there is no client \"{}\"", printable(client)));
  if (token_id) {
    const auto removed = std::erase_if(
        known->tokens, [&](const StoredToken& token) { return token.id() == *token_id; });
    if (removed == 0)
      return fail(ErrorCode::not_found, fmt::format("client \"{}\" has no token {}", known->id,
                                                    printable(*token_id, 20)));
  } else {
    clients->erase(clients->begin() + (known - clients->data()));
  }
  return store(path, *clients);
}

}  // namespace parallax::service
