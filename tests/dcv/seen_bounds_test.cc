// SPDX-License-Identifier: Apache-2.0
#include "dcv/seen_bounds.h"

#include <functional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/canonical_json.h"
#include "base/json.h"
#include "dcv/assess.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using dns::RecordType;
using dns_test::answer;
using dns_test::check_of;
using dns_test::kNow;
using dns_test::name;
using dns_test::wire_name;
using http_test::kHost;
using http_test::kRandomValue;
using rules::ControlMethod;

// What `seen` takes in a record, where the JSON of a statement stands as a text.
std::size_t octets_in_a_record(const ControlObservation& seen) {
  return canonical_json(json::value(canonical_json(to_json(seen, true)).value())).value().size();
}

std::string txt(std::string_view text) { return dns_test::txt_split(text, 255); }

std::vector<std::string> filler(std::size_t count, const std::string& tag) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(txt(tag + std::to_string(i) + std::string(60, 'x')));
  return out;
}

std::vector<std::string> with(std::vector<std::string> set, std::size_t at, std::string record) {
  set.insert(set.begin() + static_cast<std::ptrdiff_t>(at), std::move(record));
  return set;
}

ControlCheck dns_check() {
  return check_of(ControlMethod::dns_change, name(kHost),
                  DnsValue{.value = std::string(kRandomValue)});
}

struct Case {
  const char* name;
  ControlCheck check;
  ControlObservation seen;
  ControlOutcome outcome;
};

Case txt_case(const char* label, std::vector<std::string> rdata, ControlOutcome outcome) {
  return {label, dns_check(),
          dns_test::seen({answer(kHost, RecordType::txt, std::move(rdata), "challenge")}), outcome};
}

Case persistent_case(const char* label, std::vector<std::string> rdata, ControlOutcome outcome) {
  PersistentValue value{.issuers = {name("ca.example")}, .account_uri = "https://ca.example/a/1"};
  return {label, check_of(ControlMethod::dns_persistent, name(kHost), std::move(value)),
          dns_test::seen({answer("_validation-persist." + std::string(kHost), RecordType::txt,
                                 std::move(rdata), "challenge")}),
          outcome};
}

Case contact_case(std::vector<std::string> rdata, ControlOutcome outcome) {
  return {"a contact at the end of a large set",
          check_of(ControlMethod::contact_email_txt, name(kHost), ContactValue{"a@example.com"}),
          dns_test::seen({answer("_validation-contactemail." + std::string(kHost), RecordType::txt,
                                 std::move(rdata), "challenge")}),
          outcome};
}

Case pointer_case() {
  std::vector<std::string> rdata;
  for (int i = 0; i < 900; ++i)
    rdata.push_back(wire_name("h" + std::to_string(i) + ".example.net"));
  rdata.push_back(wire_name("host.example.com"));
  ReverseValue value{
      name("host.example.com"),
      NameControl{ControlMethod::dns_change, DnsValue{.value = std::string(kRandomValue)}}};
  return {"a PTR record at the end of a large set",
          check_of(ControlMethod::reverse_lookup, dns_test::address("203.0.113.7"), value),
          dns_test::seen({answer("7.113.0.203.in-addr.arpa", RecordType::ptr, rdata, "reverse"),
                          answer("host.example.com", RecordType::txt,
                                 {txt(std::string(kRandomValue))}, "challenge")}),
          ControlOutcome::shown};
}

Case mail_case() {
  std::vector<std::string> rdata;
  for (int i = 0; i < 900; ++i)
    rdata.push_back(std::string("\0\12", 2) + wire_name("m" + std::to_string(i) + ".example.net"));
  ControlCheck check = dns_check();
  check.applied_for = name("example.com");
  check.mail_server = MailServerOf{name("example.com"), std::nullopt};
  auto seen = dns_test::seen(
      {answer("example.com", RecordType::mx, rdata, "mx"),
       answer("m700.example.net", RecordType::a, {std::string("\xcb\0\x71\7", 4)}, "mx-address"),
       answer("m700.example.net", RecordType::txt, {txt(std::string(kRandomValue))}, "challenge")});
  seen.smtp_host = name("m700.example.net");
  seen.equal_preference = 900;
  return {"the mail server chosen among nine hundred", std::move(check), std::move(seen),
          ControlOutcome::shown};
}

