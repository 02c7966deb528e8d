// SPDX-License-Identifier: Apache-2.0
// `parallax pki init DIR`: everything that has a key in it, so that nobody has to know openssl.
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "evidence/log_key.h"
#include "names/ip_address.h"
#include "net/pki.h"

namespace parallax::cli {
namespace {

constexpr int kPrivate = 0600;
constexpr int kPublic = 0644;

struct Options {
  std::string directory;
  std::string primary = "primary";
  std::vector<std::string> remotes;  // CODE or CODE=HOST
  std::vector<std::string> hosts;    // names of the coordinator's own service
  std::string log_origin = "localhost/parallax";
  int days = 825;
};

// What one end of the channel is known by.
struct Endpoint {
  std::string code;
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
};

void add_host(Endpoint& endpoint, const std::string& host) {
  if (names::IpAddress::parse(host))
    endpoint.ips.push_back(host);
  else
    endpoint.dns_names.push_back(host);
}

Endpoint parse_remote(const std::string& text) {
  const auto equals = text.find('=');
  Endpoint endpoint{text.substr(0, equals), {text.substr(0, equals)}, {}};
  if (equals != std::string::npos) add_host(endpoint, text.substr(equals + 1));
  return endpoint;
}

Status write_certificate(const Options& options, const net::CertificateAuthority& ca,
                         const Endpoint& endpoint, const std::string& file) {
  const auto made = net::issue(ca, endpoint.code, endpoint.dns_names, endpoint.ips, options.days);
  if (!made) return fail(made.error());
  const std::string path = options.directory + "/" + file;
  if (auto done = create_file(path + ".crt", made->certificate_pem, kPublic); !done) return done;
  return create_file(path + ".key", made->key_pem, kPrivate);
}

// Writes a signing key and prints what the coordinator's roster must carry of it.
Status write_signing_key(const Options& options, const std::string& code) {
  const SigningKey key = SigningKey::generate();
  const std::string path = options.directory + "/" + code + ".signing.key";
  if (auto done = create_file(path, key.to_pem(), kPrivate); !done) return done;
  const std::string public_key = base64_encode(key.verifying_key().raw());
  if (auto done =
          create_file(options.directory + "/" + code + ".signing.pub", public_key + "\n", kPublic);
      !done)
    return done;
  fmt::print("{}: public_key = \"{}\"\n", code, public_key);
  return {};
}

// Writes the key of the evidence log, and its public half as others verify checkpoints by it.
Status write_log_key(const Options& options) {
  SigningKey secret = SigningKey::generate();
  const std::string path = options.directory + "/log.signing";
  const std::string pem = secret.to_pem();
  const auto key = evidence::LogKey::make(options.log_origin, std::move(secret));
  if (!key)
    return fail(ErrorCode::configuration, fmt::format("--log-origin: {}", key.error().message));
  if (auto done = create_file(path + ".key", pem, kPrivate); !done) return done;
  const std::string vkey = key->key().vkey();
  if (auto done = create_file(path + ".pub", vkey + "\n", kPublic); !done) return done;
  fmt::print("log: {}\n", vkey);
  return {};
}

Status init(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error)
    return fail(ErrorCode::configuration,
                fmt::format("cannot create {}: {}", options.directory, error.message()));
  const auto ca = net::make_ca("Parallax perspectives", options.days);
  if (!ca) return fail(ca.error());
  const std::string directory = options.directory + "/";
  if (auto done = create_file(directory + "ca.crt", ca->certificate_pem, kPublic); !done)
    return done;
  if (auto done = create_file(directory + "ca.key", ca->key_pem, kPrivate); !done) return done;
  if (auto done =
          write_certificate(options, *ca, {"coordinator", {"coordinator"}, {}}, "coordinator");
      !done)
    return done;
  Endpoint server{"server", {"localhost"}, {"127.0.0.1", "::1"}};
  for (const std::string& host : options.hosts) add_host(server, host);
  if (auto done = write_certificate(options, *ca, server, "server"); !done) return done;
  if (auto done = write_signing_key(options, options.primary); !done) return done;
  if (auto done = write_log_key(options); !done) return done;
  if (auto done = write_signing_key(options, "permit"); !done) return done;
  for (const std::string& text : options.remotes) {
    const Endpoint remote = parse_remote(text);
    if (auto done = write_certificate(options, *ca, remote, remote.code); !done) return done;
    if (auto done = write_signing_key(options, remote.code); !done) return done;
  }
  fmt::print("Wrote {}. Keep ca.key offline; each host needs ca.crt and its own files only.\n",
             options.directory);
  return {};
}

}  // namespace

void add_pki_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* pki = app.add_subcommand("pki", "Keys and certificates of coordinator and remotes");
  pki->require_subcommand(1);
  CLI::App* command = pki->add_subcommand(
      "init", "Make a private CA, certificates and signing keys for a roster in a new directory");
  command->add_option("DIR", options->directory, "Where to write")->required();
  command->add_option("--primary", options->primary, "Code of the Primary");
  command->add_option("--remote", options->remotes, "CODE or CODE=HOST of a remote; repeatable");
  command->add_option("--host", options->hosts,
                      "Name or address of the coordinator's service, beside localhost");
  command->add_option("--log-origin", options->log_origin,
                      "The evidence log's name, as in evidence.log_origin");
  command->add_option("--days", options->days, "Days that the certificates last")
      ->check(CLI::Range(1, 3650));
  command->callback([options, &exit_code] {
    const auto done = init(*options);
    if (!done) exit_code = report_error(done.error());
  });
}

}  // namespace parallax::cli
