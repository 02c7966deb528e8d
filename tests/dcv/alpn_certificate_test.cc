// SPDX-License-Identifier: Apache-2.0
// RFC 8737 s3 and RFC 8738 s6, certificate by certificate.
#include "dcv/alpn_certificate.h"

#include <functional>

#include <gtest/gtest.h>

#include "dcv/alpn_maker.h"
#include "dcv/methods_http_facts.h"

namespace parallax::dcv {
namespace {

using alpn_test::CertificatePlan;
using alpn_test::identifier;
using alpn_test::KeyKind;
using alpn_test::make;
using alpn_test::san;
using dns_test::address;
using dns_test::name;
using http_test::kHost;
using http_test::kNow;

const std::string kDigest = std::string(31, 'd') + '\0';
const std::string kOtherDigest(32, 'e');

CertificatePlan good(const std::string& names = "DNS:www.example.com") {
  CertificatePlan plan;
  plan.extensions = {alpn_test::key_usage(), san(names), identifier(kDigest)};
  return plan;
}
CertificatePlan with(const std::function<void(CertificatePlan&)>& change) {
  auto plan = good();
  change(plan);
  return plan;
}
CertificatePlan with_names(const std::string& names) { return good(names); }
// The identifier extension holds these octets.
CertificatePlan with_octets(const std::string& octets) {
  return with([&](auto& p) { p.extensions[2].value = octets; });
}

struct Case {
  const char* name;
  CertificatePlan plan;
  std::optional<AlpnFlaw> flaw;
  const char* target = "www.example.com";
};

std::vector<Case> name_cases() {
  const auto none = std::nullopt;
  return {
      {"good", good(), none},
      {"good, Ed25519", with([](auto& p) { p.key = KeyKind::ed25519; }), none},
      {"good, RSA", with([](auto& p) { p.key = KeyKind::rsa; }), none},
      {"good, name in capitals", with_names("DNS:WWW.Example.COM"), none},
      {"good, IPv4", with_names("IP:203.0.113.7"), none, "203.0.113.7"},
      {"good, IPv6", with_names("IP:2001:db8::7"), none, "2001:db8::7"},
      {"good, extensions in another order",
       with([](auto& p) { std::swap(p.extensions[0], p.extensions[2]); }), none},
      {"no SAN", with([](auto& p) { p.extensions.erase(p.extensions.begin() + 1); }),
       AlpnFlaw::no_single_san},
      {"two names", with_names("DNS:www.example.com,DNS:example.com"), AlpnFlaw::no_single_san},
      {"the same name twice", with_names("DNS:www.example.com,DNS:www.example.com"),
       AlpnFlaw::no_single_san},
      {"a name and an address", with_names("DNS:www.example.com,IP:203.0.113.7"),
       AlpnFlaw::no_single_san},
      {"another name", with_names("DNS:example.com"), AlpnFlaw::san_value},
      {"a wildcard", with_names("DNS:*.example.com"), AlpnFlaw::san_value},
      {"a name with a dot behind", with_names("DNS:www.example.com."), AlpnFlaw::san_value},
      {"a name with a zero octet", with([](auto& p) {
         p.extensions[1].value = std::string("\x30\x12\x82\x10www.example.com\0", 20);
       }),
       AlpnFlaw::san_value},
      {"an address for a name", with_names("IP:203.0.113.7"), AlpnFlaw::san_kind},
      {"a mailbox for a name", with_names("email:a@www.example.com"), AlpnFlaw::san_kind},
      {"a URI for a name", with_names("URI:http://www.example.com"), AlpnFlaw::san_kind},
      {"a name for an address", with_names("DNS:203.0.113.7"), AlpnFlaw::san_kind, "203.0.113.7"},
      {"the reverse name for an address", with_names("DNS:7.113.0.203.in-addr.arpa"),
       AlpnFlaw::san_kind, "203.0.113.7"},
      {"another address", with_names("IP:203.0.113.8"), AlpnFlaw::san_value, "203.0.113.7"},
      {"an IPv4 address inside IPv6", with_names("IP:::ffff:203.0.113.7"), AlpnFlaw::san_value,
       "203.0.113.7"},
  };
}

std::vector<Case> extension_cases() {
  const std::string digest = kDigest;
  return {
      {"no identifier", with([](auto& p) { p.extensions.pop_back(); }),
       AlpnFlaw::extension_missing},
      {"the identifier under a draft's OID",
       with([](auto& p) { p.extensions[2].oid = "1.3.6.1.5.5.7.1.30.1"; }),
       AlpnFlaw::extension_missing},
      {"identifier not critical", with([](auto& p) { p.extensions[2].critical = false; }),
       AlpnFlaw::extension_not_critical},
      {"identifier without an OCTET STRING", with_octets(digest), AlpnFlaw::extension_malformed},
      {"identifier as another string", with_octets("\x0c\x20" + digest),
       AlpnFlaw::extension_malformed},
      {"identifier cut short", with_octets("\x04\x1f" + digest.substr(1)),
       AlpnFlaw::extension_malformed},
      {"identifier with an octet behind", with_octets("\x04\x20" + digest + "x"),
       AlpnFlaw::extension_malformed},
      {"identifier with a long length", with_octets("\x04\x81\x20" + digest),
       AlpnFlaw::extension_malformed},
      {"identifier in two parts",
       with_octets("\x24\x24\x04\x10" + digest.substr(0, 16) + "\x04\x10" + digest.substr(16)),
       AlpnFlaw::extension_malformed},
      {"identifier empty", with_octets(""), AlpnFlaw::extension_malformed},
      {"another digest", with([](auto& p) { p.extensions[2] = identifier(kOtherDigest); }),
       AlpnFlaw::digest_differs},
      {"the identifier twice",
       with([](auto& p) { p.extensions.push_back(identifier(kOtherDigest)); }),
       AlpnFlaw::repeated_extension},
      {"the SAN twice", with([](auto& p) { p.extensions.push_back(san("DNS:www.example.com")); }),
       AlpnFlaw::repeated_extension},
      {"some other extension twice",
       with([](auto& p) { p.extensions.push_back(alpn_test::key_usage()); }),
       AlpnFlaw::repeated_extension},
      {"a SAN that cannot be read", with([](auto& p) { p.extensions[1].value = "\x30\x05x"; }),
       AlpnFlaw::unreadable},
      {"octets behind the SAN", with([](auto& p) { p.extensions[1].value += "x"; }),
       AlpnFlaw::unreadable},
      {"another issuer", with([](auto& p) { p.issuer = "someone"; }), AlpnFlaw::not_self_signed},
      {"signed by another key", with([](auto& p) { p.signed_by_another_key = true; }),
       AlpnFlaw::not_self_signed},
      {"a key that nobody computes with", with([](auto& p) { p.key = KeyKind::dsa; }),
       AlpnFlaw::not_self_signed},
  };
}

Target target_of(const char* text) {
  if (const auto parsed = names::IpAddress::parse(text)) return *parsed;
  return name(text);
}

std::string text_of_flaw(const std::optional<AlpnFlaw>& flaw) {
  return flaw ? std::string(to_string(*flaw)) : "none";
}

TEST(AlpnCertificate, IsHeldAgainstTheChallenge) {
  auto cases = name_cases();
  for (auto& each : extension_cases()) cases.push_back(std::move(each));
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(text_of_flaw(find_flaw(make(each.plan), target_of(each.target), kDigest)),
              text_of_flaw(each.flaw));
  }
}

TEST(AlpnCertificate, IsDerAndNothingElse) {
  const Target target = name(kHost);
  const std::string der = make(good());
  ASSERT_FALSE(find_flaw(der, target, kDigest));
  EXPECT_FALSE(read_alpn_certificate(""));
  EXPECT_FALSE(read_alpn_certificate(der + '\0'));
  EXPECT_FALSE(read_alpn_certificate(std::string(kSeenCertificateMax + 1, '\0')));
  for (std::size_t size = 1; size < der.size(); size += 7) {
    SCOPED_TRACE(size);
    EXPECT_FALSE(read_alpn_certificate(std::string_view(der).substr(0, size)));
  }
}

// One changed bit leaves no certificate that answers the challenge.
TEST(AlpnCertificate, HoldsInEveryBit) {
  const Target target = name(kHost);
  const std::string der = make(with([](auto& p) { p.key = KeyKind::ed25519; }));
  for (std::size_t at = 0; at < der.size(); ++at) {
    std::string spoiled = der;
    spoiled[at] = static_cast<char>(spoiled[at] ^ 0x01);
    EXPECT_TRUE(find_flaw(spoiled, target, kDigest)) << at;
  }
}

TEST(AlpnCertificate, TellsItsCommonName) {
  const auto read = read_alpn_certificate(make(with([](auto& p) {
    p.subject = "a\x1b[2J";
    p.issuer = p.subject;
  })));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->common_name, "a\\x1b[2J");
  EXPECT_TRUE(read->self_issued);
  EXPECT_TRUE(read->self_signed);
}

