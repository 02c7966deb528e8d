// SPDX-License-Identifier: Apache-2.0
// `parallax check caa NAME` and `parallax check control NAME`: from this vantage alone, or through
// a coordinator.
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/json.h"
#include "cli/check_caa.h"
#include "cli/check_control.h"
#include "cli/commands.h"

namespace parallax::cli {
namespace {

void print_human(const json::object& answer) {
  const auto text = [&answer](std::string_view key) -> std::string {
    const json::value* value = answer.if_contains(key);
    if (value == nullptr || value->is_null()) return "-";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
  };
  fmt::print("{}  {}  ({})\n\n{}\n\n", text("name"), text("outcome"), text("reason"),
             text("explanation"));
  fmt::print("found at            {}\n", text("found_at"));
  const json::array* records = nullptr;
  if (const json::value* value = answer.if_contains("records")) records = value->if_array();
  for (std::size_t i = 0; records != nullptr && i < records->size(); ++i)
    if (const auto* record = (*records)[i].if_string())
      fmt::print("record              {}\n", std::string(*record));
  fmt::print("dnssec              {}\nttl                 {} s\npermission expires  {}\n",
             text("dnssec"), text("ttl_s"), text("permission_expires"));
  fmt::print("quorum              {}\n",
             text("quorum") == "-" ? "none: one vantage, no corroboration" : text("quorum"));
  if (text("lab") == "true") fmt::print("LAB: not an answer about the Internet.\n");
}

void print_control(const json::object& answer) {
  const auto text = [&answer](std::string_view key) -> std::string {
    const json::value* value = answer.if_contains(key);
    if (value == nullptr || value->is_null()) return "-";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
  };
  fmt::print("{}  {}  ({})\n\n{}\n\n", text("name"), text("outcome"), text("reason"),
             text("explanation"));
  fmt::print("method              {}\nlooked at           {}\ndnssec              {}\n",
             text("method"), text("adn"), text("dnssec"));
  fmt::print("quorum              {}\n",
             text("quorum") == "-" ? "none: one vantage, no corroboration" : text("quorum"));
  if (text("lab") == "true") fmt::print("LAB: not an answer about the Internet.\n");
}

int exit_code_of(const json::object& answer) {
  const json::value* outcome = answer.if_contains("outcome");
  if (outcome != nullptr && *outcome == "permitted") return kExitPermitted;
  if (outcome != nullptr && *outcome == "refused") return kExitRefused;
  return kExitUndetermined;
}

int run(const CheckCaaOptions& options, bool as_json) {
  const auto answer = options.server.empty() ? check_caa_here(options) : check_caa_through(options);
  if (!answer) return report_error(answer.error());
  if (as_json)
    fmt::print("{}\n", json::serialize(*answer));
  else
    print_human(*answer);
  return exit_code_of(*answer);
}

int run_control(const CheckControlOptions& options, bool as_json) {
  const auto answer = options.coordinator.server.empty() ? check_control_here(options)
                                                         : check_control_through(options);
  if (!answer) return report_error(answer.error());
  if (as_json)
    fmt::print("{}\n", json::serialize(*answer));
  else
    print_control(*answer);
  return exit_code_of(*answer);
}

void add_control(CLI::App& check, int& exit_code) {
  const auto options = std::make_shared<CheckControlOptions>();
  const auto as_json = std::make_shared<bool>(false);
  CLI::App* control = check.add_subcommand("control", "Is control of the name shown?");
  control->add_option("NAME", options->name, "Mailbox, domain name, *.wildcard or IP address")
      ->required();
  control->add_option("--method", options->method, "acme-dns-01, website-change, ...")->required();
  control->add_option("--param", options->parameters,
                      "key=value of the method, as in the control object of /v1; repeatable");
  control->add_option("--type", options->type, "smime or tls; smime if left out");
  control->add_option("--adn", options->adn, "Authorization Domain Name, if not the name itself");
  control->add_flag("--mail-server", options->mail_server,
                    "Show control of the mail server of the mailbox's domain (SBR 3.2.2.3)");
  control->add_option("--issuer", options->issuers,
                      "With --server: issuer domain name of the CA; repeatable");
  control->add_option("--config", options->config, "Configuration file (TOML)");
  control->add_option("--server", options->coordinator.server,
                      "Ask a coordinator: https://host:port");
  control->add_option("--token-file", options->coordinator.token_file,
                      "With --server: file with the token");
  control->add_option("--ca", options->coordinator.ca_file,
                      "With --server: PEM file of the CA that it is under");
  control->add_flag("--json", *as_json, "One JSON object");
  control->callback(
      [options, as_json, &exit_code] { exit_code = run_control(*options, *as_json); });
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<CheckCaaOptions>();
  const auto as_json = std::make_shared<bool>(false);
  CLI::App* check = app.add_subcommand("check", "Check one name");
  check->require_subcommand(1);
  CLI::App* caa = check->add_subcommand("caa", "Does CAA permit issuance?");
  caa->add_option("NAME", options->name, "Mailbox, domain name or *.wildcard")->required();
  caa->add_option("--type", options->type, "smime or tls; smime if left out");
  caa->add_option("--issuer", options->issuers, "Issuer domain name of the CA; repeatable")
      ->required();
  caa->add_option("--account-uri", options->account_uri, "RFC 8657 accounturi");
  caa->add_option("--method", options->method, "RFC 8657 validationmethods label");
  caa->add_option("--config", options->config, "Configuration file (TOML)");
  caa->add_option("--server", options->server, "Ask a coordinator: https://host:port");
  caa->add_option("--token-file", options->token_file, "With --server: file with the token");
  caa->add_option("--ca", options->ca_file, "With --server: PEM file of the CA that it is under");
  caa->add_flag("--json", *as_json, "One JSON object");
  caa->callback([options, as_json, &exit_code] { exit_code = run(*options, *as_json); });
  add_control(*check, exit_code);
}

}  // namespace parallax::cli
