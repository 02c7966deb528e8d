// SPDX-License-Identifier: Apache-2.0
#include "dcv/observation.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/canonical_json.h"
#include "base/json.h"
#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns_test::name;

ControlObservation full() {
  ControlObservation out = dns_test::seen(
      {dns_test::answer("_x.example.com", dns::RecordType::txt, {std::string("\3a\0b", 4), ""}),
       dns_test::failure("example.com", dns::RecordType::mx, dns::LookupStatus::failed, "mx")});
  out.aliases = {name("www.example.com"), name("_a.example.net")};
  out.lookups[0].alias_chain = {"x\\255.example", "target.example"};
  out.lookups[0].packet = std::string("\0\xff\x80", 3);
  out.lookups[0].records_left_out = 7;
  out.lookups[0].aliases_left_out = 2;
  out.lookups[1].packet_left_out = 4000;
  out.http = SeenHttp{.hops = {{.url = "http://www.example.com/",
                                .address = "203.0.113.7",
                                .status = 302,
                                .location = "/x"},
                               {.url = "http://www.example.com/x",
                                .address = "",
                                .failure = net::GuardedFailure::timed_out,
                                .message = "no answer in time"}},
                      .body = std::string("\0\xfe", 2),
                      .body_truncated = true};
  out.tls = SeenTls{.address = "203.0.113.7",
                    .server_name = "www.example.com",
                    .protocol = "TLSv1.3",
                    .alpn = "acme-tls/1",
                    .certificate = std::string("\x30\x00", 2)};
  out.smtp_host = name("mx.example.com");
  out.equal_preference = 3;
  return out;
}

TEST(ControlObservationJson, RoundTripsThroughTextWithPackets) {
  const auto text = json::serialize(to_json(full(), true));
  const auto decoded = control_observation_from_json(parse_json(text).value(), "");
  ASSERT_TRUE(decoded) << describe(decoded.error());
  EXPECT_EQ(json::serialize(to_json(*decoded, true)), text);
  EXPECT_EQ(decoded->aliases, full().aliases);
  EXPECT_EQ(decoded->lookups[0].rdata, full().lookups[0].rdata);
  EXPECT_EQ(decoded->lookups[0].packet, full().lookups[0].packet);
  EXPECT_EQ(decoded->http->body, full().http->body);
  EXPECT_EQ(decoded->http->hops[1].failure, net::GuardedFailure::timed_out);
  EXPECT_EQ(decoded->tls->certificate, full().tls->certificate);
  EXPECT_EQ(decoded->smtp_host, full().smtp_host);
}

TEST(ControlObservationJson, LeavesPacketsOutWhereNotAskedFor) {
  const auto value = to_json(full(), false);
  EXPECT_EQ(json::serialize(value).find("packet"), std::string::npos);
  EXPECT_TRUE(control_observation_from_json(value, "").value().lookups[0].packet.empty());
}

TEST(ControlObservationJson, HasACanonicalForm) {
  EXPECT_TRUE(canonical_json(to_json(full(), true)));
  EXPECT_TRUE(canonical_json(to_json(ControlObservation{}, true)));
}

std::string octets() { return *rc::gen::string<std::string>(); }
std::string ascii() {
  std::string out = octets();
  for (char& c : out) c = static_cast<char>(c & 0x7f);
  return out;
}
net::GuardedFailure any_failure() {
  return static_cast<net::GuardedFailure>(*rc::gen::inRange(0, 8));
}

SeenLookup any_lookup() {
  SeenLookup out{.purpose = ascii(), .name = ascii()};
  out.type = *rc::gen::element(dns::RecordType::a, dns::RecordType::aaaa, dns::RecordType::cname,
                               dns::RecordType::ptr, dns::RecordType::mx, dns::RecordType::txt,
                               dns::RecordType::caa);
  out.status = *rc::gen::element(dns::LookupStatus::answered, dns::LookupStatus::bogus,
                                 dns::LookupStatus::failed, dns::LookupStatus::timed_out);
  out.rcode = static_cast<dns::Rcode>(*rc::gen::inRange(0, 256));
  out.verdict = *rc::gen::element(dns::Verdict::secure, dns::Verdict::insecure, dns::Verdict::bogus,
                                  dns::Verdict::indeterminate);
  out.ttl_s = *rc::gen::arbitrary<std::uint32_t>();
  out.reason = ascii();
  out.alias_chain = {ascii()};
  if (out.status == dns::LookupStatus::answered) out.rdata = {octets(), octets()};
  out.packet = octets();
  return out;
}

