// SPDX-License-Identifier: Apache-2.0
// Decisions made anew: what a coordinator decided holds, and what it might have made up does not.
#include <gmock/gmock.h>

#include "audit/audit_stage.h"

namespace parallax::audit {
namespace {

using corroborate::NonCorroboration;
using test::but;
using test::decide;
using test::denies;
using test::everybody_permits;
using test::fails;
using test::keeps_silent;
using test::place;
using test::Script;
using testing::HasSubstr;

Result<DecisionAudit> audit(const json::value& body) {
  auto keys = test::keys();
  const auto decision = read_decision(body);
  if (!decision) return fail(decision.error());
  return audit_decision(*decision, keys, orders::test::suffixes());
}

struct Honest {
  const char* name;
  orders::Order order;
  Script script;
  const char* outcome;
  std::size_t quorums;
};

TEST(AuditDecision, WhatACoordinatorDecidedHolds) {
  const Honest cases[] = {
      {"caa", test::caa_order(), everybody_permits(), "permitted", 1},
      {"a name and its wildcard", test::wildcard_order(), everybody_permits(), "permitted", 2},
      {"one liar", test::caa_order(), but({"eu-1"}, denies()), "permitted", 1},
      {"two liars", test::caa_order(), but({"eu-1", "ap-1"}, denies()), "refused", 1},
      {"one is silent", test::caa_order(), but({"us-1"}, keeps_silent()), "permitted", 1},
      {"two are unreachable", test::caa_order(),
       but({"eu-1", "us-1"}, fails(NonCorroboration::unreachable)), "undetermined", 1},
      {"two of bad signatures", test::caa_order(),
       but({"eu-1", "us-1"}, fails(NonCorroboration::bad_signature)), "undetermined", 1},
      {"the primary prohibits", test::caa_order(), but({"primary"}, denies()), "refused", 1},
      {"the primary failed", test::caa_order(),
       but({"primary"}, fails(NonCorroboration::lookup_failed)), "undetermined", 1},
      {"control", test::control_order(), everybody_permits(), "permitted", 2},
      {"control not shown", test::control_order(), but({"primary"}, denies()), "refused", 1},
      {"control not corroborated", test::control_order(), but({"eu-1", "ap-1"}, denies()),
       "refused", 1},
      {"mail server", test::mail_server_order(), everybody_permits(), "permitted", 2},
      {"mailbox shown to the caller", test::mailbox_order(), everybody_permits(), "permitted", 1},
  };
  for (const Honest& each : cases) {
    SCOPED_TRACE(each.name);
    const auto records = decide(each.order, each.script);
    const json::value& body = records.front().body;
    EXPECT_EQ(body.at("outcome"), each.outcome);
    const auto held = audit(body);
    ASSERT_TRUE(held) << describe(held.error());
    EXPECT_EQ(held->quorums, each.quorums);
    EXPECT_EQ(held->names, each.order.names.size());
    EXPECT_FALSE(held->left_out);
  }
}

struct Lie {
  const char* name;
  std::function<void(json::value&)> tell;
  const char* message;
  const char* where;
};

std::function<void(json::value&)> set(std::string pointer, json::value value) {
  return [pointer = std::move(pointer), value = std::move(value)](json::value& body) {
    place(body, pointer) = value;
  };
}

std::function<void(json::value&)> reword(std::string pointer, std::string from, std::string to) {
  return [=](json::value& body) {
    json::string& text = place(body, pointer).as_string();
    const auto found = text.find(from);
    ASSERT_NE(found, json::string::npos) << from;
    text.replace(found, from.size(), to);
  };
}

// Each is told about a record of that order, which holds as it is.
void expect_found(const orders::Order& order, const Script& script, const std::vector<Lie>& lies) {
  const auto records = decide(order, script);
  const json::value& body = records.front().body;
  const auto honest = audit(body);
  ASSERT_TRUE(honest) << describe(honest.error());
  for (const Lie& lie : lies) {
    SCOPED_TRACE(lie.name);
    json::value told = body;
    lie.tell(told);
    ASSERT_NE(told, body);
    const auto held = audit(told);
    if (held) {
      ADD_FAILURE() << "was not found";
      continue;
    }
    EXPECT_THAT(describe(held.error()), HasSubstr(lie.message));
    EXPECT_THAT(describe(held.error()), HasSubstr(lie.where));
  }
}

constexpr const char* kRemote = "/checks/0/remotes/0";
constexpr const char* kStatement = "/checks/0/remotes/0/observation/statement";

TEST(AuditDecision, WhatPerspectivesSignedCannotBeReworded) {
  const std::vector<Lie> lies = {
      {"another fact", reword(kStatement, "\"ttl_s\":300", "\"ttl_s\":301"),
       "is not signed by the key of eu-1", "perspective=eu-1, part=/checks/0"},
      {"an octet of the signature",
       [](json::value& body) {
         json::string& text = place(body, "/checks/0/remotes/1/observation/signature").as_string();
         text[5] = text[5] == 'A' ? 'B' : 'A';
       },
       "is not signed by the key of ap-1", "perspective=ap-1, part=/checks/0"},
      {"another's observation",
       [](json::value& body) {
         place(body, "/checks/0/remotes/0/observation") =
             place(body, "/checks/0/remotes/1/observation");
       },
       "is not signed by the key of eu-1", "perspective=eu-1"},
      {"another's report",
       [](json::value& body) { place(body, kRemote) = place(body, "/checks/0/remotes/1"); },
       "the report of ap-1 stands where eu-1 stands", "part=/checks/0"},
      {"nobody's key", set("/checks/0/remotes/0/code", "xx-1"), "stands where eu-1 stands",
       "perspective=xx-1"},
      {"its own word for another order",
       [](json::value& body) {
         test::sign_anew(body, kRemote, [](auto& seen) { seen.order_id = "order-2"; });
       },
       "was made for another order", "perspective=eu-1"},
      {"its own word on another check",
       [](json::value& body) {
         test::sign_anew(body, kRemote, [](auto& seen) { seen.check_digest = "00"; });
       },
       "answers another check", "perspective=eu-1"},
      {"in another's name",
       [](json::value& body) {
         test::sign_anew(body, kRemote, [](auto& seen) { seen.perspective = "ap-1"; });
       },
       "is of ap-1, and stands for eu-1", "perspective=eu-1"},
      {"from a lab",
       [](json::value& body) {
         test::sign_anew(body, kRemote, [](auto& seen) { seen.lab = true; });
       },
       "was made in a lab", "perspective=eu-1"},
      {"another check", set("/checks/0/check/domain", "example.org"), "not that of the check",
       "part=/checks/0"},
      {"another digest", set("/checks/0/digest", "00"), "not that of the check", "part=/checks/0"},
  };
  expect_found(test::caa_order(), everybody_permits(), lies);
}

TEST(AuditDecision, OutcomesFollowFromWhatWasSeen) {
  const std::vector<Lie> lies = {
      {"quorum", set("/names/0/quorum/text", "5/5"), "recorded as 5/5", "part=/names/0"},
      {"corroborated", set("/names/0/quorum/corroborated", 5), "comes to 3/5", "part=/names/0"},
      {"needed", set("/names/0/quorum/needed", 3), "3 corroborations are recorded as needed, 4 are",
       "part=/names/0"},
      {"regions", set("/names/0/quorum/rirs", json::array{"ARIN"}), "lie in the regions of",
       "part=/names/0"},
      {"a remote's state", set("/names/0/quorum/remotes/0", "corroborated"),
       "eu-1 is recorded as \"corroborated\", and what it brought comes to \"denied\"",
       "perspective=eu-1, part=/names/0"},
      {"the name's outcome", set("/names/0/outcome", "permitted"),
       "the name is recorded as permitted (quorum-not-met), and comes to refused", "/names/0"},
      {"the name's reason", set("/names/0/reason", "issuer-authorized"), "comes to refused",
       "part=/names/0"},
      {"the order's outcome", set("/outcome", "undetermined"),
       "the order is recorded as undetermined, and its names come to refused", ""},
      {"whose issuer", set("/order/issuers/0", "other.example"), "comes to \"corroborated\"",
       "perspective=eu-1"},
      {"what permits", set("/names/0/dnssec", "insecure"), "DNSSEC is recorded as insecure",
       "part=/names/0"},
      {"no quorum", set("/names/0/quorum", nullptr), "do not go together", "part=/names/0"},
      {"a wildcard", set("/names/0/question/wildcard", true), "another kind of name", "/names/0"},
      {"another method", set("/names/0/question/validation_method", "dns-01"),
       "another validation method", "part=/names/0"},
      {"another name", set("/names/0/name", "example.org"), "is about another name", "/names/0"},
      {"nobody looked", set("/names/0/caa", "not-asked"), "neither control nor CAA", "/names/0"},
      {"the day before MPIC", set("/received", "2025-01-15T00:00:00.000000000Z"),
       "too long before it was decided", ""},
      {"decided before", set("/received", "2026-12-15T00:10:00.000000000Z"),
       "decided before it was received", ""},
      {"a roster too near", set("/checks/0/perspectives/3/location", "-33.9000, 18.5000"),
       "comes to", "part=/names/0"},
  };
  expect_found(test::caa_order(), but({"eu-1", "ap-1"}, denies()), lies);
}

TEST(AuditDecision, PermissionLastsNoLongerThanTheRulesGive) {
  const std::vector<Lie> lies = {
      {"a name's", set("/names/0/permission_expires", "2026-11-23T01:00:00.000000001Z"),
       "recorded until 2026-11-23T01:00:00.000000001Z, and lawful until 2026-11-23T01:00:00.0",
       "part=/names/0"},
      {"the order's", set("/permission_expires", "2026-11-23T01:00:00.000000001Z"),
       "does not end with that of its names", ""},
      {"none of the order's", set("/permission_expires", nullptr), "does not end with that", ""},
      {"none at all", set("/names/0/permission_expires", nullptr),
       "recorded as permitted, and its names come to undetermined", ""},
  };
  expect_found(test::caa_order(), everybody_permits(), lies);
}

TEST(AuditDecision, RulesStandWhereTheyStoodThatDay) {
  const std::vector<Lie> lies = {
      {"section", set("/rules/0/section", "9.9.9"), "the record says otherwise", "part=/rules"},
      {"unknown", set("/rules/0/id", "made.up"), "the rule made.up did not hold on 2026-12-15",
       "part=/rules"},
      {"one left out", [](json::value& body) { place(body, "/rules").as_array().pop_back(); },
       "not those applied", "part=/rules"},
      {"what decided", set("/names/0/decided_by", "made.up"), "made.up that decided did not hold",
       "part=/names/0"},
  };
  expect_found(test::caa_order(), everybody_permits(), lies);
}

TEST(AuditDecision, ControlFollowsFromWhatWasSeen) {
  const std::vector<Lie> lies = {
      {"outcome", set("/names/0/control/outcome", "refused"),
       "control is recorded as refused (challenge-found), and comes to permitted", "/names/0"},
      {"reuse", set("/names/0/control/reuse_until", "2028-12-31T00:00:00.000000000Z"),
       "reuse is recorded until 2028-12-31", "part=/names/0"},
      {"method", set("/names/0/control/method", "acme-dns-01"), "was to be shown by dns-change",
       "part=/names/0"},
      {"asked for otherwise", set("/names/0/asked/check/challenge/value", "dGhlIG90aGVy"),
       "not the one that was asked for", "part=/names/0"},
      {"by the caller alone", set("/names/0/asked/check", nullptr), "no method for a target",
       "part=/names/0"},
      {"not part of it", set("/names/0/control", nullptr), "is not part of the decision",
       "part=/names/0"},
      {"not asked for", set("/names/0/asked", nullptr), "nobody asked for", "part=/names/0"},
      {"another mail server", set("/names/0/control/smtp_host", "mx9.example.net"),
       "not the one that the primary selected", "part=/names/0"},
      {"a remote that saw another value",
       [](json::value& body) {
         test::sign_anew(body, "/checks/0/remotes/2", [](observe::Observation& seen) {
           auto& control = std::get<dcv::ControlObservation>(seen.seen);
           control.lookups.back().rdata = {"\x05other"};
         });
       },
       "sa-1 is recorded as \"corroborated\", and what it brought comes to \"denied\"",
       "perspective=sa-1, part=/names/0"},
      {"a remote that was asked about another mail server",
       [](json::value& body) {
         test::sign_anew(body, "/checks/0/primary", [](observe::Observation& seen) {
           std::get<dcv::ControlObservation>(seen.seen).smtp_host.reset();
         });
       },
       "answers another check", "perspective=eu-1, part=/checks/0"},
  };
  expect_found(test::mail_server_order(), everybody_permits(), lies);
}

TEST(AuditDecision, OfAMailboxNothingIsTrustedThatMustBeCorroborated) {
  expect_found(test::mailbox_order(), everybody_permits(),
               {{"a method that remotes corroborate",
                 [](json::value& body) {
                   place(body, "/names/0/asked/method") = "dns-change";
                   place(body, "/names/0/control/method") = "dns-change";
                 },
                 "dns-change was no method for a target of the kind mailbox", "part=/names/0"}});
}

TEST(AuditDecision, WithoutItsObservationsADecisionMustPermitNothing) {
  const auto records = decide(test::caa_order(), everybody_permits());
  json::value body = records.front().body;
  place(body, "/checks/0/primary/observation") =
      json::object{{"left_out_octets", 70000}, {"sha256", std::string(64, '0')}};
  const auto permitted = audit(body);
  ASSERT_FALSE(permitted);
  EXPECT_THAT(permitted.error().message, HasSubstr("observations were left out"));
  for (const char* outcome : {"/outcome", "/names/0/outcome"})
    place(body, outcome) = "undetermined";
  for (const char* expires : {"/permission_expires", "/names/0/permission_expires"})
    place(body, expires) = nullptr;
  const auto withdrawn = audit(body);
  ASSERT_TRUE(withdrawn) << describe(withdrawn.error());
  EXPECT_TRUE(withdrawn->left_out);
  EXPECT_EQ(withdrawn->quorums, 0u);
}

TEST(AuditDecision, AContactThatHasNotConfirmedIsMoreCarefulThanTheQuorum) {
  expect_found(test::control_order(), everybody_permits(),
               {{"a method without contact",
                 [](json::value& body) {
                   place(body, "/names/0/control/outcome") = "undetermined";
                   place(body, "/names/0/control/reason") = "contact-unconfirmed";
                 },
                 "comes to permitted", "part=/names/0"}});
}

struct LateLie {
  const char* name;
  std::function<void(json::value&)> tell;
  const char* message;
};

TEST(AuditLate, IsBoundToItsOrderWithAndWithoutTheDecision) {
  for (const auto& order : {test::caa_order(), test::mail_server_order()}) {
    const auto records = decide(order, but({"us-1"}, keeps_silent()));
    ASSERT_GE(records.size(), 2u);
    const evidence::Record* made = nullptr;
    const evidence::Record* late = nullptr;
    for (const auto& record : records)
      (record.kind == evidence::RecordKind::decision ? made : late) = &record;
    const auto decision = read_decision(made->body).value();
    const auto audited = [&](const json::value& body, const RecordedDecision* of) {
      auto keys = test::keys();
      const auto read = read_late(body);
      return read ? audit_late(*read, of, keys) : Result<DecisionAudit>(fail(read.error()));
    };
    const std::string report = "/late/report";
    const LateLie lies[] = {
        {"signature", reword(report + "/observation/statement", "parallax/test", "parallax/lies"),
         "is not signed by the key of us-1"},
        {"order",
         [&](json::value& body) {
           test::sign_anew(body, report, [](auto& seen) { seen.order_id = "order-2"; });
         },
         "another order"},
        {"identity",
         [&](json::value& body) {
           test::sign_anew(body, report, [](auto& seen) { seen.perspective = "eu-1"; });
         },
         "observation is of eu-1"},
    };
    for (const RecordedDecision* of : {&decision, static_cast<const RecordedDecision*>(nullptr)}) {
      SCOPED_TRACE(of == nullptr ? "alone" : "with the decision");
      const auto held = audited(late->body, of);
      ASSERT_TRUE(held) << describe(held.error());
      EXPECT_EQ(held->observations, 1u);
      for (const LateLie& lie : lies) {
        SCOPED_TRACE(lie.name);
        json::value told = late->body;
        lie.tell(told);
        const auto found = audited(told, of);
        ASSERT_FALSE(found);
        EXPECT_THAT(describe(found.error()), HasSubstr(lie.message));
        EXPECT_THAT(describe(found.error()), HasSubstr("perspective=us-1, part=/late"));
      }
    }
  }
}

}  // namespace
}  // namespace parallax::audit
