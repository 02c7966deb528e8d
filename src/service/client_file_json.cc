// SPDX-License-Identifier: Apache-2.0
// The text of the client file:
//   {"clients": [{"id": "ra-portal", "issuers": ["ca.example"],
//                 "tokens": [{"sha256": "<hex>", "added": "<RFC 3339>"}],
//                 "certificate_fingerprints": ["<hex>"], "certificate_dns_names": ["<name>"]}]}
#include <algorithm>
#include <set>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "service/clients.h"
#include "service/limits.h"

namespace parallax::service {
namespace {

constexpr std::size_t kClientIdSizeMax = 64;
constexpr std::size_t kSha256HexSize = 64;

bool valid_client_id(std::string_view id) {
  const bool clean = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  return clean && !id.empty() && id.size() <= kClientIdSizeMax;
}

bool valid_sha256_hex(std::string_view text) {
  return text.size() == kSha256HexSize && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

json::array strings_json(const std::vector<std::string>& values) {
  json::array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

// Reads one client after another and sees to it that no id and no credential stands twice.
class FileReader {
 public:
  Result<ApiClient> client(const json::value& value, const std::string& pointer) {
    ObjectReader in(value, pointer);
    ApiClient client;
    client.id = in.string("id");
    if (!valid_client_id(client.id))
      in.reject("id", "a client id is 1 to 64 letters, digits, dots, hyphens and underscores");
    if (!ids_.insert(client.id).second) in.reject("id", "two clients have this id");
    read_issuers(in, client);
    read_tokens(in, client);
    client.certificate_fingerprints =
        in.optional_strings("certificate_fingerprints").value_or(std::vector<std::string>{});
    for (const std::string& print : client.certificate_fingerprints)
      if (!valid_sha256_hex(print))
        in.reject("certificate_fingerprints", "a fingerprint is 64 lower-case hex digits");
      else
        claim(in, "certificate_fingerprints", "f:" + print);
    client.certificate_dns_names =
        in.optional_strings("certificate_dns_names").value_or(std::vector<std::string>{});
    for (const std::string& name : client.certificate_dns_names)
      if (const auto parsed = names::DomainName::parse(name); !parsed || parsed->text() != name)
        in.reject("certificate_dns_names", "not a domain name in lower case");
      else
        claim(in, "certificate_dns_names", "n:" + name);
    if (const auto end = in.finish(); !end) return fail(end.error());
    return client;
  }

 private:
  void claim(ObjectReader& in, std::string_view key, std::string credential) {
    if (!credentials_.insert(std::move(credential)).second)
      in.reject(key, "one credential is bound twice");
  }

  static void read_issuers(ObjectReader& in, ApiClient& client) {
    for (const std::string& text : in.strings("issuers")) {
      auto issuer = names::DomainName::parse(text);
      if (!issuer)
        in.reject("issuers", issuer.error().message);
      else
        client.issuers.push_back(std::move(*issuer));
    }
    if (client.issuers.empty()) in.reject("issuers", "a client needs at least one issuer name");
  }

  void read_tokens(ObjectReader& in, ApiClient& client) {
    if (!in.has("tokens")) return;
    const json::array& tokens = in.array("tokens");
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      ObjectReader token(tokens[i], fmt::format("{}/{}", in.pointer_to("tokens"), i));
      const std::string hash = token.string("sha256");
      const auto added = parse_instant(token.string("added"));
      if (const auto end = token.finish(); !end) {
        in.reject("tokens", describe(end.error()));
      } else if (!valid_sha256_hex(hash) || !added) {
        in.reject("tokens", "a token has sha256 (64 lower-case hex digits) and added (RFC 3339)");
      } else {
        claim(in, "tokens", "t:" + hash);
        client.tokens.push_back({hash, *added});
      }
    }
  }

  std::set<std::string> ids_;
  std::set<std::string> credentials_;
};

}  // namespace

std::string to_client_file(const std::vector<ApiClient>& clients) {
  json::array list;
  for (const ApiClient& client : clients) {
    json::array issuers;
    for (const auto& issuer : client.issuers) issuers.emplace_back(issuer.text());
    json::array tokens;
    for (const StoredToken& token : client.tokens)
      tokens.push_back(
          json::object{{"sha256", token.sha256}, {"added", format_instant(token.added)}});
    list.push_back(
        json::object{{"id", client.id},
                     {"issuers", std::move(issuers)},
                     {"tokens", std::move(tokens)},
                     {"certificate_fingerprints", strings_json(client.certificate_fingerprints)},
                     {"certificate_dns_names", strings_json(client.certificate_dns_names)}});
  }
  return json::serialize(json::object{{"clients", std::move(list)}}) + "\n";
}

Result<std::vector<ApiClient>> parse_client_file(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return fail(document.error());
  ObjectReader in(*document, "");
  const json::array& list = in.array("clients");
  if (const auto end = in.finish(); !end) return fail(end.error());
  if (list.size() > kClientsMax)
    return fail(ErrorCode::malformed, fmt::format("more than {} clients", kClientsMax));
  FileReader reader;
  std::vector<ApiClient> clients;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto client = reader.client(list[i], fmt::format("/clients/{}", i));
    if (!client) return fail(client.error());
    clients.push_back(std::move(*client));
  }
  return clients;
}

}  // namespace parallax::service