RC_GTEST_PROP(ControlObservationJson, IsAnExactInverse, (bool validating, bool truncated)) {
  ControlObservation seen{.validating = validating};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) seen.lookups.push_back(any_lookup());
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) seen.aliases.push_back(name("_a.example"));
  if (*rc::gen::arbitrary<bool>()) {
    seen.http = SeenHttp{.hops = {}, .body = octets(), .body_truncated = truncated};
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      seen.http->hops.push_back(
          {ascii(), ascii(), *rc::gen::inRange(0U, 1000U), ascii(), any_failure(), ascii()});
  }
  if (*rc::gen::arbitrary<bool>())
    seen.tls = SeenTls{ascii(), ascii(), ascii(), ascii(), octets(), any_failure(), ascii()};
  if (*rc::gen::arbitrary<bool>()) seen.smtp_host = name("mx.example.com");
  seen.equal_preference = *rc::gen::arbitrary<unsigned>();
  const auto value = to_json(seen, true);
  const auto decoded = control_observation_from_json(value, "");
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(to_json(*decoded, true) == value);
  RC_ASSERT(decoded->aliases == seen.aliases);
  RC_ASSERT(decoded->lookups.size() == seen.lookups.size());
  for (std::size_t i = 0; i < seen.lookups.size(); ++i) {
    RC_ASSERT(decoded->lookups[i].rdata == seen.lookups[i].rdata);
    RC_ASSERT(decoded->lookups[i].type == seen.lookups[i].type);
    RC_ASSERT(decoded->lookups[i].packet == seen.lookups[i].packet);
  }
  RC_ASSERT(decoded->http.has_value() == seen.http.has_value());
  RC_ASSERT(decoded->tls.has_value() == seen.tls.has_value());
}

struct BadCase {
  const char* name;
  const char* pointer;
  void (*spoil)(json::object& seen, json::object& lookup, json::object& http, json::object& tls);
};

std::vector<BadCase> bad_lookups() {
  using O = json::object;
  return {
      {"no validating", "/s/validating", [](O& s, O&, O&, O&) { s.erase("validating"); }},
      {"unknown member", "/s/extra", [](O& s, O&, O&, O&) { s["extra"] = 1; }},
      {"alias in capitals", "/s/aliases",
       [](O& s, O&, O&, O&) { s["aliases"] = json::array{"A.example"}; }},
      {"too many aliases", "/s/aliases",
       [](O& s, O&, O&, O&) {
         s["aliases"] = json::array(kSeenNamesMax + 1, json::value("a.example"));
       }},
      {"too many lookups", "/s/lookups",
       [](O& s, O&, O&, O&) { s["lookups"].as_array().resize(kSeenLookupsMax + 1); }},
      {"lookups no array", "/s/lookups", [](O& s, O&, O&, O&) { s["lookups"] = 1; }},
      {"host with a dot behind", "/s/smtp_host",
       [](O& s, O&, O&, O&) { s["smtp_host"] = "mx.example."; }},
      {"negative count", "/s/equal_preference",
       [](O& s, O&, O&, O&) { s["equal_preference"] = -1; }},
      {"unknown status", "/s/lookups/0/status", [](O&, O& l, O&, O&) { l["status"] = "fine"; }},
      {"unknown verdict", "/s/lookups/0/verdict", [](O&, O& l, O&, O&) { l["verdict"] = "ok"; }},
      {"a type that is not asked", "/s/lookups/0/type",
       [](O&, O& l, O&, O&) { l["type"] = "NSEC"; }},
      {"rcode too large", "/s/lookups/0/rcode", [](O&, O& l, O&, O&) { l["rcode"] = 256; }},
      {"TTL beyond 32 bits", "/s/lookups/0/ttl_s",
       [](O&, O& l, O&, O&) { l["ttl_s"] = 4294967296; }},
      {"long reason", "/s/lookups/0/reason",
       [](O&, O& l, O&, O&) { l["reason"] = std::string(kSeenTextMax + 1, 'x'); }},
      {"too many records", "/s/lookups/0/rdata",
       [](O&, O& l, O&, O&) { l["rdata"] = json::array(kSeenRecordsMax + 1, json::value("")); }},
      {"a record no base64", "/s/lookups/0/rdata",
       [](O&, O& l, O&, O&) { l["rdata"] = json::array{"%"}; }},
      {"data of a bogus answer", "/s/lookups/0/rdata",
       [](O&, O& l, O&, O&) { l["status"] = "bogus"; }},
      {"packet no base64", "/s/lookups/0/packet", [](O&, O& l, O&, O&) { l["packet"] = "%"; }},
  };
}

