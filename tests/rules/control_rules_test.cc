// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gtest/gtest.h>

#include "rules/method.h"

namespace parallax::rules {
namespace {

using M = ControlMethod;
using T = TargetKind;

const Date kToday = parse_date("2026-11-22").value();

bool cites(const std::vector<std::string_view>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

TEST(ControlRules, CiteWhatBearsOnTheCheck) {
  const struct {
    const char* name;
    Scope scope;
    M method;
    T target;
    ControlRoute route;
    std::vector<std::string_view> cited;
    std::vector<std::string_view> not_cited;
  } cases[] = {
      {"dns change for tls",
       Scope::tls,
       M::dns_change,
       T::domain,
       ControlRoute::name,
       {"dcv.dns-change", "dcv.adn", "dcv.corroboration", "dcv.random-value", "dcv.reuse-tls",
        "dcv.record-method", "dnssec.control", "dnssec.evidence", "evidence.retention",
        "evidence.validation", "mpic.remotes-minimum"},
       {"dcv.acme-dns", "dcv.reuse-smime", "dcv.reuse-persistent", "dcv.mailbox-domain",
        "dcv.mail-server", "dcv.tls-not-verified", "dcv.dnssec-email", "mpic.caa-corroboration",
        "mpic.smime", "caa.issue", "dnssec.caa", "dnssec.error"}},
      {"website change for a mailbox's domain",
       Scope::smime,
       M::website_change,
       T::domain,
       ControlRoute::name,
       {"dcv.website-change", "dcv.mailbox-domain", "dcv.reuse-smime", "dcv.tls-not-verified",
        "mpic.smime", "dcv.record-method-smime"},
       {"dcv.mail-server", "dcv.mail-server-follow", "dcv.reuse-tls", "dcv.website-change-ip"}},
      {"dns change for a mail server",
       Scope::smime,
       M::dns_change,
       T::domain,
       ControlRoute::mail_server,
       {"dcv.dns-change", "dcv.mail-server", "dcv.mail-server-follow", "dcv.dnssec-everywhere",
        "dcv.reuse-smime"},
       {"dcv.mailbox-domain"}},
      {"mail to the mailbox",
       Scope::smime,
       M::mailbox_email,
       T::mailbox,
       ControlRoute::name,
       {"dcv.mailbox-email", "dcv.reuse-mailbox", "dcv.random-value", "dcv.record-method-smime"},
       {"mpic.remotes-minimum", "mpic.smime", "dnssec.control", "dcv.corroboration", "dcv.adn",
        "dcv.reuse-smime", "dcv.reuse-mailbox-acme", "dcv.mailbox-domain"}},
      {"persistent record for an address",
       Scope::tls,
       M::dns_persistent,
       T::ip_address,
       ControlRoute::name,
       {"dcv.dns-persistent-ip", "dcv.dnssec-everywhere", "dcv.reuse-persistent", "dcv.reuse-tls",
        "dcv.window"},
       {"dcv.dns-persistent", "dcv.adn", "dcv.reuse-retired"}},
      {"contact by e-mail",
       Scope::tls,
       M::contact_email_txt,
       T::domain,
       ControlRoute::name,
       {"dcv.contact-email-txt", "dcv.dnssec-email", "dcv.reuse-retired"},
       {"dcv.contact-email-caa", "dcv.window"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto ids = control_rules(c.scope, c.method, c.target, kToday, c.route);
    EXPECT_TRUE(std::ranges::is_sorted(ids));
    for (const auto id : c.cited) EXPECT_TRUE(cites(ids, id)) << id;
    for (const auto id : c.not_cited) EXPECT_FALSE(cites(ids, id)) << id;
  }
}

TEST(ControlRules, CiteOnlyWhatHoldsOnTheDay) {
  for (const M method : control_methods())
    for (const T target : {T::domain, T::ip_address, T::mailbox})
      for (const Scope scope : {Scope::tls, Scope::smime})
        for (const char* text : {"2019-01-01", "2026-11-22", "2029-03-15"}) {
          const Date at = parse_date(text).value();
          SCOPED_TRACE(std::string(to_string(method)) + " " + text);
          const auto ids = control_rules(scope, method, target, at);
          EXPECT_EQ(ids.empty() && at == kToday, at == kToday && !method_rule(method, target, at));
          for (const auto id : ids) EXPECT_TRUE(rule(id, at)) << id;
        }
}

// A rule of a control check that no check cites would be dead text.
TEST(ControlRules, LeaveNoControlRuleUncited) {
  std::vector<std::string_view> cited;
  for (const M method : control_methods())
    for (const T target : {T::domain, T::ip_address, T::mailbox})
      for (const Scope scope : {Scope::tls, Scope::smime})
        for (const auto route : {ControlRoute::name, ControlRoute::mail_server})
          for (const auto id : control_rules(scope, method, target, kToday, route))
            cited.push_back(id);
  for (const Rule& in_force : rules_in_force(kToday)) {
    if (!in_force.id.starts_with("dcv.")) continue;
    EXPECT_TRUE(cites(cited, in_force.id)) << in_force.id;
  }
}

TEST(ControlRules, AreEmptyForAPairWithoutARow) {
  EXPECT_TRUE(control_rules(Scope::tls, M::dns_change, T::ip_address, kToday).empty());
}

}  // namespace
}  // namespace parallax::rules
