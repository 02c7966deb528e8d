// SPDX-License-Identifier: Apache-2.0
// How long a Random Value must be (TLS BR 1.6.1), and control of the name that an address points
// to (TLS BR 3.2.2.5.3) as dcv::validate() takes it.
#include "dcv/random_value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns_test::address;
using dns_test::check_of;
using dns_test::name;
using http_test::kHost;
using rules::ControlMethod;

const Date kToday = date_of(http_test::kNow);

TEST(RandomValue, AsksForTheLengthThatCarries112Bits) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"0123456789", 34}, {"deadbeef", 28},  {"DEADbeef", 28}, {"deadbeefg", 23}, {"GEZDGNBV", 23},
      {"gezdgnbv", 23},   {"gezdgnbv1", 22}, {"gEZDGNBV", 19}, {"a-b_c", 19},     {"a b", 19}};
  for (const auto& [value, length_min] : cases) {
    SCOPED_TRACE(value);
    EXPECT_EQ(random_length_min(value), length_min);
  }
}

TEST(RandomValue, PassesFromExactly112BitsOn) {
  const struct {
    const char* alphabet;
    std::string begins;  // what puts it into the alphabet, and into no smaller one
    std::size_t length_min;
    bool case_counts;
  } cases[] = {{"decimal", "0", 34, true},
               {"hex", "0f", 28, true},
               {"base32", "2z", 23, true},
               {"base32 in capitals", "2Z", 23, true},
               {"one case", "1z", 22, true},
               {"base64url", "zZ_", 19, true},
               {"base64url by folded", "zZ_", 22, false}};
  for (const auto& each : cases) {
    SCOPED_TRACE(each.alphabet);
    std::string value = each.begins + std::string(each.length_min, each.begins[0]);
    value.resize(each.length_min);
    EXPECT_TRUE(check_random_value(value, each.case_counts, "f"));
    value.pop_back();
    const auto refused = check_random_value(value, each.case_counts, "f");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
    EXPECT_NE(refused.error().message.find("112 bits"), std::string::npos);
  }
}

TEST(ValidateCheck, CountsNoCaseWhereNamesOrFoldedTextAreCompared) {
  const std::string value = "zZ_zzzzzzzzzzzzzzzzzz";  // 21 characters
  auto check =
      check_of(ControlMethod::dns_change, name(kHost), DnsValue{.prefix = "_code", .value = value});
  EXPECT_TRUE(validate(check, kToday, false));
  std::get<DnsValue>(check.challenge).exact_case = false;
  EXPECT_FALSE(validate(check, kToday, false));
}

RC_GTEST_PROP(RandomValue, IsRefusedOneCharacterBelowItsMinimum, ()) {
  const auto alphabet = *rc::gen::element<std::string>(
      "0123456789", "0123456789abcdef",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
  const auto value = *rc::gen::container<std::string>(40, rc::gen::elementOf(alphabet));
  const std::size_t length_min = random_length_min(value);
  RC_ASSERT(check_random_value(value, true, "f").has_value());
  const auto shorter = value.substr(0, 18);
  RC_ASSERT(!check_random_value(shorter, true, "f").has_value());
  RC_ASSERT(length_min <= 34U);
}

// 3.2.2.5.3: the name that the address points to, and how control of it is shown.
TEST(ValidateCheck, HoldsTheNameOfAnAddressAgainstItsOwnMethod) {
  const DnsValue good{.prefix = "_code", .value = "Zx7mQ2pL9vN4tR8sK1wB"};
  const DnsValue weak{.prefix = "_code", .value = "abc"};
  const HttpValue page{.path = "/.well-known/pki-validation/../x", .value = good.value};
  const struct {
    const char* title;
    const char* target;
    NameControl control;
    const char* field;  // null: it passes
  } cases[] = {
      {"as it should be", "host.example.com", {ControlMethod::dns_change, good}, nullptr},
      {"too little entropy",
       "host.example.com",
       {ControlMethod::dns_change, weak},
       "control.challenge.value"},
      {"another kind of challenge",
       "host.example.com",
       {ControlMethod::acme_http, good},
       "control.challenge"},
      {"a path upwards",
       "host.example.com",
       {ControlMethod::website_change, page},
       "control.challenge.path"},
      {"a method that the CA carries out",
       "host.example.com",
       {ControlMethod::constructed_email, good},
       "control.method"},
      {"a retired method", "host.example.com", {ControlMethod::ip_address, good}, "control.method"},
      {"a PTR behind the PTR",
       "host.example.com",
       {ControlMethod::reverse_lookup, good},
       "control.method"},
      {"a reverse zone",
       "9.9.9.9.in-addr.arpa",
       {ControlMethod::dns_change, good},
       "challenge.name"},
      {"an Internal Name", "localhost", {ControlMethod::dns_change, good}, "challenge.name"},
      {"a special-use name", "printer.local", {ControlMethod::dns_change, good}, "challenge.name"},
      {"an onion name", "example.onion", {ControlMethod::dns_change, good}, "challenge.name"},
      {"an underscore", "_host.example.com", {ControlMethod::dns_change, good}, "challenge.name"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    const auto valid = validate(check_of(ControlMethod::reverse_lookup, address("9.9.9.9"),
                                         ReverseValue{name(each.target), each.control}),
                                kToday, false);
    ASSERT_EQ(valid.has_value(), each.field == nullptr);
    if (valid) continue;
    std::string field;
    bool rule = false;
    for (const auto& [key, value] : valid.error().context) {
      if (key == "field") field = value;
      rule = rule || (key == "rule" && !value.empty());
    }
    EXPECT_EQ(field, each.field) << describe(valid.error());
    EXPECT_TRUE(rule) << describe(valid.error());
  }
}

}  // namespace
}  // namespace parallax::dcv