ControlCheck check_for(Target target) {
  return dns_test::check_of(rules::ControlMethod::acme_tls_alpn, std::move(target),
                            TlsAlpnValue{kDigest});
}

ControlObservation handshake() {
  auto seen = dns_test::seen({http_test::address_lookup(kHost)});
  seen.tls = SeenTls{.address = std::string(http_test::kAddress),
                     .server_name = std::string(kHost),
                     .protocol = "TLSv1.3",
                     .alpn = "acme-tls/1",
                     .certificate = make(good())};
  return seen;
}

struct HandshakeCase {
  const char* name;
  ControlOutcome outcome;
  ControlReason reason;
  void (*change)(ControlObservation& seen);
};

TEST(AcmeTlsAlpn, JudgesTheHandshake) {
  using S = ControlObservation;
  using R = ControlReason;
  using net::GuardedFailure;
  const auto shown = ControlOutcome::shown;
  const auto not_shown = ControlOutcome::not_shown;
  const auto undetermined = ControlOutcome::undetermined;
  const HandshakeCase table[] = {
      {"good", shown, R::challenge_found, [](S&) {}},
      {"TLS 1.2", shown, R::challenge_found, [](S& s) { s.tls->protocol = "TLSv1.2"; }},
      {"TLS 1.1", not_shown, R::protocol_error, [](S& s) { s.tls->protocol = "TLSv1.1"; }},
      {"no protocol negotiated", not_shown, R::protocol_error, [](S& s) { s.tls->alpn = ""; }},
      {"another protocol negotiated", not_shown, R::protocol_error,
       [](S& s) { s.tls->alpn = "http/1.1"; }},
      {"no certificate", not_shown, R::challenge_missing, [](S& s) { s.tls->certificate.clear(); }},
      {"an ordinary certificate", not_shown, R::certificate_unusable,
       [](S& s) { s.tls->certificate = make(with([](auto& p) { p.extensions.pop_back(); })); }},
      {"the certificate of another challenge", not_shown, R::challenge_differs,
       [](S& s) {
         s.tls->certificate =
             make(with([](auto& p) { p.extensions[2] = identifier(kOtherDigest); }));
       }},
      {"octets that are no certificate", not_shown, R::certificate_unusable,
       [](S& s) { s.tls->certificate = "x"; }},
      {"a handshake for another name", undetermined, R::lookup_failed,
       [](S& s) { s.tls->server_name = "example.com"; }},
      {"no handshake", undetermined, R::lookup_failed, [](S& s) { s.tls.reset(); }},
      {"from an address the DNS did not give", undetermined, R::lookup_failed,
       [](S& s) { s.tls->address = "203.0.113.8"; }},
      {"bogus addresses", undetermined, R::bogus,
       [](S& s) { s.lookups[0].status = dns::LookupStatus::bogus; }},
      {"a refused connection", undetermined, R::connection_failed,
       [](S& s) { s.tls->failure = GuardedFailure::connection_failed; }},
      {"a timeout", undetermined, R::timed_out,
       [](S& s) { s.tls->failure = GuardedFailure::timed_out; }},
      {"a refused address", not_shown, R::address_refused,
       [](S& s) { s.tls->failure = GuardedFailure::address_refused; }},
      {"no TLS", not_shown, R::protocol_error,
       [](S& s) { s.tls->failure = GuardedFailure::protocol_error; }},
  };
  const auto check = check_for(name(kHost));
  for (const auto& each : table) {
    SCOPED_TRACE(each.name);
    auto seen = handshake();
    each.change(seen);
    const auto made = assess(seen, check, kNow);
    EXPECT_EQ(made.outcome, each.outcome) << made.explanation;
    EXPECT_EQ(made.reason, each.reason) << made.explanation;
    EXPECT_TRUE(dns_test::is_printable(made.explanation)) << made.explanation;
    EXPECT_EQ(made.challenge_information.empty(), each.outcome != shown);
  }
}

TEST(AcmeTlsAlpn, JudgesTheHandshakeWithAnAddress) {
  auto seen = handshake();
  seen.lookups.clear();
  seen.tls->server_name = "7.113.0.203.in-addr.arpa";
  seen.tls->certificate = make(good("IP:203.0.113.7"));
  const auto check = check_for(address("203.0.113.7"));
  EXPECT_EQ(assess(seen, check, kNow).outcome, ControlOutcome::shown);
  seen.tls->address = "203.0.113.8";
  EXPECT_EQ(assess(seen, check, kNow).outcome, ControlOutcome::undetermined);
}

}  // namespace
}  // namespace parallax::dcv
