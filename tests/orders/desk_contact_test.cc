// SPDX-License-Identifier: Apache-2.0
// Contacts in the DNS (TLS BR 3.2.2.4.13, .14, .16, .17): that one is published shows no control
// before it was used, which the caller states.
#include <gmock/gmock.h>

#include "base/json.h"
#include "orders/control_samples.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using dns::RecordType;
using rules::ControlMethod;
using std::chrono::days;
using std::chrono::hours;
using test::DeskStage;
using test::dns_name;
using test::Placed;
using testing::HasSubstr;

constexpr const char* kDomain = "example.com";
constexpr const char* kAt = "_validation-contactemail.example.com";
constexpr const char* kContact = "hostmaster@example.com";

ControlRequest by_mail(std::optional<Instant> confirmed_at) {
  return {
      .method = ControlMethod::contact_email_txt,
      .check = dcv::ControlCheck{ControlMethod::contact_email_txt, dns_name(kDomain), std::nullopt,
                                 std::nullopt, false, dcv::ContactValue{kContact}},
      .confirmed_at = confirmed_at};
}

dcv::ControlObservation saw_contact() {
  dcv::ControlObservation seen;
  const std::string text = kContact;
  seen.lookups = {
      test::looked_up("challenge", kAt, RecordType::txt, {static_cast<char>(text.size()) + text})};
  return seen;
}

// Everybody sees the contact, or a PTR to the name in front of it, and CAA that permits.
Decision decide(DeskStage& stage, Order order) {
  Placed placed;
  stage.place(std::move(order), placed);
  std::size_t answered = 1;
  while (answered > 0) {
    answered = 0;
    for (test::ScriptedPerspective* perspective : stage.everybody())
      for (std::size_t call = 0; call < perspective->asked(); ++call) {
        if (!perspective->waiting(call)) continue;
        const observe::Check& check = perspective->request(call).check;
        observe::Seen seen = saw_contact();
        const auto* control = std::get_if<dcv::ControlCheck>(&check);
        if (control == nullptr) {
          seen = corroborate::test::permitting(observe::subject_of(check));
        } else if (control->method == ControlMethod::reverse_lookup) {
          auto& lookups = std::get<dcv::ControlObservation>(seen).lookups;
          lookups.insert(lookups.begin(),
                         test::looked_up("reverse", "9.9.9.9.in-addr.arpa", RecordType::ptr,
                                         {test::wire_name(dns_name(kDomain))}));
        }
        auto reply = corroborate::test::saw(perspective->request(call), perspective->code(),
                                            std::move(seen));
        reply->observation.started = stage.clock.now();
        perspective->answer(std::move(reply), call);
        ++answered;
      }
    stage.stage.settle();
  }
  return placed.value().value().decision.value();
}

Order order_of(names::CertificateName name, ControlRequest request) {
  Order order = test::order_for({std::move(name)});
  order.controls = {std::move(request)};
  return order;
}

std::size_t asked_for_caa(const test::ScriptedPerspective& perspective) {
  std::size_t count = 0;
  for (std::size_t call = 0; call < perspective.asked(); ++call)
    count += std::holds_alternative<observe::CaaCheck>(perspective.request(call).check) ? 1 : 0;
  return count;
}

TEST(DeskContact, ThatIsPublishedAndUnusedPermitsNothing) {
  DeskStage stage;
  const Decision decision = decide(stage, order_of(test::domain(kDomain), by_mail(std::nullopt)));
  EXPECT_EQ(decision.outcome, Outcome::undetermined);
  EXPECT_FALSE(decision.permission_expires);
  const NameDecision& name = decision.names.at(0);
  EXPECT_EQ(name.outcome, Outcome::undetermined);
  EXPECT_EQ(name.reason, "contact-unconfirmed");
  EXPECT_THAT(name.explanation, HasSubstr("confirmed_at"));
  EXPECT_EQ(name.caa, CaaPart::not_asked);
  EXPECT_EQ(asked_for_caa(stage.primary), 0u);
  EXPECT_FALSE(name.control->reuse_until);
  EXPECT_EQ(name.control->corroborated, 5u) << "that it is published was corroborated";
}

TEST(DeskContact, ThatConfirmedShowsControl) {
  DeskStage stage;
  const Instant confirmed = stage.clock.now() - hours(20);
  const Decision decision = decide(stage, order_of(test::domain(kDomain), by_mail(confirmed)));
  EXPECT_EQ(decision.outcome, Outcome::permitted) << decision.names.at(0).explanation;
  EXPECT_EQ(decision.permission_expires, stage.clock.now() + hours(8));
  const ControlDecision& control = *decision.names.at(0).control;
  EXPECT_EQ(control.confirmed_at, confirmed);
  EXPECT_EQ(control.reuse_until, rules::reuse_until(control.method, rules::Scope::tls, confirmed));
  const json::value& body = stage.store.kept.front().body;
  EXPECT_EQ(body.at("names").at(0).at("asked").at("confirmed_at"),
            json::value(format_instant(confirmed)));
}

TEST(DeskContact, ReuseIsCountedFromTheConfirmation) {
  DeskStage stage;
  stage.clock.set(parse_instant("2027-04-20T00:00:00Z").value());
  const Instant confirmed = stage.clock.now() - days(20);
  const Decision decision = decide(stage, order_of(test::domain(kDomain), by_mail(confirmed)));
  ASSERT_EQ(decision.outcome, Outcome::permitted);
  EXPECT_EQ(decision.names.at(0).control->reuse_until, confirmed + days(100));
}

TEST(DeskContact, WithCaaRegardlessStaysUndetermined) {
  DeskStage stage;
  Order order = order_of(test::domain(kDomain), by_mail(std::nullopt));
  order.caa_regardless = true;
  const Decision decision = decide(stage, std::move(order));
  EXPECT_EQ(decision.outcome, Outcome::undetermined);
  EXPECT_EQ(decision.names.at(0).caa, CaaPart::checked);
  EXPECT_FALSE(decision.names.at(0).permission_expires);
}

// The Open MPIC adapter asks whether the contact is corroborated, and for no permission.
TEST(DeskContact, OfAnOrderForControlAloneIsJudgedByWhatIsSeen) {
  DeskStage stage;
  Order order = order_of(test::domain(kDomain), by_mail(std::nullopt));
  order.control_alone = true;
  EXPECT_EQ(decide(stage, std::move(order)).names.at(0).control->outcome, Outcome::permitted);
}

TEST(DeskContact, BehindAnAddressNeedsItsConfirmationToo) {
  const auto address = names::IpAddress::parse("9.9.9.9").value();
  for (const bool confirmed : {false, true}) {
    SCOPED_TRACE(confirmed);
    DeskStage stage;
    ControlRequest request = test::reverse_lookup("9.9.9.9", kDomain);
    std::get<dcv::ReverseValue>(request.check->challenge).control =
        dcv::NameControl{ControlMethod::contact_email_txt, dcv::ContactValue{kContact}};
    if (confirmed) request.confirmed_at = stage.clock.now();
    const Decision decision = decide(stage, order_of(address, request));
    EXPECT_EQ(decision.outcome, confirmed ? Outcome::permitted : Outcome::undetermined)
        << decision.names.at(0).explanation;
    EXPECT_EQ(decision.names.at(0).control->reason,
              confirmed ? "challenge-found" : "contact-unconfirmed");
  }
}

}  // namespace
}  // namespace parallax::orders
