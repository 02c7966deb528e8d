// SPDX-License-Identifier: Apache-2.0
// Orders whose control is looked for elsewhere than at the name: at its mail server (SBR 3.2.2.3),
// at the name that an address points to (TLS BR 3.2.2.5.3).
#include <gmock/gmock.h>

#include "base/json.h"
#include "orders/control_samples.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using dns::RecordType;
using test::DeskStage;
using test::dns_change;
using test::dns_name;
using test::kRandomValue;
using test::looked_up;
using test::Placed;
using test::ScriptedPerspective;
using test::wire_name;

constexpr const char* kDomain = "example.com";
constexpr const char* kHost = "mx1.example.net";

DeskSettings side_by_side() {
  DeskSettings settings;
  settings.control_remotes_after_primary = false;
  return settings;
}

Order controlled(names::CertificateName name, ControlRequest request,
                 caa::CertificateType type = caa::CertificateType::tls_server) {
  Order order = test::order_for({std::move(name)}, type);
  order.controls = {std::move(request)};
  return order;
}

Order of_mail_server() {
  ControlRequest request = dns_change(kDomain);
  request.check->mail_server = dcv::MailServerOf{dns_name(kDomain), std::nullopt};
  return controlled(test::mailbox("alice@example.com"), std::move(request),
                    caa::CertificateType::smime);
}

// What a perspective reports that selected `host` and found the text there.
dcv::ControlObservation saw_mail_server(const std::string& host, const std::string& text) {
  dcv::ControlObservation seen = test::saw_txt(host, text);
  const std::string preference{'\0', '\x0a'};
  seen.lookups.insert(
      seen.lookups.begin(),
      {looked_up("mx", kDomain, RecordType::mx, {preference + wire_name(dns_name(host))}),
       looked_up("mx-address", host, RecordType::a, {{'\x09', '\x09', '\x09', '\x09'}})});
  seen.smtp_host = dns_name(host);
  seen.equal_preference = 1;
  return seen;
}

// What one reports that saw the PTR, and the text at the name that it gives.
dcv::ControlObservation saw_pointer(const std::string& host, const std::string& text) {
  dcv::ControlObservation seen = test::saw_txt(host, text);
  seen.lookups.insert(
      seen.lookups.begin(),
      looked_up("reverse", "9.9.9.9.in-addr.arpa", RecordType::ptr, {wire_name(dns_name(host))}));
  return seen;
}

const dcv::ControlCheck& control_of(const ScriptedPerspective& perspective) {
  return std::get<dcv::ControlCheck>(perspective.request(0).check);
}

const NameDecision& decided(const Placed& placed) { return placed->value().decision->names.at(0); }

TEST(DeskWay, SideBySideRemotesDoNotWaitForThePrimary) {
  Placed placed;
  DeskStage stage(side_by_side());
  stage.place(controlled(test::domain(kDomain), dns_change(kDomain)), placed);
  for (const auto& remote : stage.remotes) EXPECT_EQ(remote->asked(), 1u);
}

// SBR 3.2.2.3: they follow the primary's selection, so they cannot be asked before there is one.
TEST(DeskWay, OfAMailServerRemotesWaitForTheSelectionEvenSideBySide) {
  Placed placed;
  DeskStage stage(side_by_side());
  stage.place(of_mail_server(), placed);
  EXPECT_EQ(stage.primary.asked(), 1u);
  EXPECT_FALSE(control_of(stage.primary).mail_server->smtp_host);
  for (const auto& remote : stage.remotes) EXPECT_EQ(remote->asked(), 0u);

  stage.primary.answer(saw_mail_server(kHost, kRandomValue), 0);
  stage.stage.settle();
  for (const auto& remote : stage.remotes) {
    ASSERT_EQ(remote->asked(), 1u);
    EXPECT_EQ(control_of(*remote).mail_server->smtp_host, dns_name(kHost));
    remote->answer(saw_mail_server(kHost, kRandomValue), 0);
  }
  stage.stage.settle();
  while (stage.permit_all() > 0) {
  }
  ASSERT_TRUE(placed.has_value() && placed->has_value());
  EXPECT_EQ(decided(placed).outcome, Outcome::permitted);
  EXPECT_EQ(decided(placed).control->smtp_host, dns_name(kHost));
}

