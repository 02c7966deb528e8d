// SPDX-License-Identifier: Apache-2.0
// Until when an order's permission lasts, and until when a validation may be reused.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "orders/compose.h"
#include "orders/control_samples.h"
#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using rules::ControlMethod;
using std::chrono::hours;
using test::DeskStage;
using test::Placed;

names::CertificateName address(std::string_view text) {
  return names::IpAddress::parse(text).value();
}

// Everybody sees the Random Value and CAA that permits; what the caller shows itself needs nobody.
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
        const std::string subject = observe::subject_of(check);
        observe::Seen seen = corroborate::test::permitting(subject);
        if (std::holds_alternative<dcv::ControlCheck>(check))
          seen = test::saw_txt(subject, test::kRandomValue);
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

Order order_of(std::vector<names::CertificateName> names,
               std::vector<std::optional<ControlRequest>> controls) {
  Order order = test::order_for(std::move(names));
  order.controls = std::move(controls);
  return order;
}

const ControlRequest kByMail{ControlMethod::ip_contact_email, std::nullopt};
const ControlRequest kByPhone{ControlMethod::ip_contact_phone, std::nullopt};

// The rules are silent on how long permission for an address lasts (house rule dcv.window).
TEST(DeskWindow, AnAddressShownByTheCallerIsPermittedForEightHours) {
  DeskStage stage;
  const Decision decision = decide(stage, order_of({address("9.9.9.9")}, {kByMail}));
  EXPECT_EQ(decision.outcome, Outcome::permitted);
  EXPECT_EQ(decision.permission_expires, stage.clock.now() + hours(8));
  EXPECT_EQ(decision.names[0].permission_expires, stage.clock.now() + hours(8));
  EXPECT_THAT(decision.names[0].rules, testing::Contains("dcv.window"));
}

TEST(DeskWindow, TheOrderOfTheNamesDoesNotMatter) {
  const auto by_name = test::domain("example.com");
  const auto by_address = address("9.9.9.9");
  for (const bool swapped : {false, true}) {
    SCOPED_TRACE(swapped);
    DeskStage stage;
    const Decision decision =
        decide(stage, swapped ? order_of({by_address, by_name}, {kByMail, std::nullopt})
                              : order_of({by_name, by_address}, {std::nullopt, kByMail}));
    EXPECT_EQ(decision.outcome, Outcome::permitted);
    EXPECT_EQ(decision.permission_expires, stage.clock.now() + hours(8));
  }
}

// From 2027-03-15 no certificate may rest on a call.
TEST(DeskWindow, PermissionEndsWithTheMethodThatItRestsOn) {
  DeskStage stage;
  stage.clock.set(parse_instant("2027-03-14T20:00:00Z").value());
  const Decision decision = decide(stage, order_of({address("9.9.9.9")}, {kByPhone}));
  ASSERT_EQ(decision.outcome, Outcome::permitted);
  EXPECT_EQ(format_instant(*decision.permission_expires), "2027-03-14T23:59:59.999999999Z");
}

TEST(DeskWindow, AValidationIsReusedByTheLimitOfTheDayOfIssuance) {
  const struct {
    const char* name;
    const char* at;
    const char* until;
    caa::CertificateType type;
  } cases[] = {
      {"100 days begin before the 200 end", "2026-12-01T00:00:00Z",
       "2027-03-14T23:59:59.999999999Z", caa::CertificateType::tls_server},
      {"they reach further than that", "2027-01-01T00:00:00Z", "2027-04-11T00:00:00.000000000Z",
       caa::CertificateType::tls_server},
      {"S/MIME knows no such change", "2026-12-01T00:00:00Z", "2028-01-03T00:00:00.000000000Z",
       caa::CertificateType::smime},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    DeskStage stage;
    stage.clock.set(parse_instant(each.at).value());
    Order order = order_of({test::domain("example.com")}, {test::dns_change("example.com")});
    order.type = each.type;
    const Decision decision = decide(stage, std::move(order));
    ASSERT_EQ(decision.outcome, Outcome::permitted) << decision.names[0].explanation;
    EXPECT_EQ(format_instant(*decision.names[0].control->reuse_until), each.until);
  }
}

NameDecision any_name() {
  NameDecision name{test::domain("example.com")};
  name.outcome = *rc::gen::element(Outcome::permitted, Outcome::permitted, Outcome::permitted,
                                   Outcome::refused, Outcome::undetermined);
  if (*rc::gen::inRange(0, 4) != 0)
    name.permission_expires = Instant(hours(*rc::gen::inRange(1, 1000)));
  return name;
}

// Incident 1841534: a permission has an end, and it is the earliest of its names', in any order.
RC_GTEST_PROP(Conclude, PermitsNothingWithoutAnEnd, ()) {
  Decision decision;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) decision.names.push_back(any_name());
  conclude(decision);
  bool all = !decision.names.empty();
  std::optional<Instant> earliest;
  for (const NameDecision& name : decision.names) {
    all = all && name.outcome == Outcome::permitted && name.permission_expires;
    if (name.permission_expires && (!earliest || *name.permission_expires < *earliest))
      earliest = name.permission_expires;
  }
  RC_ASSERT((decision.outcome == Outcome::permitted) == all);
  RC_ASSERT(decision.permission_expires == (all ? earliest : std::nullopt));
}

}  // namespace
}  // namespace parallax::orders
