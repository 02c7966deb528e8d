// SPDX-License-Identifier: Apache-2.0
// A guarded client on a loop, with the lab's leave to reach loopback addresses.
#pragma once

#include <gmock/gmock.h>

#include "guarded_site.h"

namespace parallax::net::test {

class GuardedTest : public testing::Test {
 protected:
  GuardedTest() {
    settings.lab = true;
    settings.user_agent = "parallax-test/1";
    // A test that hangs fails by the loop, not by these.
    settings.connect_timeout = settings.tls_timeout = settings.lookup_timeout =
        settings.response_timeout = 2 * kStuck;
    resolver.has("a.example", {"127.0.0.1"});
  }

  std::unique_ptr<GuardedClient> client() {
    return GuardedClient::make(loop.io.get_executor(), settings, resolver);
  }
  GuardedTrail get(const std::string& from, HttpHeaders headers = {},
                   Deadline deadline = Deadline::after(2 * kStuck)) {
    const auto made = client();
    return loop.await(made->get(url(from), std::move(headers), deadline));
  }
  TlsSight look(Host host, std::string server_name, std::string alpn) {
    const auto made = client();
    return loop.await(made->look_at_tls(std::move(host), std::move(server_name), std::move(alpn),
                                        Deadline::after(2 * kStuck)));
  }
  // `site` stands in for this Authorized Port.
  void serve(const Site& site, std::uint16_t authorized = 80) {
    settings.lab_ports[authorized] = site.port();
  }

  Loop loop;
  ScriptedResolver resolver;
  GuardedSettings settings;
};

}  // namespace parallax::net::test
