// SPDX-License-Identifier: Apache-2.0
// `parallax permit verify`: whether a permit covers what is about to be signed, for signers that
// run commands; libraries do the same through permit/permit.h.
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "permit/jws.h"
#include "permit/permit.h"
#include "permit/requested_names.h"

namespace parallax::cli {
namespace {

struct Options {
  std::string permit;
  std::string keys;
  std::string names_from;
  std::string at;
  bool lab = false;
  bool json = false;
};

Result<permit::Permit> read_permit(const Options& options) {
  auto jws = read_file(options.permit);
  if (!jws) return fail(std::move(jws.error()));
  while (!jws->empty() && (jws->back() == '\n' || jws->back() == '\r')) jws->pop_back();
  const auto set = read_file(options.keys);
  if (!set) return fail(set.error());
  const auto keys = permit::keys_from_jwks(*set);
  if (!keys) return fail(keys.error());
  return permit::open_permit(*jws, *keys);
}

Result<Instant> instant_of(const Options& options) {
  if (options.at.empty()) return system_clock().now();
  return parse_instant(options.at);
}

int tell(const Options& options, const permit::Permit& opened, const Status& covered) {
  const std::string message =
      covered ? std::string("the permit covers the names") : covered.error().message;
  if (options.json) {
    json::array names;
    for (const std::string& name : opened.names) names.emplace_back(name);
    fmt::print("{}\n", json::serialize(
                           json::object{{"covered", covered.has_value()},
                                        {"message", message},
                                        {"order", opened.order_id},
                                        {"names", std::move(names)},
                                        {"not_after", format_instant(opened.not_after)},
                                        {"evidence", json::object{{"log", opened.log},
                                                                  {"index", opened.index},
                                                                  {"leaf_hash", opened.leaf_hash}}},
                                        {"lab", opened.lab}}));
  } else {
    fmt::print("{}: {}\nnames      {}\nnot after  {}\nevidence   {} of {}\n",
               covered ? "covered" : "not covered", message, fmt::join(opened.names, " "),
               format_instant(opened.not_after), opened.index, opened.log);
  }
  return covered ? kExitPermitted : kExitRefused;
}

// A permit or a request that nothing can be read from covers nothing; usage is about the command.
int refuse(const Error& error) {
  fmt::print(stderr, "parallax: {}\n", describe(error));
  return error.code == ErrorCode::configuration ? kExitUsage : kExitRefused;
}

int verify(const Options& options) {
  const auto at = instant_of(options);
  if (!at) return report_error(at.error());
  const auto opened = read_permit(options);
  if (!opened) return refuse(opened.error());
  const auto octets = read_file(options.names_from);
  if (!octets) return refuse(octets.error());
  const auto names = permit::requested_names(*octets, opened->certificate_type);
  if (!names) return refuse(names.error());
  const permit::SigningRequest request{opened->certificate_type, *names, *at, options.lab};
  return tell(options, *opened, permit::check_permit(*opened, request));
}

}  // namespace

void add_permit_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("permit", "Permits of decisions");
  command->require_subcommand(1);
  CLI::App* check = command->add_subcommand(
      "verify", "Hold a permit against a request, a certificate or a TBSCertificate");
  check->add_option("--permit", options->permit, "File with the permit of the answer")->required();
  check
      ->add_option("--keys", options->keys,
                   "File with the coordinator's /.well-known/jwks.json, fetched beforehand")
      ->required();
  check
      ->add_option("--names-from", options->names_from,
                   "PKCS#10 request, certificate or TBSCertificate, DER or PEM")
      ->required();
  check->add_option("--at", options->at, "When it is signed (RFC 3339); now if left out");
  check->add_flag("--lab", options->lab, "Accept permits made in a lab");
  check->add_flag("--json", options->json, "One JSON object");
  check->callback([options, &exit_code] { exit_code = verify(*options); });
}

}  // namespace parallax::cli
