// SPDX-License-Identifier: Apache-2.0
#include "caa/observation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/json.h"
#include "caa/facts.h"

namespace parallax::caa {
namespace {

CaaObservation full() {
  auto seen =
      test::climb("a.example.com",
                  {test::answer("a.example.com", {test::property("issue", "\"\\\x01\xff;", 128)}),
                   test::insecure_failure("example.com", "example.com")});
  seen.lookups[0].packet = std::string("\0\xff\x80", 3);
  seen.lookups[0].alias_chain = {"target.example.net", "x\\255.example"};
  seen.lookups[0].malformed_rdata = {"00", "0000ff"};
  return seen;
}

TEST(ObservationJson, RoundTripsThroughTextWithPackets) {
  const auto text = json::serialize(to_json(full(), true));
  const auto decoded = observation_from_json(parse_json(text).value(), "");
  ASSERT_TRUE(decoded) << describe(decoded.error());
  EXPECT_EQ(json::serialize(to_json(*decoded, true)), text);
  EXPECT_EQ(decoded->lookups[0].packet, full().lookups[0].packet);
  EXPECT_EQ(decoded->lookups[0].properties, full().lookups[0].properties);
  EXPECT_EQ(decoded->lookups[0].malformed_rdata, full().lookups[0].malformed_rdata);
  EXPECT_EQ(decoded->lookups[1].insecurity->steps[1].packet, "p2");
  EXPECT_FALSE(decoded->lookups[2].insecurity);
}

TEST(ObservationJson, LeavesPacketsOutWhereNotAskedFor) {
  const auto value = to_json(full(), false);
  EXPECT_EQ(json::serialize(value).find("packet"), std::string::npos);
  EXPECT_TRUE(observation_from_json(value, "").value().lookups[0].packet.empty());
}

RC_GTEST_PROP(ObservationJson, IsAnExactInverse, (std::uint32_t ttl_s, unsigned attempts)) {
  auto seen = full();
  auto& lookup = seen.lookups[0];
  seen.validating = *rc::gen::arbitrary<bool>();
  lookup.ttl_s = ttl_s;
  lookup.attempts = attempts;
  lookup.status = *rc::gen::element(dns::LookupStatus::answered, dns::LookupStatus::bogus,
                                    dns::LookupStatus::failed, dns::LookupStatus::timed_out);
  lookup.verdict = *rc::gen::element(dns::Verdict::secure, dns::Verdict::insecure,
                                     dns::Verdict::bogus, dns::Verdict::indeterminate);
  lookup.rcode = static_cast<dns::Rcode>(*rc::gen::inRange(0, 256));
  lookup.reason = *rc::gen::string<std::string>();
  lookup.packet = *rc::gen::string<std::string>();
  lookup.properties[0].flags = *rc::gen::arbitrary<std::uint8_t>();
  lookup.properties[0].value = *rc::gen::string<std::string>();
  const auto value = to_json(seen, true);
  const auto decoded = observation_from_json(value, "");
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(to_json(*decoded, true) == value);
  RC_ASSERT(decoded->lookups[0].properties == lookup.properties);
  RC_ASSERT(decoded->lookups[0].packet == lookup.packet);
}

struct BadCase {
  const char* name;
  const char* pointer;
  void (*spoil)(json::object& observation, json::object& lookup, json::object& property);
};
class BadObservationJson : public testing::TestWithParam<BadCase> {};

TEST_P(BadObservationJson, IsRefusedWithItsPlace) {
  auto value = to_json(full(), true);
  auto& observation = value.as_object();
  auto& lookup = observation["lookups"].as_array()[0].as_object();
  GetParam().spoil(observation, lookup, lookup["properties"].as_array()[0].as_object());
  const auto decoded = observation_from_json(value, "/caa");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
  ASSERT_FALSE(decoded.error().context.empty());
  EXPECT_EQ(decoded.error().context[0].second, GetParam().pointer);
}

using Object = json::object;
INSTANTIATE_TEST_SUITE_P(
    Decode, BadObservationJson,
    testing::Values(
        BadCase{"no_domain", "/caa/domain", [](Object& o, Object&, Object&) { o.erase("domain"); }},
        BadCase{"domain_not_canonical", "/caa/domain",
                [](Object& o, Object&, Object&) { o["domain"] = "A.example.com"; }},
        BadCase{"unknown_member", "/caa/extra",
                [](Object& o, Object&, Object&) { o["extra"] = 1; }},
        BadCase{"lookups_no_array", "/caa/lookups",
                [](Object& o, Object&, Object&) { o["lookups"] = "none"; }},
        BadCase{"too_many_lookups", "/caa/lookups",
                [](Object& o, Object&, Object&) { o["lookups"].as_array().resize(128); }},
        BadCase{"lookup_name_with_dot", "/caa/lookups/0/name",
                [](Object&, Object& l, Object&) { l["name"] = "example.com."; }},
        BadCase{"unknown_status", "/caa/lookups/0/status",
                [](Object&, Object& l, Object&) { l["status"] = "fine"; }},
        BadCase{"unknown_verdict", "/caa/lookups/0/verdict",
                [](Object&, Object& l, Object&) { l["verdict"] = "Secure"; }},
        BadCase{"rcode_too_large", "/caa/lookups/0/rcode",
                [](Object&, Object& l, Object&) { l["rcode"] = 256; }},
        BadCase{"negative_ttl", "/caa/lookups/0/ttl_s",
                [](Object&, Object& l, Object&) { l["ttl_s"] = -1; }},
        BadCase{"ttl_beyond_32_bits", "/caa/lookups/0/ttl_s",
                [](Object&, Object& l, Object&) { l["ttl_s"] = 4294967296; }},
        BadCase{"long_reason", "/caa/lookups/0/reason",
                [](Object&, Object& l, Object&) { l["reason"] = std::string(5000, 'x'); }},
        BadCase{"packet_no_base64", "/caa/lookups/0/packet",
                [](Object&, Object& l, Object&) { l["packet"] = "%"; }},
        BadCase{"readable_record_among_malformed", "/caa/lookups/0/malformed_rdata",
                [](Object&, Object& l, Object&) {
                  l["malformed_rdata"] = json::array{"0005697373756563"};
                }},
        BadCase{"malformed_rdata_no_hex", "/caa/lookups/0/malformed_rdata",
                [](Object&, Object& l, Object&) { l["malformed_rdata"] = json::array{"zz"}; }},
        BadCase{"tag_with_hyphen", "/caa/lookups/0/properties/0/tag",
                [](Object&, Object&, Object& p) { p["tag"] = "is-sue"; }},
        BadCase{"flags_too_large", "/caa/lookups/0/properties/0/flags",
                [](Object&, Object&, Object& p) { p["flags"] = 256; }},
        BadCase{"value_with_raw_quote", "/caa/lookups/0/properties/0/value",
                [](Object&, Object&, Object& p) { p["value"] = "\""; }},
        BadCase{"unknown_property_member", "/caa/lookups/0/properties/0/critical",
                [](Object&, Object&, Object& p) { p["critical"] = true; }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace parallax::caa