Case trail_case() {
  const ControlCheck check = http_test::website_check();
  auto seen = http_test::document(check, std::string(kRandomValue));
  auto& lookup = seen.lookups[0];
  for (int i = 0; i < 1000; ++i)
    lookup.rdata.insert(lookup.rdata.begin(),
                        std::string("\xcb\0\x72", 3) + static_cast<char>(i % 256));
  return {"the address connected to behind a thousand", check, std::move(seen),
          ControlOutcome::shown};
}

std::vector<Case> cases() {
  const auto value = txt(std::string(kRandomValue));
  const auto persistent = txt("ca.example; accounturi=https://ca.example/a/1");
  return {
      txt_case("a value first of many", with(filler(900, "a"), 0, value), ControlOutcome::shown),
      txt_case("a value amid many", with(filler(900, "b"), 450, value), ControlOutcome::shown),
      txt_case("a value last of many", with(filler(900, "c"), 900, value), ControlOutcome::shown),
      txt_case("no value among many", filler(900, "d"), ControlOutcome::not_shown),
      txt_case("octets that double in a text", std::vector<std::string>(60, txt("\"\\\1\xff")),
               ControlOutcome::not_shown),
      persistent_case("a persistent record amid many", with(filler(500, "e"), 300, persistent),
                      ControlOutcome::shown),
      persistent_case("persistent records of others", filler(500, "f"), ControlOutcome::not_shown),
      contact_case(with(filler(500, "g"), 500, txt("a@example.com")), ControlOutcome::shown),
      pointer_case(),
      mail_case(),
      trail_case(),
  };
}

TEST(Bounded, KeepsWhatTheJudgementRestsOn) {
  for (const auto& each : cases()) {
    SCOPED_TRACE(each.name);
    const auto before = assess(each.seen, each.check, kNow);
    ASSERT_EQ(before.outcome, each.outcome) << before.explanation;
    const auto kept = bounded(each.seen, each.check, kNow);
    const auto after = assess(kept, each.check, kNow);
    EXPECT_EQ(after.outcome, before.outcome) << after.explanation;
    EXPECT_EQ(after.reason, before.reason);
    EXPECT_EQ(after.verdict, before.verdict);
    EXPECT_EQ(after.challenge_information, before.challenge_information);
    EXPECT_TRUE(within_bounds(kept)) << cost_of(kept);
    for (std::size_t i = 0; i < kept.lookups.size(); ++i)
      EXPECT_EQ(kept.lookups[i].rdata.size() + kept.lookups[i].records_left_out,
                each.seen.lookups[i].rdata.size());
  }
}

TEST(Bounded, LeavesASmallObservationAlone) {
  const auto check = http_test::website_check();
  const auto seen = http_test::document(check, std::string(kRandomValue));
  EXPECT_EQ(to_json(bounded(seen, check, kNow), true), to_json(seen, true));
}

TEST(Bounded, LeavesPacketsOutFirst) {
  auto seen =
      dns_test::seen({answer(kHost, RecordType::txt, {txt(std::string(kRandomValue))}, "challenge"),
                      answer(kHost, RecordType::txt, {}, "other")});
  seen.lookups[0].packet = std::string(kSeenPacketsMax + 1, 'p');
  seen.lookups[1].packet = std::string(kSeenPacketsMax, 'q');
  const auto kept = bounded(seen, dns_check(), kNow);
  EXPECT_EQ(kept.lookups[0].packet, "");
  EXPECT_EQ(kept.lookups[0].packet_left_out, kSeenPacketsMax + 1);
  EXPECT_EQ(kept.lookups[1].packet.size(), kSeenPacketsMax);
  EXPECT_EQ(kept.lookups[1].packet_left_out, 0U);
}