TEST(DeskWay, OfAMailServerThatFailedNoRemoteIsAskedEvenSideBySide) {
  Placed placed;
  DeskStage stage(side_by_side());
  stage.place(of_mail_server(), placed);
  stage.primary.answer(saw_mail_server(kHost, "something else"), 0);
  stage.stage.settle();
  ASSERT_TRUE(placed.has_value() && placed->has_value());
  EXPECT_EQ(decided(placed).reason, "challenge-differs");
  for (const auto& remote : stage.remotes) EXPECT_EQ(remote->asked(), 0u);
}

// Remotes that could not have selected that host, or see another value there, do not corroborate.
TEST(DeskWay, TwoRemotesOfAnotherMailServerMissTheQuorum) {
  Placed placed;
  DeskStage stage(side_by_side());
  stage.place(of_mail_server(), placed);
  stage.primary.answer(saw_mail_server(kHost, kRandomValue), 0);
  stage.stage.settle();
  stage.remotes[0]->answer(saw_mail_server("other.example.net", kRandomValue), 0);
  stage.remotes[1]->answer(saw_mail_server(kHost, "something else"), 0);
  for (std::size_t i = 2; i < stage.remotes.size(); ++i)
    stage.remotes[i]->answer(saw_mail_server(kHost, kRandomValue), 0);
  stage.stage.settle();
  ASSERT_TRUE(placed.has_value() && placed->has_value());
  EXPECT_EQ(decided(placed).reason, "quorum-not-met");
}

// Of two mail servers of equal preference only the one that the primary drew counts, also where a
// remote says that it looked at the other and saw the value there.
TEST(DeskWay, ARemoteThatLooksAtAnotherMailServerOfThePreferenceCorroboratesNothing) {
  const std::string preference{'\0', '\x0a'};
  const auto saw = [&preference](const std::string& host) {
    dcv::ControlObservation seen = saw_mail_server(host, kRandomValue);
    seen.lookups.front().rdata = {preference + wire_name(dns_name(kHost)),
                                  preference + wire_name(dns_name("mx2.example.net"))};
    seen.equal_preference = 2;
    return seen;
  };
  Placed placed;
  DeskStage stage;
  stage.place(of_mail_server(), placed);
  stage.primary.answer(saw(kHost), 0);
  stage.stage.settle();
  for (const auto& remote : stage.remotes)
    remote->answer(
        saw(remote == stage.remotes[0] || remote == stage.remotes[1] ? "mx2.example.net" : kHost),
        0);
  stage.stage.settle();
  ASSERT_TRUE(placed.has_value() && placed->has_value());
  const ControlDecision& control = *decided(placed).control;
  EXPECT_EQ(control.reason, "quorum-not-met");
  EXPECT_EQ(control.smtp_host, dns_name(kHost));
  EXPECT_EQ(control.derivation.path, std::vector{dns_name(kHost)});
  EXPECT_EQ(control.equal_preference, 2u);
  EXPECT_EQ(control.mail_servers, (std::vector{dns_name(kHost), dns_name("mx2.example.net")}));
  const json::value& recorded = stage.store.kept.front().body.at("names").at(0).at("control");
  EXPECT_EQ(recorded.at("equal_preference"), 2);
  EXPECT_EQ(recorded.at("mail_servers"), (json::array{kHost, "mx2.example.net"}));
}

struct PointerCase {
  const char* title;
  const char* host;
  const char* text;
  bool corroborates;
};

