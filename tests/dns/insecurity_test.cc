// SPDX-License-Identifier: Apache-2.0
#include "dns/insecurity.h"

#include <gtest/gtest.h>

#include "dns/signed_denial.h"

namespace parallax::dns {
namespace {

constexpr const char* kDigest = "0000000000000000000000000000000000000000000000000000000000000000";

std::string ds_line(int algorithm, int digest) {
  return "x.cedar. 60 DS 1 " + std::to_string(algorithm) + " " + std::to_string(digest) + " " +
         kDigest;
}

struct SecureCase {
  const char* name;
  ResponseText response;
  DsFinding finding;
};

ResponseText ds_response(std::vector<std::string> answer, std::vector<std::string> authority,
                         int rcode = 0) {
  return {.name = "x.cedar",
          .type = RecordType::ds,
          .rcode = rcode,
          .answer = std::move(answer),
          .authority = std::move(authority)};
}

TEST(AssessSecureDs, TellsWhatTheResponseSays) {
  const std::string hash = hash_label("x.cedar");
  const auto nsec3 = [&](const std::string& types) {
    return nsec3_line(hash, hash_label("x.cedar", 2), 0, types);
  };
  const std::vector<SecureCase> cases{
      {"ds", ds_response({ds_line(13, 2)}, {}), DsFinding::signed_delegation},
      {"ds_sha1", ds_response({ds_line(8, 1)}, {}), DsFinding::signed_delegation},
      {"unsupported_algorithm", ds_response({ds_line(253, 2)}, {}), DsFinding::unsupported},
      {"unsupported_digest", ds_response({ds_line(13, 250)}, {}), DsFinding::unsupported},
      {"one_supported_of_two", ds_response({ds_line(253, 2), ds_line(13, 2)}, {}),
       DsFinding::signed_delegation},
      {"halves_do_not_add_up", ds_response({ds_line(253, 2), ds_line(13, 250)}, {}),
       DsFinding::unsupported},
      {"ds_of_another_name", ds_response({"y.cedar. 60 DS 1 13 2 " + std::string(kDigest)}, {}),
       DsFinding::no_cut},
      {"nsec_delegation", ds_response({}, {"x.cedar. 60 NSEC z.cedar. NS RRSIG NSEC"}),
       DsFinding::unsigned_delegation},
      {"nsec_no_delegation", ds_response({}, {"x.cedar. 60 NSEC z.cedar. A RRSIG NSEC"}),
       DsFinding::no_cut},
      {"nsec_of_the_child",
       ds_response({}, {"x.cedar. 60 NSEC z.x.cedar. NS SOA RRSIG NSEC DNSKEY"}),
       DsFinding::inconclusive},
      {"nsec_that_has_ds", ds_response({}, {"x.cedar. 60 NSEC z.cedar. NS DS RRSIG NSEC"}),
       DsFinding::inconclusive},
      {"nsec_of_another_name", ds_response({}, {"w.cedar. 60 NSEC z.cedar. NS RRSIG NSEC"}),
       DsFinding::no_cut},
      {"nsec3_delegation", ds_response({}, {nsec3("NS")}), DsFinding::unsigned_delegation},
      {"nsec3_no_delegation", ds_response({}, {nsec3("A RRSIG")}), DsFinding::no_cut},
      {"nsec3_of_the_child", ds_response({}, {nsec3("NS SOA RRSIG")}), DsFinding::inconclusive},
      {"nsec3_that_has_ds", ds_response({}, {nsec3("NS DS RRSIG")}), DsFinding::inconclusive},
      {"nxdomain", ds_response({}, {}, 3), DsFinding::nonexistent},
      {"servfail", ds_response({}, {}, 2), DsFinding::inconclusive},
      {"alias", ds_response({"x.cedar. 60 CNAME y.cedar."}, {}), DsFinding::no_cut},
  };
  for (const SecureCase& tested : cases) {
    SCOPED_TRACE(tested.name);
    EXPECT_EQ(to_string(assess_secure_ds(make_response(tested.response), "x.cedar")),
              to_string(tested.finding));
  }
  EXPECT_EQ(assess_secure_ds("", "x.cedar"), DsFinding::inconclusive);
}

// A response that denies DS of x.cedar by opt-out; tests break it in one place each.
struct Denial {
  std::string encloser =
      nsec3_line(hash_label("cedar"), hash_label("cedar", 1), 1, "NS SOA RRSIG DNSKEY NSEC3PARAM");
  std::string cover =
      nsec3_line(hash_label("x.cedar", -1), hash_label("x.cedar", 1), 1, "NS DS RRSIG");
  std::vector<std::string> answer{};
};

std::string denial_response(const Denial& denial, const SignedZone& signer) {
  ResponseText text = ds_response(denial.answer, {});
  for (const std::string& line : {denial.encloser, denial.cover}) {
    if (!line.empty()) {
      for (const std::string& made : signer.signed_record(line)) {
        text.authority.push_back(made);
      }
    }
  }
  return make_response(text);
}

Status verify(const Denial& denial, const SignedZone& signer, const std::string& name = "x.cedar") {
  return verify_opt_out(denial_response(denial, signer), name, kZone, signer.dnskey_response(),
                        SignedZone::valid_time());
}

TEST(VerifyOptOut, AcceptsACompleteDenial) {
  const SignedZone zone;
  const Status verified = verify({}, zone);
  EXPECT_TRUE(verified) << describe(verified.error());
}

TEST(VerifyOptOut, AcceptsADeeperName) {
  const SignedZone zone;
  EXPECT_TRUE(verify({}, zone, "deep.in.x.cedar"));
}

TEST(VerifyOptOut, RefusesBrokenDenials) {
  const SignedZone zone;
  const std::string next = hash_label("x.cedar", 1);
  struct Case {
    const char* name;
    Denial denial;
  };
  const std::vector<Case> cases{
      {"no_encloser", {.encloser = ""}},
      {"no_cover", {.cover = ""}},
      {"cover_without_opt_out",
       {.cover = nsec3_line(hash_label("x.cedar", -1), next, 0, "NS DS RRSIG")}},
      {"cover_elsewhere",
       {.cover = nsec3_line(hash_label("x.cedar", 1), hash_label("x.cedar", 2), 1, "NS RRSIG")}},
      {"name_itself_matched", {.cover = nsec3_line(hash_label("x.cedar"), next, 1, "NS RRSIG")}},
      {"encloser_is_a_delegation",
       {.encloser = nsec3_line(hash_label("cedar"), hash_label("cedar", 1), 1, "NS DS RRSIG")}},
      {"encloser_is_a_dname",
       {.encloser =
            nsec3_line(hash_label("cedar"), hash_label("cedar", 1), 1, "NS SOA RRSIG DNAME")}},
      {"unknown_flag", {.cover = nsec3_line(hash_label("x.cedar", -1), next, 3, "NS DS RRSIG")}},
      {"other_zone",
       {.cover = nsec3_line(hash_label("x.cedar", -1), next, 1, "NS RRSIG", "a.cedar")}},
      {"answer_present", {.answer = {"x.cedar. 60 CNAME y.cedar."}}},
  };
  for (const Case& tested : cases) {
    SCOPED_TRACE(tested.name);
    const Status verified = verify(tested.denial, zone);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::untrusted);
  }
}

TEST(VerifyOptOut, RefusesSignaturesThatDoNotHold) {
  const SignedZone zone;
  const SignedZone stranger;
  const std::string response = denial_response({}, zone);
  const auto at = [](std::uint32_t seconds) { return Instant(std::chrono::seconds(seconds)); };
  EXPECT_FALSE(verify_opt_out(response, "x.cedar", kZone, stranger.dnskey_response(),
                              SignedZone::valid_time()));
  EXPECT_FALSE(verify_opt_out(response, "x.cedar", kZone, zone.dnskey_response(),
                              at(SignedZone::kInception - 1)));
  EXPECT_FALSE(verify_opt_out(response, "x.cedar", kZone, zone.dnskey_response(),
                              at(SignedZone::kExpiration + 1)));
  EXPECT_FALSE(verify_opt_out(response, "x.cedar", kZone, "", SignedZone::valid_time()));
  EXPECT_FALSE(
      verify_opt_out(response, "x.birch", kZone, zone.dnskey_response(), SignedZone::valid_time()));
  EXPECT_FALSE(
      verify_opt_out(response, "cedar", kZone, zone.dnskey_response(), SignedZone::valid_time()));
}

TEST(VerifyOptOut, RefusesRevokedAndForeignKeys) {
  const SignedZone zone;
  const auto with_flags = [&](const std::string& flags) {
    std::string line = zone.dnskey_text();
    line.replace(line.find("256"), 3, flags);
    return make_response({.name = "cedar", .type = RecordType::dnskey, .answer = {line}});
  };
  const std::string response = denial_response({}, zone);
  for (const char* flags : {"384", "0"}) {
    SCOPED_TRACE(flags);
    EXPECT_FALSE(
        verify_opt_out(response, "x.cedar", kZone, with_flags(flags), SignedZone::valid_time()));
  }
  EXPECT_TRUE(
      verify_opt_out(response, "x.cedar", kZone, with_flags("256"), SignedZone::valid_time()));
}

TEST(VerifyOptOut, RefusesEveryBitFlipInTheRecordsUsed) {
  const SignedZone zone;
  const std::string response = denial_response({}, zone);
  const std::string keys = zone.dnskey_response();
  const std::size_t question_end = 12 + 9 + 4;  // header, "x.cedar", type and class
  for (std::size_t at = question_end; at < response.size(); at += 3) {
    std::string flipped = response;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    if (verify_opt_out(flipped, "x.cedar", kZone, keys, SignedZone::valid_time())) {
      // Only what a signature does not cover may change: the TTLs (RFC 4034 s3.1.8.1) and case.
      const LdnsPtr<ldns_pkt> was = ldns_parse_packet(response);
      const LdnsPtr<ldns_pkt> is = ldns_parse_packet(flipped);
      ASSERT_TRUE(is);
      for (std::size_t i = 0; i < ldns_rr_list_rr_count(ldns_pkt_authority(is.get())); ++i) {
        ldns_rr* rr = ldns_rr_list_rr(ldns_pkt_authority(is.get()), i);
        ldns_rr_set_ttl(rr, ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_authority(was.get()), i)));
      }
      EXPECT_EQ(ldns_rr_list_compare(ldns_pkt_authority(was.get()), ldns_pkt_authority(is.get())),
                0)
          << "at octet " << at;
    }
  }
}

}  // namespace
}  // namespace parallax::dns
