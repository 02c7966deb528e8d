// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <gmock/gmock.h>

#include "cli/config_samples.h"

namespace parallax::cli {
namespace {

using std::chrono::milliseconds;
using test::coordinator_toml;
using test::perspective_toml;
using test::remote_toml;
using testing::ElementsAre;
using testing::HasSubstr;

Config read(const std::string& toml) {
  auto config = parse_config(toml, "/etc/parallax");
  EXPECT_TRUE(config) << (config ? "" : describe(config.error()));
  return config ? std::move(*config) : Config{};
}

TEST(Config, AnEmptyFileIsAllDefaults) {
  const Config config = read("");
  EXPECT_FALSE(config.lab);
  EXPECT_TRUE(config.dns.validate);
  EXPECT_EQ(config.dns.trust_anchor_file, "/usr/share/dns/root.key");
  EXPECT_EQ(config.dns.lookup_timeout, milliseconds(5000));
  EXPECT_EQ(config.check_timeout, milliseconds(15'000));
  EXPECT_FALSE(config.caa.permit_insecure_lookup_failure);
  EXPECT_FALSE(config.allow_domain_contact);
  EXPECT_FALSE(config.caa.flag_one_is_critical);
  EXPECT_FALSE(config.remotes_after_primary);
  EXPECT_FALSE(config.plain_http);
  EXPECT_EQ(config.listen.address, "127.0.0.1");
  EXPECT_EQ(config.listen.port, 8443);
  EXPECT_THAT(config.coordinator_names, ElementsAre("coordinator"));
  EXPECT_FALSE(config.primary);
  EXPECT_TRUE(config.remotes.empty());
}

TEST(Config, BoundsOfTheClientForTargetsAreAsDeclared) {
  const net::GuardedSettings built_in;
  const net::GuardedSettings guarded = read("").guarded;
  EXPECT_EQ(guarded.body_bytes_max, built_in.body_bytes_max);
  EXPECT_EQ(guarded.redirects_max, built_in.redirects_max);
  EXPECT_EQ(guarded.connect_timeout, built_in.connect_timeout);
  EXPECT_EQ(guarded.tls_timeout, built_in.tls_timeout);
  EXPECT_EQ(guarded.response_timeout, built_in.response_timeout);
}

TEST(Config, ReadsTheBoundsOfTheClientForTargets) {
  const net::GuardedSettings guarded = read(R"([control]
body_bytes_max = 8192
redirects_max = 0
connect_timeout_ms = 500
tls_timeout_ms = 600
response_timeout_ms = 700
)")
                                           .guarded;
  EXPECT_EQ(guarded.body_bytes_max, 8192U);
  EXPECT_EQ(guarded.redirects_max, 0U);
  EXPECT_EQ(guarded.connect_timeout, milliseconds(500));
  EXPECT_EQ(guarded.tls_timeout, milliseconds(600));
  EXPECT_EQ(guarded.response_timeout, milliseconds(700));
}

TEST(Config, NoBoundOfTheClientForTargetsCanWeakenAValidation) {
  for (const char* line :
       {"redirects_max = 11", "redirects_max = -1", "body_bytes_max = 8191",
        "body_bytes_max = 262145", "connect_timeout_ms = 499", "connect_timeout_ms = 10001",
        "tls_timeout_ms = 0", "response_timeout_ms = 30001"}) {
    SCOPED_TRACE(line);
    EXPECT_FALSE(parse_config(std::string("[control]\n") + line + "\n", "/etc/parallax"));
  }
}

TEST(Config, ReadsACoordinator) {
  const Config config = read(coordinator_toml());
  EXPECT_EQ(config.evidence_database, "/etc/parallax/evidence.db") << "relative to the file";
  ASSERT_TRUE(config.primary);
  EXPECT_EQ(config.primary->code, "primary");
  EXPECT_EQ(config.primary->resolver_rir, rules::Rir::arin) << "as the perspective's";
  EXPECT_TRUE(config.primary->validates);
  ASSERT_EQ(config.remotes.size(), 1u);
  const RemoteConfig& remote = config.remotes[0];
  EXPECT_EQ(remote.info.code, "eu-1");
  EXPECT_EQ(remote.info.rir, rules::Rir::ripe_ncc);
  EXPECT_TRUE(remote.info.validates);
  EXPECT_EQ(remote.info.resolver_location, remote.info.location);
  EXPECT_EQ(remote.host, "eu-1.example");
  EXPECT_EQ(remote.port, 9443);
  EXPECT_TRUE(remote.public_key);
  EXPECT_TRUE(require_coordinator(config));
  EXPECT_EQ(roster_of(config).remotes.size(), 1u);
}

TEST(Config, ARemoteMayBeDeclaredNotToValidate) {
  EXPECT_FALSE(read(remote_toml("validates = false")).remotes.at(0).info.validates);
  EXPECT_TRUE(read(remote_toml("validates = true")).remotes.at(0).info.validates);
}

TEST(Config, UrlsOfRemotes) {
  struct Case {
    const char* url;
    const char* host;
    int port;
  };
  const Case cases[] = {
      {"https://eu-1.example", "eu-1.example", 443},
      {"https://eu-1.example/", "eu-1.example", 443},
      {"https://192.0.2.1:8443", "192.0.2.1", 8443},
      {"https://[2001:db8::1]", "2001:db8::1", 443},
      {"https://[2001:db8::1]:8443", "2001:db8::1", 8443},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.url);
    const Config config = read(remote_toml("url = \"" + std::string(c.url) + "\""));
    ASSERT_EQ(config.remotes.size(), 1u);
    EXPECT_EQ(config.remotes[0].host, c.host);
    EXPECT_EQ(config.remotes[0].port, c.port);
  }
}

struct Bad {
  const char* name;
  std::string toml;
  const char* message;
};

const Bad kBad[] = {
    {"not_toml", "dns = ", "not TOML"},
    {"unterminated", "[dns", "not TOML"},
    {"duplicate_key", "[dns]\nipv4 = true\nipv4 = false", "not TOML"},
    {"unknown_key", "[dns]\nlookup_timeout = 5",
     "dns.lookup_timeout is not a setting; did you mean dns.lookup_timeout_ms?"},
    {"unknown_key_line", "\n\n[dns]\nlookup_timeout = 5", "line=4"},
    {"typing_slip", "[evidence]\ndatabse = \"x\"", "did you mean evidence.database?"},
    {"unknown_far_from_all", "frobnicate = 1", "frobnicate is not a setting (line=1)"},
    {"unknown_table", "[magic]\nzzzzzz = 1", "magic.zzzzzz is not a setting"},
    {"unknown_in_remote", remote_toml("ulr = \"https://x\""),
     "remotes[].ulr is not a setting; did you mean remotes[].url?"},
    {"hostile_key", "\"\\u001b[2J\" = 1", "\\x1b[2J is not a setting"},
    {"text_for_integer", "[dns]\nlookup_timeout_ms = \"5000\"",
     "dns.lookup_timeout_ms: must be a whole number from 100 to 60000"},
    {"fraction_for_integer", "[dns]\nlookup_timeout_ms = 5000.5", "must be a whole number"},
    {"integer_too_small", "[dns]\nlookup_timeout_ms = 99", "from 100 to 60000"},
    {"integer_too_large", "[dns]\nlookup_timeout_ms = 60001", "from 100 to 60000"},
    {"integer_negative", "[server]\nworkers = -1", "from 0 to 64"},
    {"cache_beyond_the_rules", "[dns]\ncache_max_ttl_s = 28801", "from 0 to 28800"},
    {"integer_for_boolean", "[dns]\nvalidate = 1", "dns.validate: must be true or false"},
    {"integer_for_text", "[log]\nlevel = 1", "log.level: must be a text in quotes"},
    {"text_for_texts", "[dns]\noutgoing_interfaces = \"::1\"", "must be a list of texts"},
    {"numbers_in_texts", "[dns]\noutgoing_interfaces = [1]", "must be a list of texts"},
    {"name_as_interface", "[dns]\noutgoing_interfaces = [\"eth0\"]", "must hold IP addresses"},
    {"no_protocol", "[dns]\nipv4 = false\nipv6 = false", "cannot both be off"},
    {"log_level", "[log]\nlevel = \"loud\"", "log.level"},
    {"log_format", "[log]\nformat = \"xml\"", "log.format"},
    {"lookup_failure", "[caa]\nlookup_failure = \"permit\"",
     "must be \"refuse\" or \"permit-if-insecure\""},
    {"domain_contact", "[control]\ndomain_contact = true",
     "control.domain_contact: must be a text in quotes"},
    {"domain_contact_word", "[control]\ndomain_contact = \"yes\"",
     "control.domain_contact: must be \"allow\" or \"refuse\""},
    {"listen_name", "[server]\nlisten = \"localhost:8443\"", "server.listen: must be address:port"},
    {"listen_no_port", "[server]\nlisten = \"127.0.0.1\"", "server.listen"},
    {"listen_big_port", "[server]\nlisten = \"127.0.0.1:65536\"", "server.listen"},
    {"plain_http_abroad", "[server]\nlisten = \"192.0.2.1:80\"\nplain_http = true",
     "only with server.listen on a loopback address"},
    {"perspective_code", "[perspective]\ncode = \"EU 1\"", "perspective.code"},
    {"primary_without_region", "[primary]\ncode = \"p\"\nlocation = \"1, 2\"", "primary.rir"},
    {"primary_region", "[primary]\ncode = \"p\"\nrir = \"IANA\"\nlocation = \"1, 2\"",
     "primary.rir"},
    {"primary_off_the_globe", "[primary]\ncode = \"p\"\nrir = \"ARIN\"\nlocation = \"91, 2\"",
     "primary.location"},
    {"remotes_not_tables", "remotes = [1]", "remotes must be [[remotes]] tables"},
    {"remotes_a_table", "[remotes]\ncode = \"x\"", "remotes"},
    {"remote_without_code", "[[remotes]]\nrir = \"ARIN\"\nlocation = \"1, 2\"",
     "remotes[].code: must be 1 to 63 of"},
    {"remote_long_code", "[[remotes]]\ncode = \"" + std::string(64, 'a') + "\"", "remotes[].code"},
    {"remote_plain_http", remote_toml("url = \"http://eu-1.example\""), "must begin with https://"},
    {"remote_path", remote_toml("url = \"https://eu-1.example/v1\""), "without a path"},
    {"remote_empty_host", remote_toml("url = \"https://\""), "remotes[].url"},
    {"remote_bad_port", remote_toml("url = \"https://eu-1.example:https\""), "remotes[].url"},
    {"remote_short_key", remote_toml("public_key = \"AAAA\""), "remotes[].public_key"},
    {"remote_key_not_base64", remote_toml("public_key = \"@@@\""), "remotes[].public_key"},
    {"remote_validates_text", remote_toml("validates = \"no\""),
     "remotes[].validates: must be true or false"},
    {"code_twice", remote_toml("") + remote_toml(""), "two perspectives have the code eu-1"},
    {"code_of_the_primary",
     "[primary]\ncode = \"eu-1\"\nrir = \"ARIN\"\nlocation = \"1, 2\"\n" + remote_toml(""),
     "two perspectives have the code eu-1"},
};

class BadConfig : public testing::TestWithParam<Bad> {};

TEST_P(BadConfig, IsRefusedWithASentenceThatHelps) {
  const auto config = parse_config(GetParam().toml, "");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::configuration);
  EXPECT_THAT(describe(config.error()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Config, BadConfig, testing::ValuesIn(kBad),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Config, AtMostThirtyTwoRemotes) {
  std::string toml;
  for (int i = 0; i < 33; ++i)
    toml += "[[remotes]]\ncode = \"r-" + std::to_string(i) +
            "\"\nrir = \"ARIN\"\nlocation = \"1, 2\"\n";
  const auto config = parse_config(toml, "");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("at most 32 remotes"));
}

TEST(Config, AFileThatIsNotThereIsNamed) {
  const auto config = load_config("/nonexistent/parallax.toml");
  ASSERT_FALSE(config);
  EXPECT_THAT(describe(config.error()), HasSubstr("/nonexistent/parallax.toml"));
}

TEST(RequireCoordinator, NamesTheFirstMissingKey) {
  struct Case {
    const char* name;
    void (*remove)(Config&);
    const char* message;
  };
  const Case cases[] = {
      {"primary", [](Config& c) { c.primary.reset(); }, "a [primary] table"},
      {"remotes", [](Config& c) { c.remotes.clear(); }, "[[remotes]] tables"},
      {"evidence", [](Config& c) { c.evidence_database.clear(); }, "evidence.database"},
      {"clients", [](Config& c) { c.clients_file.clear(); }, "clients.file"},
      {"tls", [](Config& c) { c.plain_http = false; }, "server.certificate"},
      {"not_validating", [](Config& c) { c.dns.validate = false; }, "the Primary always validates"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Config config = read(coordinator_toml());
    c.remove(config);
    const Status complete = require_coordinator(config);
    ASSERT_FALSE(complete);
    EXPECT_EQ(complete.error().code, ErrorCode::configuration);
    EXPECT_THAT(complete.error().message, HasSubstr(c.message));
  }
}

TEST(RequirePerspective, NamesTheFirstMissingKey) {
  EXPECT_TRUE(require_perspective(read(perspective_toml())));
  struct Case {
    const char* name;
    void (*remove)(Config&);
    const char* message;
  };
  const Case cases[] = {
      {"code", [](Config& c) { c.perspective_code.clear(); }, "perspective.code"},
      {"signing_key", [](Config& c) { c.perspective_signing_key.clear(); },
       "perspective.signing_key"},
      {"certificate", [](Config& c) { c.peer_tls.certificate_file.clear(); }, "peer.certificate"},
      {"key", [](Config& c) { c.peer_tls.key_file.clear(); }, "peer.key"},
      {"ca", [](Config& c) { c.peer_tls.ca_file.clear(); }, "peer.ca"},
      {"names", [](Config& c) { c.coordinator_names.clear(); }, "peer.coordinator_names"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Config config = read(perspective_toml());
    c.remove(config);
    const Status complete = require_perspective(config);
    ASSERT_FALSE(complete);
    EXPECT_THAT(complete.error().message, HasSubstr(c.message));
  }
}

}  // namespace
}  // namespace parallax::cli
