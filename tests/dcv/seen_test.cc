// SPDX-License-Identifier: Apache-2.0
#include "dcv/seen.h"

#include <gtest/gtest.h>

namespace parallax::dcv {
namespace {

using dns::LookupStatus;

dns::Lookup lookup(LookupStatus status, std::size_t records) {
  dns::Lookup out{.question = {*names::DomainName::parse("example.com"), dns::RecordType::txt},
                  .status = status,
                  .rcode = dns::Rcode::noerror,
                  .verdict = dns::Verdict::secure,
                  .records = {},
                  .ttl_s = 300,
                  .alias_chain = {"target.example.net"},
                  .reason = {},
                  .packet = "packet"};
  for (std::size_t i = 0; i < records; ++i)
    out.records.push_back({"target.example.net", dns::RecordType::txt, 300, std::to_string(i)});
  return out;
}

TEST(SeenOf, KeepsWhatTheAnswerSaid) {
  const auto seen = seen_of("challenge", lookup(LookupStatus::answered, 2));
  EXPECT_EQ(seen.purpose, "challenge");
  EXPECT_EQ(seen.name, "example.com");
  EXPECT_EQ(seen.type, dns::RecordType::txt);
  EXPECT_EQ(seen.status, LookupStatus::answered);
  EXPECT_EQ(seen.rcode, dns::Rcode::noerror);
  EXPECT_EQ(seen.verdict, dns::Verdict::secure);
  EXPECT_EQ(seen.ttl_s, 300U);
  EXPECT_EQ(seen.alias_chain, std::vector<std::string>{"target.example.net"});
  EXPECT_EQ(seen.rdata, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(seen.packet, "packet");
}

TEST(SeenOf, HandsOnNoRecordOfAnythingButAnAnswer) {
  for (const auto status : {LookupStatus::bogus, LookupStatus::failed, LookupStatus::timed_out}) {
    SCOPED_TRACE(dns::to_string(status));
    const auto seen = seen_of("mx", lookup(status, 2));
    EXPECT_EQ(seen.status, status);
    EXPECT_TRUE(seen.rdata.empty());
  }
}

TEST(SeenOf, TakesAWholeSetOrNone) {
  EXPECT_EQ(seen_of("mx", lookup(LookupStatus::answered, kSeenRecordsMax)).rdata.size(),
            kSeenRecordsMax);
  const auto seen = seen_of("mx", lookup(LookupStatus::answered, kSeenRecordsMax + 1));
  EXPECT_EQ(seen.status, LookupStatus::failed);
  EXPECT_TRUE(seen.rdata.empty());
  EXPECT_NE(seen.reason.find("1025 records"), std::string::npos);
}

TEST(SeenOf, LeavesRecordsOfAnotherTypeOut) {
  auto other = lookup(LookupStatus::answered, 1);
  other.records.push_back({"example.com", dns::RecordType::cname, 300, "x"});
  EXPECT_EQ(seen_of("challenge", other).rdata.size(), 1U);
}

TEST(SeenOf, MakesAForeignReasonPrintableAndShort) {
  auto failed = lookup(LookupStatus::failed, 0);
  failed.reason = std::string("\x1b[31m") + std::string(5000, 'x');
  const auto seen = seen_of("mx", failed);
  EXPECT_EQ(seen.reason.find('\x1b'), std::string::npos);
  EXPECT_LT(seen.reason.size(), 4 * kSeenReasonMax + 8);
}

}  // namespace
}  // namespace parallax::dcv
