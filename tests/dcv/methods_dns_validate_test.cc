// SPDX-License-Identifier: Apache-2.0
// What each DNS method refuses before anything is looked up.
#include <gtest/gtest.h>

#include "dcv/methods_dns_facts.h"

namespace parallax::dcv {
namespace {

using dns::RecordType;
using dns_test::address;
using dns_test::check_of;
using dns_test::kDigest;
using dns_test::kDomain;
using dns_test::name;
using rules::ControlMethod;

struct Case {
  const char* name;
  ControlMethod method;
  Target target;
  Challenge challenge;
  const char* field;  // that the error names; null: the check is good
};

void expect_each(const std::vector<Case>& cases) {
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const Method* method = find_method(each.method);
    ASSERT_NE(method, nullptr);
    const auto done = method->validate(check_of(each.method, each.target, each.challenge));
    ASSERT_EQ(done.has_value(), each.field == nullptr)
        << (done ? "it was accepted" : describe(done.error()));
    if (done) continue;
    const auto& context = done.error().context;
    ASSERT_EQ(context.size(), 2);
    EXPECT_EQ(context[0], std::pair(std::string("field"), std::string(each.field)));
    EXPECT_EQ(context[1].first, "rule");
    EXPECT_FALSE(context[1].second.empty());
  }
}

const Target kName = name(kDomain);
const Target kAddress = address("192.0.2.1");

DnsValue txt_value(std::string prefix, std::string value = "J8a2Kd0qLz7Xw4Rv1Tn5") {
  return {.prefix = std::move(prefix), .value = std::move(value)};
}
DnsValue of_type(RecordType type, std::string value, bool whole = true) {
  return {.type = type, .prefix = "", .value = std::move(value), .whole = whole};
}

TEST(DnsChange, RefusesWhatTheRulesDoNotAllow) {
  const auto m = ControlMethod::dns_change;
  const std::string label = "_" + std::string(62, 'a');
  expect_each({
      {"the name itself", m, kName, txt_value(""), nullptr},
      {"a label with an underscore", m, kName, txt_value("_dnsauth"), nullptr},
      {"the underscore alone", m, kName, txt_value("_"), nullptr},
      {"the longest label", m, kName, txt_value(label), nullptr},
      {"a label without the underscore", m, kName, txt_value("dnsauth"), "challenge.prefix"},
      {"an underscore further on", m, kName, txt_value("a_b"), "challenge.prefix"},
      {"two labels", m, kName, txt_value("_a._b"), "challenge.prefix"},
      {"a second label without it", m, kName, txt_value("_a.b"), "challenge.prefix"},
      {"a trailing dot", m, kName, txt_value("_a."), "challenge.prefix"},
      {"a leading dot", m, kName, txt_value("._a"), "challenge.prefix"},
      {"a dot alone", m, kName, txt_value("."), "challenge.prefix"},
      {"a wildcard label", m, kName, txt_value("_*"), "challenge.prefix"},
      {"a blank", m, kName, txt_value("_a b"), "challenge.prefix"},
      {"a label too long", m, kName, txt_value(label + "a"), "challenge.prefix"},
      {"an empty value", m, kName, txt_value("_a", ""), "challenge.value"},
      {"a value too long", m, kName, txt_value("_a", std::string(kChallengeSizeMax + 1, 'a')),
       "challenge.value"},
      {"the longest value", m, kName, txt_value("_a", std::string(kChallengeSizeMax, 'a')),
       nullptr},
      {"a CNAME", m, kName, of_type(RecordType::cname, "_x.ca.example."), nullptr},
      {"a CNAME to no name", m, kName, of_type(RecordType::cname, "a b"), "challenge.value"},
      {"a part of a CNAME", m, kName, of_type(RecordType::cname, "j8a2kd0q.", false), nullptr},
      {"a CAA value", m, kName, of_type(RecordType::caa, "J8a2Kd0qLz7Xw4Rv1Tn5"), nullptr},
      {"an address record", m, kName, of_type(RecordType::a, "x"), "challenge.type"},
      {"an MX record", m, kName, of_type(RecordType::mx, "x"), "challenge.type"},
      {"an IP address", m, kAddress, txt_value(""), "applied_for"},
      {"another kind of challenge", m, kName, ContactValue{"a@example.com"}, "challenge"},
  });
}

TEST(AcmeDns, TakesItsWellKnownFormOnly) {
  const auto m = ControlMethod::acme_dns;
  const std::string digest(kDigest);
  auto any_case = txt_value("_acme-challenge", digest);
  any_case.exact_case = false;
  auto part = txt_value("_acme-challenge", digest);
  part.whole = false;
  auto caa = txt_value("_acme-challenge", digest);
  caa.type = RecordType::caa;
  expect_each({
      {"well-known", m, kName, txt_value("_acme-challenge", digest), nullptr},
      {"no prefix", m, kName, txt_value("", digest), "challenge.prefix"},
      {"another prefix", m, kName, txt_value("_acme", digest), "challenge.prefix"},
      {"a longer prefix", m, kName, txt_value("_x._acme-challenge", digest), "challenge.prefix"},
      {"any case", m, kName, any_case, "challenge.value"},
      {"a part", m, kName, part, "challenge.value"},
      {"another type", m, kName, caa, "challenge.type"},
      {"empty", m, kName, txt_value("_acme-challenge", ""), "challenge.value"},
      {"padded", m, kName, txt_value("_acme-challenge", digest + "="), "challenge.value"},
      {"cut", m, kName, txt_value("_acme-challenge", digest.substr(1)), "challenge.value"},
      {"hex", m, kName, txt_value("_acme-challenge", std::string(64, 'a')), "challenge.value"},
      {"a key authorization", m, kName, txt_value("_acme-challenge", "token." + digest),
       "challenge.value"},
      {"an IP address", m, kAddress, txt_value("_acme-challenge", digest), "applied_for"},
  });
}

TEST(DnsAccount, TakesTheLabelOfAnAccountOnly) {
  const auto m = ControlMethod::dns_account;
  const std::string digest(kDigest);
  expect_each({
      {"of an account", m, kName, txt_value("_ujmmovf2vn55tgye._acme-challenge", digest), nullptr},
      {"no account", m, kName, txt_value("_acme-challenge", digest), "challenge.prefix"},
      {"capitals", m, kName, txt_value("_UJMMOVF2VN55TGYE._acme-challenge", digest),
       "challenge.prefix"},
      {"no base32", m, kName, txt_value("_ujmmovf2vn55tgy1._acme-challenge", digest),
       "challenge.prefix"},
      {"too short", m, kName, txt_value("_ujmmovf2vn55tgy._acme-challenge", digest),
       "challenge.prefix"},
      {"no underscore", m, kName, txt_value("aujmmovf2vn55tgye._acme-challenge", digest),
       "challenge.prefix"},
      {"no digest", m, kName, txt_value("_ujmmovf2vn55tgye._acme-challenge", "abc"),
       "challenge.value"},
  });
}

TEST(DnsPersistent, NeedsIssuersAndAnAccount) {
  const auto m = ControlMethod::dns_persistent;
  const std::string thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
  const PersistentValue good{.issuers = {name("ca.example")},
                             .account_uri = "https://ca.example/acct/1"};
  PersistentValue hashed = good;
  hashed.form = PersistentForm::hashed;
  hashed.account_hash_prefix = "https://ca.example/account-hash/";
  hashed.key_thumbprints = {thumbprint};
  const auto but = [](PersistentValue value, const auto& change) {
    change(value);
    return value;
  };
  const auto prefix = [](std::string text) {
    return [text](auto& v) { v.account_hash_prefix = text; };
  };
  const auto keys = [](std::vector<std::string> all) {
    return [all](auto& v) { v.key_thumbprints = all; };
  };
  const auto account = [](std::string uri) { return [uri](auto& v) { v.account_uri = uri; }; };
  expect_each({
      {"a domain", m, kName, good, nullptr},
      {"an address", m, kAddress, good, nullptr},
      {"hashed", m, kName, hashed, nullptr},
      {"no issuer", m, kName, but(good, [](auto& v) { v.issuers.clear(); }), "challenge.issuers"},
      {"too many issuers", m, kName,
       but(good, [](auto& v) { v.issuers.assign(kPersistentIssuersMax + 1, name("ca.example")); }),
       "challenge.issuers"},
      {"no account", m, kName, but(good, account("")), "challenge.account_uri"},
      {"no URI", m, kName, but(good, account("12345")), "challenge.account_uri"},
      {"a semicolon", m, kName, but(good, account("https://ca.example/a;b")),
       "challenge.account_uri"},
      {"a blank", m, kName, but(good, account("https://ca.example/a b")), "challenge.account_uri"},
      {"an account too long", m, kName,
       but(good, account("https://ca.example/" + std::string(kChallengeSizeMax, 'a'))),
       "challenge.account_uri"},
      {"plain with a prefix", m, kName, but(good, prefix("https://ca.example/h/")),
       "challenge.form"},
      {"plain with keys", m, kName, but(good, keys({thumbprint})), "challenge.form"},
      {"hashed: an address", m, kAddress, hashed, "challenge.form"},
      {"hashed: no prefix", m, kName, but(hashed, prefix("")), "challenge.account_hash_prefix"},
      {"hashed: a prefix with a semicolon", m, kName,
       but(hashed, prefix("https://ca.example/;policy=wildcard;")),
       "challenge.account_hash_prefix"},
      {"hashed: a semicolon in the account", m, kName,
       but(hashed, account("https://ca.example/a;b")), nullptr},
      {"hashed: no account", m, kName, but(hashed, account("")), "challenge.account_uri"},
      {"hashed: no key", m, kName, but(hashed, keys({})), "challenge.key_thumbprints"},
      {"hashed: no thumbprint", m, kName, but(hashed, keys({thumbprint, "abc"})),
       "challenge.key_thumbprints"},
      {"hashed: too many keys", m, kName,
       but(hashed, keys(std::vector<std::string>(kPersistentKeysMax + 1, thumbprint))),
       "challenge.key_thumbprints"},
      {"another kind of challenge", m, kName, ContactValue{"a@example.com"}, "challenge"},
  });
}

TEST(Contacts, NeedOneContactOfTheirKind) {
  for (const auto m : {ControlMethod::contact_email_txt, ControlMethod::contact_email_caa})
    expect_each({
        {"an address", m, kName, ContactValue{"hostmaster@example.com"}, nullptr},
        {"a number", m, kName, ContactValue{"+1 555 123 4567"}, "challenge.contact"},
        {"empty", m, kName, ContactValue{""}, "challenge.contact"},
        {"two", m, kName, ContactValue{"a@example.com,b@example.com"}, "challenge.contact"},
        {"an IP address", m, kAddress, ContactValue{"a@example.com"}, "applied_for"},
        {"another kind of challenge", m, kName, txt_value(""), "challenge"},
    });
  for (const auto m : {ControlMethod::contact_phone_txt, ControlMethod::contact_phone_caa})
    expect_each({
        {"a number", m, kName, ContactValue{"+1 (555) 123-4567"}, nullptr},
        {"an address", m, kName, ContactValue{"hostmaster@example.com"}, "challenge.contact"},
        {"no country code", m, kName, ContactValue{"5551234567"}, "challenge.contact"},
        {"an IP address", m, kAddress, ContactValue{"+15551234567"}, "applied_for"},
    });
}

TEST(ReverseLookup, NeedsAnAddressAndAName) {
  const auto m = ControlMethod::reverse_lookup;
  expect_each({
      {"an address and a name", m, kAddress, ReverseValue{name("host.example.com")}, nullptr},
      {"a domain", m, kName, ReverseValue{name("host.example.com")}, "applied_for"},
      {"another kind of challenge", m, kAddress, txt_value(""), "challenge"},
  });
}

TEST(FindMethod, HasNoneForWhatTheCallerShows) {
  for (const auto method :
       {ControlMethod::ip_address, ControlMethod::constructed_email, ControlMethod::domain_contact,
        ControlMethod::ip_contact_email, ControlMethod::ip_contact_phone,
        ControlMethod::mailbox_email, ControlMethod::mailbox_acme}) {
    SCOPED_TRACE(rules::to_string(method));
    EXPECT_EQ(find_method(method), nullptr);
  }
}

}  // namespace
}  // namespace parallax::dcv