std::vector<BadCase> bad_exchanges() {
  using O = json::object;
  return {
      {"too many hops", "/s/http/hops",
       [](O&, O&, O& h, O&) { h["hops"].as_array().resize(kSeenHopsMax + 1); }},
      {"unknown failure", "/s/http/hops/0/failure",
       [](O&, O&, O& h, O&) { h["hops"].as_array()[0].as_object()["failure"] = "sad"; }},
      {"status beyond three digits", "/s/http/hops/0/status",
       [](O&, O&, O& h, O&) { h["hops"].as_array()[0].as_object()["status"] = 1000; }},
      {"body too large", "/s/http/body",
       [](O&, O&, O& h, O&) { h["body"] = std::string(kSeenBodyMax / 3 * 4 + 8, 'A'); }},
      {"a digest that is none", "/s/http/body_sha256",
       [](O&, O&, O& h, O&) { h["body_sha256"] = "00"; }},
      {"a digest of another body", "/s/http/body_sha256",
       [](O&, O&, O& h, O&) { h["body_sha256"] = std::string(64, '0'); }},
      {"an excerpt of nothing known", "/s/http/body_sha256",
       [](O&, O&, O& h, O&) { h["body_after"] = 1; }},
      {"an excerpt of too much", "/s/http/body_before",
       [](O&, O&, O& h, O&) { h["body_before"] = kSeenBodyReadMax + 1; }},
      {"more records left out than there can be", "/s/lookups/0/records_left_out",
       [](O&, O& l, O&, O&) { l["records_left_out"] = kSeenRecordsMax + 1; }},
      {"more than is kept", "/s/",
       [](O&, O& l, O&, O&) { l["rdata"] = json::array(1024, json::value("eHh4eHh4eHh4")); }},
      {"more packets than are kept", "/s/",
       [](O&, O& l, O&, O&) { l["packet"] = std::string(40'000, 'A'); }},
      {"certificate too large", "/s/tls/certificate",
       [](O&, O&, O&, O& t) {
         t["certificate"] = std::string(kSeenCertificateMax / 3 * 4 + 8, 'A');
       }},
      {"no server name", "/s/tls/server_name", [](O&, O&, O&, O& t) { t.erase("server_name"); }},
  };
}

TEST(ControlObservationJson, IsRefusedWithItsPlace) {
  auto cases = bad_lookups();
  for (const auto& each : bad_exchanges()) cases.push_back(each);
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    auto value = to_json(full(), true);
    auto& seen = value.as_object();
    each.spoil(seen, seen["lookups"].as_array()[0].as_object(), seen["http"].as_object(),
               seen["tls"].as_object());
    const auto decoded = control_observation_from_json(value, "/s");
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
    ASSERT_FALSE(decoded.error().context.empty());
    EXPECT_EQ(decoded.error().context[0].second, each.pointer) << describe(decoded.error());
  }
}

}  // namespace
}  // namespace parallax::dcv
