// SPDX-License-Identifier: Apache-2.0
// Certificates in a folder that goes with the test.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "base/clock.h"
#include "net/pki.h"
#include "net/tls.h"

namespace parallax::net {

class PkiDir {
 public:
  explicit PkiDir(const std::string& ca_name = "test CA") {
    static std::atomic<int> counter{0};
    folder_ = std::filesystem::temp_directory_path() /
              ("parallax-pki-" + std::to_string(getpid()) + "-" + std::to_string(++counter));
    std::filesystem::create_directories(folder_);
    ca = make_ca(ca_name, 1).value();
    write("ca.pem", ca.certificate_pem);
  }
  ~PkiDir() { std::filesystem::remove_all(folder_); }
  PkiDir(const PkiDir&) = delete;
  PkiDir& operator=(const PkiDir&) = delete;

  // The files of a fresh certificate for `name`.
  [[nodiscard]] TlsFiles files(const std::string& name,
                               Validity validity = validity_from(system_clock().now(), 1)) {
    const auto made = issue(ca, {name, {name}, {}}, validity).value();
    return {write(name + ".pem", made.certificate_pem), write(name + ".key", made.key_pem),
            path("ca.pem")};
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return path(name);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  CertificateAuthority ca;

 private:
  std::filesystem::path folder_;
};

}  // namespace parallax::net
