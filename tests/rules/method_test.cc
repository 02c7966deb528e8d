// SPDX-License-Identifier: Apache-2.0
#include "rules/method.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "rules/table.h"

namespace parallax::rules {
namespace {

using M = ControlMethod;
using T = TargetKind;

Date on(const char* text) { return parse_date(text).value(); }
const Date kToday = on("2026-11-22");

std::vector<MethodRow> all_rows() {
  std::vector<MethodRow> rows;
  for (const auto part : {domain_methods(), ip_and_mailbox_methods()})
    rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

TEST(Method, EveryOneHasANameThatReadsBack) {
  std::set<std::string_view> names;
  for (const M method : control_methods()) {
    EXPECT_TRUE(names.insert(to_string(method)).second) << to_string(method);
    EXPECT_EQ(parse_control_method(to_string(method)), method);
  }
  EXPECT_EQ(names.size(), 19U);
}

TEST(Method, AWrongNameIsToldTheNearest) {
  const struct {
    const char* text;
    const char* nearest;
  } cases[] = {
      {"dns-chang", "dns-change"},
      {"acme-http", "acme-http-01"},
      {"acme_tls_alpn-01", "acme-tls-alpn-01"},
      {"contact-email", "contact-email-txt"},
      {"website", "website-change"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto parsed = parse_control_method(c.text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed);
    const std::string hint = std::string("the nearest is \"") + c.nearest + "\"";
    EXPECT_NE(parsed.error().message.find(hint), std::string::npos) << parsed.error().message;
  }
}

TEST(Method, AHostileNameIsQuotedHarmlessly) {
  const auto parsed = parse_control_method(std::string("dns\r\n\x1b") + std::string(5000, 'x'));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find('\n'), std::string::npos);
  EXPECT_LT(parsed.error().message.size(), 1000U);
  EXPECT_FALSE(parse_control_method(""));
}

TEST(MethodTable, EachMethodHasARowAndEachPairOne) {
  std::set<std::pair<M, T>> pairs;
  std::set<M> methods;
  std::set<std::string_view> ids;
  for (const MethodRow& row : all_rows()) {
    EXPECT_TRUE(pairs.emplace(row.method, row.target).second) << row.id;
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    methods.insert(row.method);
    EXPECT_TRUE(row.id.starts_with("dcv."));
  }
  EXPECT_EQ(methods.size(), control_methods().size());
  std::set<std::string_view> phased;
  for (const auto part : {domain_method_phases(), ip_and_mailbox_method_phases()})
    for (const Phase& phase : part) phased.insert(phase.id);
  EXPECT_EQ(ids, phased) << "a row without phases, or phases without a row";
}

TEST(MethodTable, SaysWhatTheRulesAllow) {
  // TLS BR 3.2.2.4 and 3.2.2.5 as of SC-101, SBR 3.2.2.
  const struct {
    M method;
    T target;
    const char* section;
    const char* flags;  // W, P, C, o(nion), m(pic)
    int token_days;     // 0: none
    const char* acme;
    const char* ca_tbr;
  } cases[] = {
      {M::constructed_email, T::domain, "3.2.2.4.4", "WPC", 30, "", "ca-tbr-4"},
      {M::dns_change, T::domain, "3.2.2.4.7", "WPCm", 30, "", "ca-tbr-7"},
      {M::acme_dns, T::domain, "3.2.2.4.7", "WPCm", 30, "dns-01", "ca-tbr-7"},
      {M::ip_address, T::domain, "3.2.2.4.8", "m", 0, "", "ca-tbr-8"},
      {M::domain_contact, T::domain, "3.2.2.4.12", "WP", 0, "", "ca-tbr-12"},
      {M::contact_email_caa, T::domain, "3.2.2.4.13", "WPCm", 30, "", "ca-tbr-13"},
      {M::contact_email_txt, T::domain, "3.2.2.4.14", "WPCm", 30, "", "ca-tbr-14"},
      {M::contact_phone_txt, T::domain, "3.2.2.4.16", "WPCm", 30, "", "ca-tbr-16"},
      {M::contact_phone_caa, T::domain, "3.2.2.4.17", "WPCm", 30, "", "ca-tbr-17"},
      {M::website_change, T::domain, "3.2.2.4.18", "om", 30, "", "ca-tbr-18"},
      {M::acme_http, T::domain, "3.2.2.4.19", "om", 30, "http-01", "ca-tbr-19"},
      {M::acme_tls_alpn, T::domain, "3.2.2.4.20", "om", 30, "tls-alpn-01", "ca-tbr-20"},
      {M::dns_account, T::domain, "3.2.2.4.21", "WPm", 30, "dns-account-01", "ca-tbr-21"},
      {M::dns_persistent, T::domain, "3.2.2.4.22", "WPm", 0, "dns-persist-01", "ca-tbr-22"},
      {M::website_change, T::ip_address, "3.2.2.5.1", "m", 30, "", ""},
      {M::ip_contact_email, T::ip_address, "3.2.2.5.2", "", 30, "", ""},
      {M::reverse_lookup, T::ip_address, "3.2.2.5.3", "m", 0, "", ""},
      {M::ip_contact_phone, T::ip_address, "3.2.2.5.5", "", 30, "", ""},
      {M::acme_http, T::ip_address, "3.2.2.5.6", "m", 0, "http-01", ""},
      {M::acme_tls_alpn, T::ip_address, "3.2.2.5.7", "m", 0, "tls-alpn-01", ""},
      {M::dns_persistent, T::ip_address, "3.2.2.5.8", "m", 0, "", ""},
      {M::mailbox_email, T::mailbox, "3.2.2.2", "", 1, "", ""},
      {M::mailbox_acme, T::mailbox, "3.2.2.4", "", 1, "email-reply-00", ""},
  };
  EXPECT_EQ(std::size(cases), all_rows().size());
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(to_string(c.method)) + " for " + std::string(to_string(c.target)));
    const auto row = method_rule(c.method, c.target, kToday);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->method, c.method);
    EXPECT_EQ(row->target, c.target);
    EXPECT_EQ(row->rule.section, c.section);
    EXPECT_EQ(row->rule.document, c.target == T::mailbox ? Document::sbr : Document::tls_br);
    const std::string flags = std::string(row->wildcard ? "W" : "") + (row->prune ? "P" : "") +
                              (row->cname ? "C" : "") + (row->onion ? "o" : "") +
                              (row->mpic ? "m" : "");
    EXPECT_EQ(flags, c.flags);
    EXPECT_EQ(row->token_valid.value_or(std::chrono::days(0)).count(), c.token_days);
    EXPECT_EQ(row->acme_label, c.acme);
    EXPECT_EQ(row->ca_tbr_label, c.ca_tbr);
  }
}