TEST(Bounded, NeverShowsWhatDoesNotFit) {
  // The record that decides is larger than the bound by itself.
  ControlCheck loose = dns_check();
  std::get<DnsValue>(loose.challenge).whole = false;
  auto large = dns_test::seen(
      {answer(kHost, RecordType::txt, {txt(std::string(60'000, 'x') + std::string(kRandomValue))},
              "challenge")});
  ASSERT_EQ(assess(large, loose, kNow).outcome, ControlOutcome::shown);
  auto kept = bounded(large, loose, kNow);
  EXPECT_TRUE(within_bounds(kept));
  auto made = assess(kept, loose, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::undetermined);
  EXPECT_NE(made.explanation.find("octets of a record"), std::string::npos) << made.explanation;

  const auto check = http_test::website_check();
  auto trail = http_test::document(check, std::string(kRandomValue));
  for (int i = 0; i < 10; ++i) {
    const std::string path = "/" + std::to_string(i) + std::string(2000, 'x');
    trail.http->hops.back().status = 302;
    trail.http->hops.back().location = path;
    trail.http->hops.push_back(http_test::hop("http://www.example.com" + path, 200));
  }
  ASSERT_EQ(assess(trail, check, kNow).outcome, ControlOutcome::shown);
  kept = bounded(trail, check, kNow);
  EXPECT_TRUE(within_bounds(kept));
  made = assess(kept, check, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::not_shown);
  EXPECT_NE(made.explanation.find("octets of a record"), std::string::npos) << made.explanation;
}

TEST(Bounded, TakesTheMostThatAMethodMayBring) {
  const auto check = http_test::website_check();
  auto seen = http_test::document(check, std::string(kRandomValue));
  for (int i = 0; i < 10; ++i) {
    const std::string host = "cdn" + std::to_string(i) + ".example.net";
    seen.http->hops.back().status = 302;
    seen.http->hops.back().location = "https://" + host + "/a/file";
    seen.http->hops.push_back(http_test::hop("https://" + host + "/a/file", 200));
    seen.lookups.push_back(http_test::address_lookup(host));
    seen.lookups.push_back(answer(host, RecordType::aaaa,
                                  std::vector<std::string>(8, std::string(16, 'a')), "address"));
  }
  const auto kept = bounded(seen, check, kNow);
  EXPECT_TRUE(within_bounds(kept));
  EXPECT_EQ(assess(kept, check, kNow).outcome, ControlOutcome::shown);
}

TEST(Bounded, TakesTenRedirectsWithLongPaths) {
  const auto check = http_test::website_check();
  auto seen = http_test::document(check, std::string(kRandomValue) + std::string(900, 'x'));
  seen.http->body_sha256 = std::string(32, 'x');
  for (int i = 0; i < 10; ++i) {
    const std::string path = "/" + std::to_string(i) + std::string(100, 'x');
    seen.http->hops.back().status = 302;
    seen.http->hops.back().location = "http://www.example.com" + path;
    seen.http->hops.push_back(http_test::hop("http://www.example.com" + path, 200));
    seen.lookups.push_back(http_test::address_lookup(kHost));
    seen.lookups.push_back(answer(kHost, RecordType::aaaa, {std::string(16, 'a')}, "address"));
  }
  const auto kept = bounded(seen, check, kNow);
  EXPECT_EQ(to_json(kept, true), to_json(seen, true)) << cost_of(seen);
}

SeenLookup any_lookup() {
  const auto text = [] {
    auto out = *rc::gen::string<std::string>();
    for (char& c : out) c = static_cast<char>(c & 0x7f);
    return out;
  };
  SeenLookup out{.purpose = text(), .name = text()};
  out.status = dns::LookupStatus::answered;
  out.ttl_s = UINT32_MAX;
  out.reason = text() + std::string(*rc::gen::inRange<std::size_t>(0, 600), '"');
  out.alias_chain = {text(), std::string(*rc::gen::inRange<std::size_t>(0, 300), '\\')};
  const auto octet = static_cast<char>(*rc::gen::inRange(0, 256));
  out.rdata = std::vector(*rc::gen::inRange<std::size_t>(0, 90),
                          std::string(*rc::gen::inRange<std::size_t>(0, 700), octet));
  out.records_left_out = *rc::gen::inRange<std::size_t>(0, 900);
  return out;
}

RC_GTEST_PROP(Bounded, CountsNoLessThanARecordTakes, (bool http)) {
  ControlObservation seen;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) seen.lookups.push_back(any_lookup());
  if (http) {
    seen.http = SeenHttp{.hops = {}, .body = *rc::gen::string<std::string>()};
    seen.http->body_after = kSeenBodyReadMax;
    seen.http->body_sha256 = std::string(32, 'x');
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      seen.http->hops.push_back(http_test::hop(std::string(100, '"'), 302, "\\x"));
  }
  // Packets are counted by themselves: here they are empty members.
  RC_ASSERT(octets_in_a_record(seen) <= cost_of(seen));
  const auto kept = bounded(seen, dns_check(), kNow);
  RC_ASSERT(within_bounds(kept));
  RC_ASSERT(control_observation_from_json(to_json(kept, true), "").has_value());
}

}  // namespace
}  // namespace parallax::dcv
