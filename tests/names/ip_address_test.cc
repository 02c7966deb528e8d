// SPDX-License-Identifier: Apache-2.0
#include "names/ip_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parallax::names {
namespace {

using ::testing::HasSubstr;

TEST(IpAddress, ReadsAndWritesCanonicalText) {
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:db8::0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"::ffff:c000:201", "::ffff:192.0.2.1"},
      {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
  };
  for (const auto& [input, text] : cases) {
    SCOPED_TRACE(input);
    const auto address = IpAddress::parse(input);
    ASSERT_TRUE(address) << address.error().message;
    EXPECT_EQ(address->text(), text);
    EXPECT_EQ(address->is_v4(), std::string_view(input).find(':') == std::string_view::npos);
  }
}

TEST(IpAddress, SaysWhatIsNoAddress) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "is empty"},
      {"[2001:db8::1]", "brackets"},
      {"192.0.2.0/24", "not a range"},
      {"fe80::1%eth0", "zone"},
      {"010.0.0.1", "leading zero"},
      {"10.00.0.1", "leading zero"},
      {"10.0.0.08", "leading zero"},
      {"256.0.0.1", "neither"},
      {"10.0.1", "neither"},
      {"10.0.0.1.", "neither"},
      {"0x7f.0.0.1", "neither"},
      {"2001:db8::1::2", "neither"},
      {"2001:db8:12345::", "neither"},
      {"::ffff:192.0.2.256", "neither"},
      {":", "neither"},
      {"192.0.2.1 ", "neither"},
      {"example.com", "neither"},
      {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", "neither"},
  };
  for (const auto& [input, says] : cases) {
    SCOPED_TRACE(input);
    const auto address = IpAddress::parse(input);
    ASSERT_FALSE(address);
    EXPECT_EQ(address.error().code, ErrorCode::malformed);
    EXPECT_THAT(address.error().message, HasSubstr(says));
  }
}

struct Special {
  const char* address;
  const char* purpose;  // a part of the name
};

// The first and last address of each block, and of what lies inside addresses of version 6.
constexpr Special kSpecial[] = {
    {"0.0.0.0", "This network"},
    {"0.255.255.255", "This network"},
    {"10.0.0.0", "Private-Use"},
    {"10.255.255.255", "Private-Use"},
    {"100.64.0.0", "Shared Address"},
    {"100.127.255.255", "Shared Address"},
    {"127.0.0.1", "Loopback"},
    {"127.255.255.255", "Loopback"},
    {"169.254.0.0", "Link Local"},
    {"169.254.169.254", "Link Local"},
    {"172.16.0.0", "Private-Use"},
    {"172.31.255.255", "Private-Use"},
    {"192.0.0.7", "Service Continuity"},
    {"192.0.0.8", "dummy"},
    {"192.0.0.9", "Port Control"},
    {"192.0.0.10", "TURN"},
    {"192.0.0.11", "IETF Protocol"},
    {"192.0.0.170", "NAT64/DNS64"},
    {"192.0.0.171", "NAT64/DNS64"},
    {"192.0.0.255", "IETF Protocol"},
    {"192.0.2.1", "TEST-NET-1"},
    {"192.31.196.1", "AS112"},
    {"192.52.193.1", "AMT"},
    {"192.88.99.2", "6to4 Relay"},
    {"192.168.255.255", "Private-Use"},
    {"192.175.48.6", "AS112"},
    {"198.18.0.0", "Benchmarking"},
    {"198.19.255.255", "Benchmarking"},
    {"198.51.100.1", "TEST-NET-2"},
    {"203.0.113.1", "TEST-NET-3"},
    {"224.0.0.1", "Multicast"},
    {"239.255.255.255", "Multicast"},
    {"240.0.0.0", "Reserved"},
    {"255.255.255.254", "Reserved"},
    {"255.255.255.255", "Limited Broadcast"},
    {"::", "Unspecified"},
    {"::1", "Loopback"},
    {"::127.0.0.1", "not Global Unicast"},
    {"::2", "not Global Unicast"},
    {"::ffff:8.8.8.8", "IPv4-mapped"},
    {"::ffff:127.0.0.1", "IPv4-mapped"},
    {"::ffff:0:8.8.8.8", "not Global Unicast"},
    {"64:ff9b::7f00:1", "NAT64"},
    {"64:ff9b:1::1", "local NAT64"},
    {"100::", "Discard-Only"},
    {"100:0:0:1::", "Dummy"},
    {"2001::", "TEREDO"},
    {"2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "TEREDO"},
    {"2001:1::1", "Port Control"},
    {"2001:1::2", "TURN"},
    {"2001:1::3", "DNS-SD"},
    {"2001:1::4", "IETF Protocol"},
    {"2001:2::1", "Benchmarking"},
    {"2001:3::1", "AMT"},
    {"2001:4:112::1", "AS112"},
    {"2001:10::", "ORCHID"},
    {"2001:2f:ffff::", "ORCHIDv2"},
    {"2001:30::", "Drone"},
    {"2001:1ff:ffff::", "IETF Protocol"},
    {"2001:db8:ffff::", "Documentation"},
    {"2002:7f00:1::1", "6to4"},
    {"2620:4f:8000::1", "AS112"},
    {"3fff::", "Documentation"},
    {"3fff:fff:ffff::", "Documentation"},
    {"4000::1", "not Global Unicast"},
    {"5f00::1", "Segment Routing"},
    {"fc00::", "Unique-Local"},
    {"fdff:ffff::", "Unique-Local"},
    {"fe80::1", "Link-Local"},
    {"febf::1", "Link-Local"},
    {"fec0::1", "not Global Unicast"},
    {"ff02::1", "Multicast"},
};

TEST(IpAddress, NamesSpecialPurposes) {
  for (const Special& special : kSpecial) {
    SCOPED_TRACE(special.address);
    EXPECT_THAT(IpAddress::parse(special.address)->special_purpose(), HasSubstr(special.purpose));
  }
}

TEST(IpAddress, LeavesNeighboursOfSpecialBlocksAlone) {
  for (const char* text : {"1.0.0.0",     "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
                           "100.128.0.0", "126.255.255.255", "128.0.0.0",        "169.253.255.255",
                           "169.255.0.0", "172.15.255.255",  "172.32.0.0",       "191.255.255.255",
                           "192.0.1.0",   "192.0.3.0",       "192.88.98.255",    "192.167.255.255",
                           "192.169.0.0", "198.17.255.255",  "198.20.0.0",       "223.255.255.255",
                           "8.8.8.8",     "2001:200::1",     "2001:db7:ffff::1", "2001:db9::1",
                           "2003::1",     "2620:4f:7fff::1", "2620:4f:8001::1",  "2000::1",
                           "3ffe::1",     "3fff:1000::1",    "2606:4700::1111"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(IpAddress::parse(text)->special_purpose(), "");
  }
}

TEST(IpAddress, OrdersVersion4BeforeVersion6) {
  EXPECT_LT(*IpAddress::parse("255.0.0.0"), *IpAddress::parse("::1"));
  EXPECT_LT(*IpAddress::parse("9.0.0.0"), *IpAddress::parse("10.0.0.0"));
}

}  // namespace
}  // namespace parallax::names