TEST(MethodTable, KnowsNoOtherPair) {
  const struct {
    M method;
    T target;
  } cases[] = {
      {M::dns_change, T::ip_address},  {M::acme_dns, T::ip_address},
      {M::reverse_lookup, T::domain},  {M::ip_address, T::ip_address},
      {M::acme_http, T::mailbox},      {M::mailbox_email, T::domain},
      {M::domain_contact, T::mailbox}, {M::contact_email_caa, T::ip_address},
  };
  for (const auto& c : cases)
    EXPECT_FALSE(method_rule(c.method, c.target, kToday)) << to_string(c.method);
}

TEST(MethodStanding, ChangesOnItsDays) {
  const struct {
    M method;
    T target;
    const char* first;
    const char* discouraged;  // nullptr: never
    const char* retired;
    const char* ballot;
  } cases[] = {
      {M::constructed_email, T::domain, "2017-10-19", "2026-03-15", "2028-03-15", "SC-090"},
      {M::contact_email_caa, T::domain, "2019-02-01", "2026-03-15", "2028-03-15", "SC-090"},
      {M::contact_email_txt, T::domain, "2019-02-01", "2026-03-15", "2028-03-15", "SC-090"},
      {M::contact_phone_txt, T::domain, "2019-03-16", "2026-03-15", "2027-03-15", "SC-090"},
      {M::contact_phone_caa, T::domain, "2019-09-09", "2026-03-15", "2027-03-15", "SC-090"},
      {M::ip_contact_email, T::ip_address, "2019-03-16", "2026-03-15", "2027-03-15", "SC-090"},
      {M::ip_contact_phone, T::ip_address, "2019-03-16", "2026-03-15", "2027-03-15", "SC-090"},
      {M::ip_address, T::domain, "2017-10-19", nullptr, "2026-03-15", "SC-090"},
      {M::reverse_lookup, T::ip_address, "2019-03-16", nullptr, "2027-03-15", "SC-091"},
      {M::dns_change, T::domain, "2017-10-19", nullptr, nullptr, ""},
      {M::domain_contact, T::domain, "2018-03-09", nullptr, nullptr, ""},
      {M::dns_account, T::domain, "2025-03-01", nullptr, nullptr, ""},
      {M::dns_persistent, T::domain, "2025-11-10", nullptr, nullptr, ""},
      {M::dns_persistent, T::ip_address, "2025-12-16", nullptr, nullptr, ""},
      {M::mailbox_email, T::mailbox, "2023-09-01", nullptr, nullptr, ""},
      {M::mailbox_acme, T::mailbox, "2025-07-02", nullptr, nullptr, ""},
  };
  constexpr std::chrono::days kDay(1);
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(to_string(c.method)) + " for " + std::string(to_string(c.target)));
    const auto standing = [&c](Date at) { return method_rule(c.method, c.target, at)->standing; };
    EXPECT_EQ(standing(on(c.first) - kDay), MethodStanding::not_yet);
    EXPECT_EQ(standing(on(c.first)), MethodStanding::allowed);
    const auto row = *method_rule(c.method, c.target, kToday);
    ASSERT_EQ(row.discouraged_from.has_value(), c.discouraged != nullptr);
    ASSERT_EQ(row.retired_from.has_value(), c.retired != nullptr);
    EXPECT_EQ(row.retired_by, c.ballot);
    if (c.discouraged != nullptr) {
      EXPECT_EQ(row.discouraged_from, on(c.discouraged));
      EXPECT_EQ(standing(on(c.discouraged) - kDay), MethodStanding::allowed);
      EXPECT_EQ(standing(on(c.discouraged)), MethodStanding::discouraged);
    }
    if (c.retired != nullptr) {
      EXPECT_EQ(row.retired_from, on(c.retired));
      EXPECT_NE(standing(on(c.retired) - kDay), MethodStanding::retired);
      EXPECT_EQ(standing(on(c.retired)), MethodStanding::retired);
      EXPECT_EQ(method_rule(c.method, c.target, on(c.retired))->rule.ballot, c.ballot);
    }
    EXPECT_NE(standing(on("2035-01-01")), MethodStanding::not_yet);
  }
}

TEST(MethodStanding, ARowBeforeItsFirstDayIsCitedAsItWillStand) {
  const auto row = method_rule(M::dns_persistent, T::domain, on("2020-01-01"));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->standing, MethodStanding::not_yet);
  EXPECT_EQ(row->rule.from, on("2025-11-10"));
  EXPECT_EQ(row->rule.ballot, "SC-088");
  EXPECT_EQ(row->rule.version, "2.1.9");
}

}  // namespace
}  // namespace parallax::rules
