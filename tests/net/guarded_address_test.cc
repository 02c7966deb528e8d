// SPDX-License-Identifier: Apache-2.0
// Which addresses are reached. (The registries themselves are tested with names::IpAddress.)
#include "net/impl/guarded_address.h"

#include <gmock/gmock.h>

namespace parallax::net::impl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

names::IpAddress ip(const std::string& text) { return names::IpAddress::parse(text).value(); }

std::vector<names::IpAddress> ips(const std::vector<std::string>& texts) {
  std::vector<names::IpAddress> all;
  for (const auto& text : texts) all.push_back(ip(text));
  return all;
}

std::vector<std::string> texts(const std::vector<names::IpAddress>& all) {
  std::vector<std::string> out;
  for (const auto& address : all) out.push_back(address.text());
  return out;
}

TEST(GuardedAddress, SpecialPurpose) {
  const std::pair<const char*, const char*> cases[] = {
      {"127.0.0.1", "Loopback"},
      {"10.1.2.3", "Private-Use"},
      {"169.254.169.254", "Link Local"},
      {"100.64.0.1", "Shared Address Space"},
      {"224.0.0.1", "Multicast"},
      {"0.0.0.0", "This network"},
      {"255.255.255.255", "Broadcast"},
      {"::1", "Loopback"},
      {"::", "Unspecified"},
      {"fe80::1", "Link-Local"},
      {"fd00::1", "Unique-Local"},
      {"ff02::1", "Multicast"},
      {"::ffff:8.8.8.8", "mapped"},
      {"::8.8.8.8", "2000::/3"},
      {"64:ff9b::808:808", "NAT64"},
      {"2002:808:808::1", "6to4"},
      {"2001:0:808:808::1", "TEREDO"},
      {"2a00::200:5efe:a00:1", "embeds 10.0.0.1, which is reserved: Private-Use"},
      {"2a00::5efe:7f00:1", "embeds 127.0.0.1"},
  };
  for (const auto& [address, said] : cases) {
    SCOPED_TRACE(address);
    EXPECT_THAT(refusal_of(ip(address), {}), HasSubstr(said));
    GuardedSettings lab;
    lab.lab = true;
    EXPECT_EQ(refusal_of(ip(address), lab), "");
  }
  for (const char* open : {"8.8.8.8", "2a00:1450::1", "2a00::200:5efe:808:808"}) {
    SCOPED_TRACE(open);
    EXPECT_EQ(refusal_of(ip(open), {}), "");
  }
}

struct OwnCase {
  const char* name;
  const char* network;
  unsigned bits;
  const char* address;
  bool refused;
};

constexpr OwnCase kOwn[] = {
    {"inside", "198.51.100.0", 24, "198.51.100.255", true},
    {"outside", "198.51.100.0", 24, "198.51.101.0", false},
    {"odd_bits_inside", "198.51.100.64", 27, "198.51.100.95", true},
    {"odd_bits_outside", "198.51.100.64", 27, "198.51.100.96", false},
    {"one_address", "198.51.100.7", 32, "198.51.100.7", true},
    {"beside_one_address", "198.51.100.7", 32, "198.51.100.6", false},
    {"too_many_bits_mean_one_address", "198.51.100.7", 99, "198.51.100.7", true},
    {"everything", "0.0.0.0", 0, "8.8.8.8", true},
    {"everything_of_one_family", "0.0.0.0", 0, "2a00::1", false},
    {"v6_inside", "2a00:1:2::", 47, "2a00:1:3:ffff::1", true},
    {"v6_outside", "2a00:1:2::", 47, "2a00:1:4::1", false},
    {"mapped", "198.51.100.0", 24, "::ffff:198.51.100.1", true},
    {"compatible", "198.51.100.0", 24, "::198.51.100.1", true},
    {"translated", "198.51.100.0", 24, "::ffff:0:198.51.100.1", true},
    {"nat64", "198.51.100.0", 24, "64:ff9b::198.51.100.1", true},
    {"nat64_local", "198.51.100.0", 24, "64:ff9b:1::198.51.100.1", true},
    {"6to4", "198.51.100.0", 24, "2002:c633:6401::1", true},
    {"6to4_other", "198.51.100.0", 24, "2002:c633:6501::1", false},
    {"teredo_server", "198.51.100.0", 24, "2001:0:c633:6401::1", true},
    {"teredo_client", "198.51.100.0", 24, "2001:0:808:808::39cc:9bfe", true},
    {"isatap", "198.51.100.0", 24, "2a00::5efe:198.51.100.1", true},
    {"isatap_global", "198.51.100.0", 24, "2a00::200:5efe:198.51.100.1", true},
    {"not_embedding", "198.51.100.0", 24, "2a00::198.51.100.1", false},
    {"network_written_mapped", "::ffff:198.51.100.0", 120, "198.51.100.1", true},
    {"network_written_mapped_other", "::ffff:198.51.100.0", 120, "198.51.101.1", false},
};

TEST(GuardedAddress, OwnNetworksHoldEvenInTheLab) {
  for (const OwnCase& c : kOwn) {
    SCOPED_TRACE(c.name);
    GuardedSettings settings;
    settings.lab = true;
    settings.own_networks.push_back({ip(c.network), c.bits});
    EXPECT_EQ(!refusal_of(ip(c.address), settings).empty(), c.refused);
  }
}

TEST(GuardedAddress, ChoosesIpv6FirstAndFourOfAFamily) {
  const auto chosen = choose_addresses(ips({"8.8.0.1", "8.8.0.2", "2a00::1", "8.8.0.3", "8.8.0.4",
                                            "8.8.0.5", "2a00::2", "2a00::3", "2a00::4", "2a00::5"}),
                                       {});
  ASSERT_TRUE(chosen);
  EXPECT_THAT(texts(*chosen), ElementsAre("2a00::1", "2a00::2", "2a00::3", "2a00::4", "8.8.0.1",
                                          "8.8.0.2", "8.8.0.3", "8.8.0.4"));
}

TEST(GuardedAddress, RefusedOnesDoNotCountAgainstTheBound) {
  const auto chosen =
      choose_addresses(ips({"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "8.8.0.1", "::1"}), {});
  ASSERT_TRUE(chosen);
  EXPECT_THAT(texts(*chosen), ElementsAre("8.8.0.1"));
}

TEST(GuardedAddress, SaysWhyAllAreRefused) {
  const auto chosen = choose_addresses(
      ips({"10.0.0.1", "::1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}), {});
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().failure, GuardedFailure::address_refused);
  EXPECT_THAT(chosen.error().message, HasSubstr("10.0.0.1 is reserved: Private-Use (RFC 1918); "));
  EXPECT_THAT(chosen.error().message, HasSubstr("and 2 more"));
}

TEST(GuardedAddress, AFamilyThatIsOffIsNoRefusal) {
  GuardedSettings settings;
  settings.ipv6 = false;
  const auto chosen = choose_addresses(ips({"2a00::1"}), settings);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().failure, GuardedFailure::connection_failed);
  EXPECT_THAT(chosen.error().message, HasSubstr("IPv6"));
  const auto both = choose_addresses(ips({"2a00::1", "8.8.8.8"}), settings);
  ASSERT_TRUE(both);
  EXPECT_THAT(texts(*both), ElementsAre("8.8.8.8"));
}

}  // namespace
}  // namespace parallax::net::impl
