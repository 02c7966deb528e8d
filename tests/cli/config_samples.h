// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace parallax::cli::test {

// A coordinator's file with one remote; `more` goes to the top level, before any table.
inline std::string coordinator_toml(const std::string& more = "") {
  return more + R"(
[evidence]
database = "evidence.db"
[clients]
file = "clients.json"
[server]
plain_http = true
[primary]
code = "primary"
rir = "ARIN"
location = "39.04, -77.49"
[[remotes]]
code = "eu-1"
url = "https://eu-1.example:9443"
public_key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
rir = "ripe"
location = "50.11, 8.68"
)";
}

// A remote's table with `lines` in the place of all but code, region and location.
inline std::string remote_toml(const std::string& lines) {
  return "[[remotes]]\ncode = \"eu-1\"\nrir = \"RIPE NCC\"\nlocation = \"50.11, 8.68\"\n" + lines;
}

inline std::string perspective_toml() {
  return R"([perspective]
code = "eu-1"
signing_key = "eu-1.signing.key"
[peer]
certificate = "eu-1.crt"
key = "eu-1.key"
ca = "ca.crt"
)";
}

}  // namespace parallax::cli::test
