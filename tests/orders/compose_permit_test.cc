// SPDX-License-Identifier: Apache-2.0
// Which decisions carry a permit, and what it says.
#include "orders/compose_permit.h"

#include <gtest/gtest.h>

#include "orders/desk_stage.h"

namespace parallax::orders {
namespace {

using test::domain;
using test::wildcard;

struct Sample {
  Order order = test::order_for({domain("example.com"), wildcard("*.example.com")});
  Decision decision;

  Sample() {
    order.account_uri = "https://ca.example/acct/1";
    decision.order_id = order.id;
    decision.outcome = Outcome::permitted;
    decision.decided = parse_instant("2026-11-22T10:00:00Z").value();
    decision.permission_expires = parse_instant("2026-11-22T18:00:00Z").value();
    decision.evidence_index = 7;
    decision.leaf_hash = std::string(64, 'a');
    for (const auto& name : order.names) {
      NameDecision each{name};
      each.outcome = Outcome::permitted;
      decision.names.push_back(std::move(each));
    }
  }
  [[nodiscard]] std::optional<permit::Permit> compose() const {
    return compose_permit(order, decision, "log.example", "digest");
  }
};

TEST(ComposePermit, BindsTheWholeOrder) {
  Sample sample;
  const auto method =
      rules::method_rule(rules::ControlMethod::dns_change, rules::TargetKind::domain,
                         date_of(sample.decision.decided));
  sample.decision.names[0].control = ControlDecision{*method};
  const auto made = sample.compose();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->names, (permit::NameSet{"example.com", "*.example.com"}));
  EXPECT_EQ(made->methods, (std::map<std::string, std::string>{{"example.com", "dns-change"}}));
  EXPECT_EQ(made->certificate_type, permit::kTls);
  EXPECT_EQ(made->issuers, std::vector<std::string>{"ca.example"});
  EXPECT_EQ(made->account_uri, sample.order.account_uri);
  EXPECT_EQ(made->decided, sample.decision.decided);
  EXPECT_EQ(made->not_after, sample.decision.permission_expires);
  EXPECT_EQ(made->log, "log.example");
  EXPECT_EQ(made->index, 7U);
  EXPECT_EQ(made->leaf_hash, sample.decision.leaf_hash);
  EXPECT_EQ(made->rules, "digest");
  EXPECT_FALSE(made->lab);
  sample.decision.lab = true;
  EXPECT_TRUE(sample.compose()->lab);
}

TEST(ComposePermit, GoesWithNoOtherDecision) {
  struct Case {
    const char* name;
    void (*spoil)(Sample&);
  };
  const Case cases[] = {
      {"refused", [](Sample& s) { s.decision.outcome = Outcome::refused; }},
      {"undetermined", [](Sample& s) { s.decision.outcome = Outcome::undetermined; }},
      {"without_end", [](Sample& s) { s.decision.permission_expires.reset(); }},
      {"control_alone", [](Sample& s) { s.order.control_alone = true; }},
  };
  ASSERT_TRUE(Sample().compose());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Sample sample;
    c.spoil(sample);
    EXPECT_FALSE(sample.compose());
  }
}

TEST(DeskPermits, AreInTheAnswerThatIsKept) {
  const SigningKey key = SigningKey::generate();
  for (const bool permits : {true, false}) {
    SCOPED_TRACE(permits);
    DeskSettings settings;
    if (permits) settings.permits = PermitTerms{key, "log.example"};
    test::DeskStage stage(settings);
    const auto answered = stage.place_permitted(test::order_for({domain("example.com")}));
    ASSERT_TRUE(answered) << describe(answered.error());
    const Decision& decision = *answered->decision;
    EXPECT_EQ(decision.leaf_hash.size(), 64U);
    if (!permits) {
      EXPECT_EQ(decision.permit, "");
      continue;
    }
    const auto opened = permit::open_permit(decision.permit, std::vector{key.verifying_key()});
    ASSERT_TRUE(opened) << describe(opened.error());
    EXPECT_EQ(opened->names, permit::NameSet{"example.com"});
    EXPECT_EQ(opened->leaf_hash, decision.leaf_hash);
    EXPECT_EQ(opened->not_after,
              std::chrono::floor<std::chrono::seconds>(*decision.permission_expires));
  }
}

}  // namespace
}  // namespace parallax::orders
