// SPDX-License-Identifier: Apache-2.0
// `parallax token add|revoke|list`: the API clients of a coordinator.
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "cli/commands.h"
#include "service/clients.h"

namespace parallax::cli {
namespace {

struct Options {
  std::string file;
  std::string client;
  std::vector<std::string> issuers;
  std::string fingerprint;
  std::string dns_name;
  std::string token_id;
};

int add(const Options& options) {
  service::NewCredential wanted;
  wanted.client = options.client;
  for (const std::string& text : options.issuers) {
    auto issuer = names::DomainName::parse(text);
    if (!issuer) return report_error(issuer.error());
    wanted.issuers.push_back(std::move(*issuer));
  }
  if (!options.fingerprint.empty()) wanted.certificate_fingerprint = options.fingerprint;
  if (!options.dns_name.empty()) wanted.certificate_dns_name = options.dns_name;
  const auto token =
      service::add_client(options.file, std::move(wanted), system_random(), system_clock().now());
  if (!token) return report_error(token.error());
  // Alone on standard output, so that a script can capture it; it is never shown again.
  if (!token->empty()) fmt::print("{}\n", *token);
  return kExitPermitted;
}

int revoke(const Options& options) {
  const std::string_view id = options.token_id;
  const auto done = service::revoke_client(options.file, options.client,
                                           id.empty() ? std::nullopt : std::optional(id));
  return done ? kExitPermitted : report_error(done.error());
}

int list(const Options& options) {
  const auto clients = service::load_clients(options.file);
  if (!clients) return report_error(clients.error());
  for (const service::ApiClient& client : *clients) {
    fmt::print("{}\n", client.id);
    for (const auto& issuer : client.issuers) fmt::print("  issuer       {}\n", issuer.text());
    for (const auto& token : client.tokens)
      fmt::print("  token        {} added {}\n", token.id(), format_instant(token.added));
    for (const auto& print : client.certificate_fingerprints)
      fmt::print("  certificate  {}\n", print);
    for (const auto& name : client.certificate_dns_names) fmt::print("  certificate  {}\n", name);
  }
  return kExitPermitted;
}

}  // namespace

void add_token_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* token = app.add_subcommand("token", "API clients and their tokens");
  token->require_subcommand(1);
  const auto verb = [&](const char* name, const char* text, int (*run)(const Options&)) {
    CLI::App* command = token->add_subcommand(name, text);
    command->add_option("--clients", options->file, "The coordinator's clients.file")->required();
    command->callback([options, run, &exit_code] { exit_code = run(*options); });
    return command;
  };
  CLI::App* add_command =
      verb("add", "Add a client or another credential of one; prints the new token", add);
  add_command->add_option("CLIENT", options->client, "The client's id")->required();
  add_command->add_option("--issuer", options->issuers,
                          "Issuer domain name it may ask under; repeatable");
  add_command->add_option("--certificate-sha256", options->fingerprint,
                          "Bind a client certificate by fingerprint instead of making a token");
  add_command->add_option("--certificate-dns-name", options->dns_name,
                          "Bind a client certificate by a dNSName instead of making a token");
  CLI::App* revoke_command = verb("revoke", "Remove a client, or one token of it", revoke);
  revoke_command->add_option("CLIENT", options->client, "The client's id")->required();
  revoke_command->add_option("--token", options->token_id, "Only the token with this id");
  verb("list", "Show clients, issuers and token ids", list);
}

}  // namespace parallax::cli
