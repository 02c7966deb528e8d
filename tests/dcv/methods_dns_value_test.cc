// SPDX-License-Identifier: Apache-2.0
// Values at the ADN or behind a prefix: dns_change, acme_dns and dns_account judge what was seen.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dcv/methods/dns_account.h"
#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::LookupStatus;
using dns::RecordType;
using dns_test::answer;
using dns_test::caa_record;
using dns_test::check_of;
using dns_test::failure;
using dns_test::kDigest;
using dns_test::kDomain;
using dns_test::kNow;
using dns_test::name;
using dns_test::nxdomain;
using dns_test::seen;
using dns_test::txt;
using dns_test::wire_name;
using rules::ControlMethod;

constexpr const char* kToken = "J8a2Kd0qLz7Xw4Rv1Tn5";

ControlCheck change(DnsValue value) {
  return check_of(ControlMethod::dns_change, name(kDomain), std::move(value));
}
DnsValue value_of(RecordType type, std::string value, bool whole = true, bool exact_case = true) {
  return {.type = type,
          .prefix = "_dcv",
          .value = std::move(value),
          .whole = whole,
          .exact_case = exact_case};
}

ControlDetermination judge(const ControlCheck& check, const ControlObservation& observation) {
  return dns_change_method().assess(observation, check, check.applied_for, kNow);
}

struct ValueCase {
  const char* name;
  DnsValue challenge;
  std::vector<std::string> records;  // RDATA at _dcv.example.com
  ControlReason reason;
};

const auto kFound = ControlReason::challenge_found;
const auto kDiffers = ControlReason::challenge_differs;
const std::string kLong(600, 'q');