TEST(DeskWay, ARemoteMustSeeThePointerAndTheValueOfTheName) {
  const std::string host = "host.example.com";
  for (const PointerCase& each :
       {PointerCase{"both", "host.example.com", kRandomValue, true},
        PointerCase{"another pointer", "other.example.com", kRandomValue, false},
        PointerCase{"another value", "host.example.com", "something else", false},
        PointerCase{"no value", "host.example.com", "", false}}) {
    SCOPED_TRACE(each.title);
    Placed placed;
    DeskStage stage;
    stage.place(controlled(names::IpAddress::parse("9.9.9.9").value(),
                           test::reverse_lookup("9.9.9.9", host)),
                placed);
    stage.primary.answer(saw_pointer(host, kRandomValue), 0);
    stage.stage.settle();
    for (const auto& remote : stage.remotes)
      remote->answer(remote == stage.remotes[0] || remote == stage.remotes[1]
                         ? saw_pointer(each.host, each.text)
                         : saw_pointer(host, kRandomValue),
                     0);
    stage.stage.settle();
    ASSERT_TRUE(placed.has_value() && placed->has_value());
    const NameDecision& name = decided(placed);
    EXPECT_EQ(name.outcome, each.corroborates ? Outcome::permitted : Outcome::refused);
    EXPECT_EQ(name.caa, CaaPart::not_applicable);
    EXPECT_EQ(name.control->derivation.path, std::vector{dns_name(host)});
  }
}

TEST(DeskWay, TheRecordNamesBothMethodsAndTheirRules) {
  Placed placed;
  DeskStage stage;
  const std::string host = "host.example.com";
  stage.place(
      controlled(names::IpAddress::parse("9.9.9.9").value(), test::reverse_lookup("9.9.9.9", host)),
      placed);
  stage.primary.answer(saw_pointer(host, kRandomValue), 0);
  stage.stage.settle();
  for (const auto& remote : stage.remotes) remote->answer(saw_pointer(host, kRandomValue), 0);
  stage.stage.settle();
  ASSERT_FALSE(stage.store.kept.empty());
  const json::value& name = stage.store.kept.front().body.at("names").at(0);
  const json::value& control = name.at("control");
  EXPECT_EQ(control.at("method"), "reverse-address-lookup");
  EXPECT_EQ(control.at("adn_path"), json::array{host});
  EXPECT_EQ(control.at("name_method").at("method"), "dns-change");
  std::vector<std::string> rules;
  for (const json::value& rule : name.at("rules").as_array())
    rules.emplace_back(rule.as_string().c_str());
  EXPECT_THAT(rules, testing::IsSupersetOf({"dcv.reverse-lookup", "dcv.dns-change", "dcv.adn"}));
}

// Of the two methods the one that may be reused for the shorter time sets the limit.
TEST(DeskWay, ThePersistentRecordBehindAnAddressIsReusedForTenDays) {
  const std::string host = "host.example.com";
  ControlRequest request = test::reverse_lookup("9.9.9.9", host);
  dcv::PersistentValue value{.issuers = {dns_name("ca.example")},
                             .account_uri = "https://ca.example/acct/1"};
  std::get<dcv::ReverseValue>(request.check->challenge).control =
      dcv::NameControl{rules::ControlMethod::dns_persistent, value};
  Placed placed;
  DeskStage stage;
  stage.place(controlled(names::IpAddress::parse("9.9.9.9").value(), request), placed);
  const std::string record = "ca.example; accounturi=https://ca.example/acct/1";
  dcv::ControlObservation seen = saw_pointer(host, record);
  seen.lookups.back().name = "_validation-persist." + host;
  stage.primary.answer(seen, 0);
  stage.stage.settle();
  for (const auto& remote : stage.remotes) remote->answer(seen, 0);
  stage.stage.settle();
  ASSERT_TRUE(placed.has_value() && placed->has_value());
  const NameDecision& name = decided(placed);
  ASSERT_TRUE(name.control->reuse_until) << name.explanation;
  EXPECT_LE(*name.control->reuse_until, stage.clock.now() + std::chrono::days(10));
}

}  // namespace
}  // namespace parallax::orders
