// SPDX-License-Identifier: Apache-2.0
// How long what was validated may serve.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "rules/method.h"
#include "rules/table.h"

namespace parallax::rules {
namespace {

using M = ControlMethod;
using T = TargetKind;
using std::chrono::days;

Date on(const char* text) { return parse_date(text).value(); }

std::vector<MethodRow> all_rows() {
  std::vector<MethodRow> rows;
  for (const auto part : {domain_methods(), ip_and_mailbox_methods()})
    rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

TEST(ReuseLimit, FollowsTheScheduleByDateOfIssuance) {
  const struct {
    const char* name;
    M method;
    T target;
    Scope scope;
    const char* issued;
    int days;
  } cases[] = {
      {"tls last day of 398", M::dns_change, T::domain, Scope::tls, "2026-03-14", 398},
      {"tls first day of 200", M::dns_change, T::domain, Scope::tls, "2026-03-15", 200},
      {"tls last day of 200", M::acme_http, T::domain, Scope::tls, "2027-03-14", 200},
      {"tls first day of 100", M::acme_http, T::domain, Scope::tls, "2027-03-15", 100},
      {"tls last day of 100", M::acme_dns, T::domain, Scope::tls, "2029-03-14", 100},
      {"tls first day of 10", M::acme_dns, T::domain, Scope::tls, "2029-03-15", 10},
      {"tls long ago", M::dns_change, T::domain, Scope::tls, "2020-01-01", 398},
      {"ip as tls", M::acme_tls_alpn, T::ip_address, Scope::tls, "2026-11-22", 200},
      {"persistent", M::dns_persistent, T::domain, Scope::tls, "2026-11-22", 10},
      {"persistent on an ip", M::dns_persistent, T::ip_address, Scope::tls, "2026-11-22", 10},
      {"smime by domain", M::dns_change, T::domain, Scope::smime, "2026-11-22", 398},
      {"smime by domain, later", M::dns_change, T::domain, Scope::smime, "2030-01-01", 398},
      {"smime persistent", M::dns_persistent, T::domain, Scope::smime, "2026-11-22", 10},
      {"mailbox by mail", M::mailbox_email, T::mailbox, Scope::smime, "2026-11-22", 30},
      {"mailbox by acme", M::mailbox_acme, T::mailbox, Scope::smime, "2026-11-22", 0},
      {"retired, tls", M::contact_phone_txt, T::domain, Scope::tls, "2027-03-15", 0},
      {"not yet retired, tls", M::contact_phone_txt, T::domain, Scope::tls, "2027-03-14", 200},
      {"retired, smime", M::contact_phone_txt, T::domain, Scope::smime, "2027-03-15", 398},
      {"ip-address, tls", M::ip_address, T::domain, Scope::tls, "2026-03-15", 0},
      {"both is the stricter", M::dns_change, T::domain, Scope::both, "2026-11-22", 200},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto row = method_rule(c.method, c.target, on(c.issued));
    ASSERT_TRUE(row);
    EXPECT_EQ(reuse_limit(*row, c.scope, on(c.issued)).count(), c.days);
  }
}

RC_GTEST_PROP(ReuseLimit, NeverGrowsWithTime, ()) {
  const auto rows = all_rows();
  const MethodRow row = rows[*rc::gen::inRange<std::size_t>(0, rows.size())];
  const Scope scope = *rc::gen::element(Scope::tls, Scope::smime, Scope::both);
  const Date early = on("2025-12-16") + std::chrono::days(*rc::gen::inRange(0, 1500));
  const Date late = early + std::chrono::days(*rc::gen::inRange(0, 1500));
  const auto at = [&](Date day) {
    return reuse_limit(*method_rule(row.method, row.target, day), scope, day);
  };
  RC_ASSERT(at(late) <= at(early));
  RC_ASSERT(at(early) <= std::chrono::days(398));
}

TEST(ReuseUntil, EndsWithTheLimitOfTheDayOfIssuance) {
  const struct {
    const char* name;
    M method;
    T target;
    Scope scope;
    const char* data;
    const char* until;
  } cases[] = {
      {"200 days end on the last day of 200", M::acme_http, T::domain, Scope::tls,
       "2026-08-26T12:00:00Z", "2027-03-14T12:00:00Z"},
      {"200 days would end at midnight, when 100 begin", M::acme_http, T::domain, Scope::tls,
       "2026-08-27T00:00:00Z", "2027-03-14T23:59:59.999999999Z"},
      {"200 days would end after it", M::acme_http, T::domain, Scope::tls, "2026-11-23T08:00:00Z",
       "2027-03-14T23:59:59.999999999Z"},
      {"100 days reach beyond it just so", M::acme_http, T::domain, Scope::tls,
       "2026-12-05T00:00:00Z", "2027-03-15T00:00:00Z"},
      {"100 days reach beyond it", M::acme_http, T::domain, Scope::tls, "2026-12-06T00:00:00Z",
       "2027-03-16T00:00:00Z"},
      {"100 days end as 10 begin", M::acme_dns, T::domain, Scope::tls, "2028-12-20T00:00:00Z",
       "2029-03-14T23:59:59.999999999Z"},
      {"10 days", M::acme_dns, T::domain, Scope::tls, "2029-03-14T00:00:00Z",
       "2029-03-24T00:00:00Z"},
      {"398 days end as 200 begin", M::dns_change, T::domain, Scope::tls, "2025-08-01T00:00:00Z",
       "2026-03-14T23:59:59.999999999Z"},
      {"an address", M::acme_tls_alpn, T::ip_address, Scope::tls, "2026-11-23T08:00:00Z",
       "2027-03-14T23:59:59.999999999Z"},
      {"a method that ends, within 100 days", M::contact_phone_txt, T::domain, Scope::tls,
       "2027-03-01T00:00:00Z", "2027-03-14T23:59:59.999999999Z"},
      {"a method that ends, S/MIME", M::contact_phone_txt, T::domain, Scope::smime,
       "2027-03-01T00:00:00Z", "2028-04-02T00:00:00Z"},
      {"the stricter of both", M::contact_phone_txt, T::domain, Scope::both, "2027-03-01T00:00:00Z",
       "2027-03-14T23:59:59.999999999Z"},
      {"a persistent record across a day that changes others", M::dns_persistent, T::domain,
       Scope::tls, "2027-03-10T00:00:00Z", "2027-03-20T00:00:00Z"},
      {"mailbox by mail", M::mailbox_email, T::mailbox, Scope::smime, "2026-11-23T08:00:00Z",
       "2026-12-23T08:00:00Z"},
      {"mailbox by acme: for its own request", M::mailbox_acme, T::mailbox, Scope::smime,
       "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Instant data = parse_instant(c.data).value();
    const auto row = method_rule(c.method, c.target, date_of(data));
    ASSERT_TRUE(row);
    EXPECT_EQ(format_instant(reuse_until(*row, c.scope, data)),
              format_instant(parse_instant(c.until).value()));
  }
}

// Whatever the method and whenever it was carried out: up to the instant told every day is lawful,
// by the limit of that very day, and after it none.
RC_GTEST_PROP(ReuseUntil, IsTheLastLawfulInstant, ()) {
  const auto rows = all_rows();
  const MethodRow row = rows[*rc::gen::inRange<std::size_t>(0, rows.size())];
  const Scope scope = *rc::gen::element(Scope::tls, Scope::smime, Scope::both);
  const Instant data = Instant(on("2024-01-01")) + days(*rc::gen::inRange(0, 2500)) +
                       std::chrono::seconds(*rc::gen::inRange(0, 86'400));
  const auto rule_on = [&](Instant at) {
    return *method_rule(row.method, row.target, date_of(at));
  };
  const auto lawful = [&](Instant at) {
    return at <= data + reuse_limit(rule_on(at), scope, date_of(at));
  };
  const Instant until = reuse_until(rule_on(data), scope, data);
  RC_ASSERT(until >= data);
  RC_ASSERT(lawful(until));
  RC_ASSERT(lawful(data + (until - data) / 2));
  RC_ASSERT(!lawful(until + Instant::duration(1)));
  RC_ASSERT(!lawful(until + days(1 + *rc::gen::inRange(0, 800))));
}

TEST(ReliedOnUntil, EndsWithTheMethodForTls) {
  const auto phone = method_rule(M::contact_phone_txt, T::domain, on("2026-11-22"));
  const auto until = relied_on_until(*phone, Scope::tls);
  ASSERT_TRUE(until);
  EXPECT_EQ(format_instant(*until), "2027-03-14T23:59:59.999999999Z");
  EXPECT_FALSE(relied_on_until(*phone, Scope::smime));
  EXPECT_FALSE(
      relied_on_until(*method_rule(M::acme_http, T::domain, on("2026-11-22")), Scope::tls));
}

TEST(ControlWindow, IsEightHours) {
  EXPECT_EQ(control_window(on("2026-11-22")), std::chrono::hours(8));
}

}  // namespace
}  // namespace parallax::rules