TEST(DnsChange, ComparesTxtRecords) {
  const auto whole = value_of(RecordType::txt, kToken);
  const auto part = value_of(RecordType::txt, kToken, false);
  const auto any_case = value_of(RecordType::txt, kToken, true, false);
  const std::vector<ValueCase> cases{
      {"equal", whole, {txt(kToken)}, kFound},
      {"split in two", whole, {txt({"J8a2Kd0qLz", "7Xw4Rv1Tn5"})}, kFound},
      {"among others", whole, {txt("v=spf1 -all"), txt(kToken), txt("x")}, kFound},
      {"unreadable ones beside it", whole, {"", "\x05z", txt(kToken)}, kFound},
      {"longer than one string",
       value_of(RecordType::txt, kLong),
       {dns_test::txt_split(kLong, 255)},
       kFound},
      {"longer, cut", value_of(RecordType::txt, kLong), {txt(kLong.substr(0, 255))}, kDiffers},
      {"another value", whole, {txt("K8a2Kd0qLz7Xw4Rv1Tn5")}, kDiffers},
      {"another case", whole, {txt("j8a2kd0qlz7xw4rv1tn5")}, kDiffers},
      {"a longer text", whole, {txt("J8a2Kd0qLz7Xw4Rv1Tn5x")}, kDiffers},
      {"white space around it", whole, {txt(" J8a2Kd0qLz7Xw4Rv1Tn5")}, kDiffers},
      {"quotes around it", whole, {txt("\"J8a2Kd0qLz7Xw4Rv1Tn5\"")}, kDiffers},
      {"spread over two records", whole, {txt("J8a2Kd0qLz"), txt("7Xw4Rv1Tn5")}, kDiffers},
      {"an empty text", whole, {txt("")}, kDiffers},
      {"unreadable only", whole, {"\x05z"}, kDiffers},
      {"any case: another case", any_case, {txt("j8A2KD0QLZ7XW4RV1TN5")}, kFound},
      {"any case: another value", any_case, {txt("j8A2KD0QLZ7XW4RV1TN6")}, kDiffers},
      {"part: equal", part, {txt(kToken)}, kFound},
      {"part: inside a text", part, {txt("ca=J8a2Kd0qLz7Xw4Rv1Tn5; x")}, kFound},
      {"part: across strings", part, {txt({"ca=J8a2Kd0qLz", "7Xw4Rv1Tn5;"})}, kFound},
      {"part: another case", part, {txt("ca=j8a2kd0qlz7xw4rv1tn5")}, kDiffers},
      {"part: only a part of it", part, {txt("J8a2Kd0qLz7Xw4Rv1Tn")}, kDiffers},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(change(each.challenge),
                            seen({answer("_dcv.example.com", RecordType::txt, each.records)}));
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.outcome,
              each.reason == kFound ? ControlOutcome::shown : ControlOutcome::not_shown);
    EXPECT_EQ(made.challenge_information.empty(), each.reason != kFound);
    EXPECT_EQ(made.verdict, dns::Verdict::secure);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(DnsChange, ComparesCnameRecordsAsNames) {
  const auto whole = value_of(RecordType::cname, "J8a2.DCV.ca.example.");
  const auto part = value_of(RecordType::cname, "j8a2kd0qlz7xw4rv1tn5", false);
  const std::vector<ValueCase> cases{
      {"equal", whole, {wire_name("j8a2.dcv.ca.example")}, kFound},
      {"another case", whole, {wire_name("J8A2.dcv.CA.example")}, kFound},
      {"an underscore",
       value_of(RecordType::cname, "_j8a2.ca.example"),
       {wire_name("_j8a2.ca.example")},
       kFound},
      {"another name", whole, {wire_name("j8a3.dcv.ca.example")}, kDiffers},
      {"a name below", whole, {wire_name("x.j8a2.dcv.ca.example")}, kDiffers},
      {"a name above", whole, {wire_name("dcv.ca.example")}, kDiffers},
      {"a dot inside a label",
       whole,
       {std::string("\x08j8a2.dcv\x02") + "ca\x07" + "example" + std::string(1, '\0')},
       kDiffers},
      {"unreadable", whole, {"\x09j8a2"}, kDiffers},
      {"the root", whole, {std::string(1, '\0')}, kDiffers},
      {"part: one label of it", part, {wire_name("J8a2Kd0qLz7Xw4Rv1Tn5.ca.example")}, kFound},
      {"part: missing", part, {wire_name("j8a2kd0qlz7xw4rv1tn.ca.example")}, kDiffers},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(change(each.challenge),
                            seen({answer("_dcv.example.com", RecordType::cname, each.records)}));
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(DnsChange, ComparesTheValueOfAnyCaaProperty) {
  const auto whole = value_of(RecordType::caa, kToken);
  const auto any_case = value_of(RecordType::caa, kToken, true, false);
  const auto part = value_of(RecordType::caa, kToken, false);
  const std::vector<ValueCase> cases{
      {"any tag", whole, {caa_record("randomvalue", kToken)}, kFound},
      {"another tag", whole, {caa_record("issue", kToken)}, kFound},
      {"among others", whole, {caa_record("issue", "ca.example"), caa_record("x", kToken)}, kFound},
      {"the tag is the value", whole, {caa_record(kToken, "")}, kDiffers},
      {"another case", whole, {caa_record("x", "j8a2kd0qlz7xw4rv1tn5")}, kDiffers},
      {"any case", any_case, {caa_record("x", "j8a2kd0qlz7xw4rv1tn5")}, kFound},
      {"part of a parameter",
       part,
       {caa_record("issue", "ca.example; v=J8a2Kd0qLz7Xw4Rv1Tn5")},
       kFound},
      {"whole: part of a parameter",
       whole,
       {caa_record("issue", "ca.example; v=J8a2Kd0qLz7Xw4Rv1Tn5")},
       kDiffers},
      {"malformed", whole, {std::string("\0\x09issue", 7) + kToken}, kDiffers},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(change(each.challenge),
                            seen({answer("_dcv.example.com", RecordType::caa, each.records)}));
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(DnsChange, AnEmptyValueIsNeverFound) {
  for (const bool whole : {true, false}) {
    const auto made = judge(change(value_of(RecordType::txt, "", whole)),
                            seen({answer("_dcv.example.com", RecordType::txt, {txt("")})}));
    EXPECT_EQ(made.outcome, ControlOutcome::not_shown);
  }
}

struct FactsCase {
  const char* name;
  ControlObservation seen;
  ControlOutcome outcome;
  ControlReason reason;
};

// Lookups that hold the value, or would, but for one thing.
TEST(DnsChange, JudgesTheLookupBeforeItsRecords) {
  const std::string at = "_dcv.example.com";
  const auto good = answer(at, RecordType::txt, {txt(kToken)});
  const auto but = [&good](auto change_one) {
    SeenLookup lookup = good;
    change_one(lookup);
    return lookup;
  };
  const auto no = ControlOutcome::not_shown;
  const auto unknown = ControlOutcome::undetermined;
  const auto failed = ControlReason::lookup_failed;
  const auto unproved = but([](auto& l) { l.verdict = dns::Verdict::indeterminate; });
  const std::vector<FactsCase> cases{
      {"good", seen({good}), ControlOutcome::shown, kFound},
      {"insecure", seen({but([](auto& l) { l.verdict = dns::Verdict::insecure; })}),
       ControlOutcome::shown, kFound},
      {"unvalidated, said so", seen({unproved}, false), ControlOutcome::shown, kFound},
      {"beside other lookups", seen({answer("example.com", RecordType::cname, {}, "adn"), good}),
       ControlOutcome::shown, kFound},
      {"NXDOMAIN", seen({nxdomain(at, RecordType::txt)}), no, ControlReason::challenge_missing},
      {"NODATA", seen({answer(at, RecordType::txt, {})}), no, ControlReason::challenge_missing},
      {"SERVFAIL", seen({failure(at, RecordType::txt, LookupStatus::failed)}), unknown, failed},
      {"timed out", seen({failure(at, RecordType::txt, LookupStatus::timed_out)}), unknown,
       ControlReason::timed_out},
      {"bogus", seen({failure(at, RecordType::txt, LookupStatus::bogus)}), unknown,
       ControlReason::bogus},
      {"bogus with data", seen({but([](auto& l) { l.status = LookupStatus::bogus; })}), unknown,
       ControlReason::bogus},
      {"answered, verdict bogus", seen({but([](auto& l) { l.verdict = dns::Verdict::bogus; })}),
       unknown, ControlReason::bogus},
      {"failed with data", seen({but([](auto& l) { l.status = LookupStatus::failed; })}), unknown,
       failed},
      {"nothing seen", seen({}), unknown, failed},
      {"another name", seen({but([](auto& l) { l.name = "_dcx.example.com"; })}), unknown, failed},
      {"a parent", seen({but([](auto& l) { l.name = "example.com"; })}), unknown, failed},
      {"the name in capitals", seen({but([](auto& l) { l.name = "_DCV.example.com"; })}), unknown,
       failed},
      {"another type", seen({but([](auto& l) { l.type = RecordType::caa; })}), unknown, failed},
      {"another purpose", seen({but([](auto& l) { l.purpose = "adn"; })}), unknown, failed},
      {"twice", seen({good, good}), unknown, failed},
      {"two that differ", seen({nxdomain(at, RecordType::txt), good}), unknown, failed},
      {"NXDOMAIN with data", seen({but([](auto& l) { l.rcode = dns::Rcode::nxdomain; })}), unknown,
       failed},
      {"answered SERVFAIL", seen({but([](auto& l) { l.rcode = dns::Rcode::servfail; })}), unknown,
       failed},
      {"validating, unproved", seen({unproved}), unknown, failed},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto made = judge(change(value_of(RecordType::txt, kToken)), each.seen);
    EXPECT_EQ(made.outcome, each.outcome);
    EXPECT_EQ(made.reason, each.reason);
    EXPECT_EQ(made.challenge_information.empty(), each.outcome != ControlOutcome::shown);
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
  }
}

TEST(DnsChange, SaysWhatWasFoundInsteadAndWhatToDo) {
  const std::string secret = "tab\there";
  const auto made = judge(
      change(value_of(RecordType::txt, kToken)),
      seen({answer("_dcv.example.com", RecordType::txt,
                   {txt("a"), txt(secret), txt(std::string(200, 'c')), txt("d"), txt("e")})}));
  EXPECT_NE(made.explanation.find("\"tab\\x09here\""), std::string::npos) << made.explanation;
  EXPECT_NE(made.explanation.find("and 2 more"), std::string::npos) << made.explanation;
  EXPECT_NE(made.explanation.find("  _dcv.example.com. TXT \"J8a2Kd0qLz7Xw4Rv1Tn5\"  "),
            std::string::npos)
      << made.explanation;
  EXPECT_EQ(made.explanation.find(std::string(130, 'c')), std::string::npos);
}

TEST(DnsChange, ProposesAnAbsoluteNameForACname) {
  for (const auto* target : {"x.ca.example", "x.ca.example."}) {
    const auto made = judge(change(value_of(RecordType::cname, target)),
                            seen({nxdomain("_dcv.example.com", RecordType::cname)}));
    EXPECT_NE(made.explanation.find("  _dcv.example.com. CNAME x.ca.example.  "), std::string::npos)
        << made.explanation;
  }
}

TEST(DnsChange, ALookupThroughAnAliasSaysSo) {
  auto lookup = answer("_dcv.example.com", RecordType::txt, {txt("other")});
  lookup.alias_chain = {"dcv.elsewhere.example"};
  const auto made = judge(change(value_of(RecordType::txt, kToken)), seen({lookup}));
  EXPECT_NE(made.explanation.find("through the alias to dcv.elsewhere.example"), std::string::npos);
}

TEST(DnsChange, WithoutAPrefixLooksAtTheNameItself) {
  auto challenge = value_of(RecordType::txt, kToken);
  challenge.prefix.clear();
  const auto at_name = seen({answer(kDomain, RecordType::txt, {txt(kToken)})});
  const auto below = seen({answer("_dcv.example.com", RecordType::txt, {txt(kToken)})});
  EXPECT_EQ(judge(change(challenge), at_name).outcome, ControlOutcome::shown);
  EXPECT_EQ(judge(change(challenge), below).outcome, ControlOutcome::undetermined);
}

TEST(DnsChange, ANameTooLongForThePrefixHasNoChallenge) {
  const std::string label(60, 'a');
  const auto longest = name(label + "." + label + "." + label + "." + label + ".example");
  auto check = change(value_of(RecordType::txt, kToken));
  check.applied_for = longest;
  const auto made = judge(check, seen({}));
  EXPECT_EQ(made.reason, ControlReason::challenge_missing);
}

TEST(AcmeDns, LooksBehindItsLabel) {
  const auto check = check_of(ControlMethod::acme_dns, name(kDomain),
                              DnsValue{.prefix = "_acme-challenge", .value = std::string(kDigest)});
  const auto made = acme_dns_method().assess(
      seen({answer("_acme-challenge.example.com", RecordType::txt, {txt("old"), txt(kDigest)})}),
      check, check.applied_for, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::shown);
  EXPECT_EQ(made.challenge_information, kDigest);
}

TEST(DnsAccount, LooksBehindTheLabelOfTheAccount) {
  // draft-ietf-acme-dns-account-label-00 s3.2
  const std::string prefix = dns_account_prefix("https://example.com/acme/acct/ExampleAccount");
  EXPECT_EQ(prefix, "_ujmmovf2vn55tgye._acme-challenge");
  const auto check = check_of(ControlMethod::dns_account, name(kDomain),
                              DnsValue{.prefix = prefix, .value = std::string(kDigest)});
  const auto made = dns_account_method().assess(
      seen({answer(prefix + ".example.com", RecordType::txt, {txt(kDigest)})}), check,
      check.applied_for, kNow);
  EXPECT_EQ(made.outcome, ControlOutcome::shown);
}

RC_GTEST_PROP(DnsChange, WholeIsEqualityHoweverTheTextIsSplit,
              (const std::string& value, const std::string& text)) {
  RC_PRE(!value.empty());
  const auto size = *rc::gen::inRange<std::size_t>(1, 256);
  const auto made =
      judge(change(value_of(RecordType::txt, value)),
            seen({answer("_dcv.example.com", RecordType::txt, {dns_test::txt_split(text, size)})}));
  RC_ASSERT((made.outcome == ControlOutcome::shown) == (text == value));
  RC_ASSERT(dns_test::is_printable(made.explanation));
}

RC_GTEST_PROP(DnsChange, TheOrderOfRecordsDoesNotMatter, (const std::vector<std::string>& others)) {
  std::vector<std::string> records{txt(kToken)};
  for (const auto& text : others) records.push_back(dns_test::txt_split(text, 200));
  const auto check = change(value_of(RecordType::txt, kToken));
  const auto forward = judge(check, seen({answer("_dcv.example.com", RecordType::txt, records)}));
  std::reverse(records.begin(), records.end());
  const auto back = judge(check, seen({answer("_dcv.example.com", RecordType::txt, records)}));
  RC_ASSERT(forward.outcome == ControlOutcome::shown);
  RC_ASSERT(forward.challenge_information == back.challenge_information);
}

}  // namespace
}  // namespace parallax::dcv
