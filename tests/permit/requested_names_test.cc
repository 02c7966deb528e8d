// SPDX-License-Identifier: Apache-2.0
// The names inside requests and certificates that OpenSSL made.
#include "permit/requested_names.h"

#include <memory>

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "permit/signing_input.h"

namespace parallax::permit {
namespace {

using testing::HasSubstr;

// Extensions as OpenSSL's configuration writes them: name and value.
using Extensions = std::vector<std::pair<int, const char*>>;
using Subject = std::vector<std::pair<const char*, const char*>>;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

EVP_PKEY* key() {
  static std::string curve = "P-256";  // OpenSSL's macro wants it mutable
  static const std::unique_ptr<EVP_PKEY, Free> made(EVP_EC_gen(curve.data()));
  return made.get();
}

template <class Object>
std::string der_of(Object* object, int (*encode)(const Object*, unsigned char**)) {
  unsigned char* octets = nullptr;
  const int size = encode(object, &octets);
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

std::unique_ptr<X509_EXTENSION, Free> extension(int kind, const char* value) {
  std::unique_ptr<X509_EXTENSION, Free> made(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  EXPECT_TRUE(made) << value;
  return made;
}

void fill(X509_NAME* name, const Subject& subject) {
  for (const auto& [field, value] : subject)
    EXPECT_EQ(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                         reinterpret_cast<const unsigned char*>(value), -1, -1, 0),
              1);
}

std::unique_ptr<X509, Free> certificate(const Extensions& extensions, const Subject& subject = {}) {
  std::unique_ptr<X509, Free> made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  fill(X509_get_subject_name(made.get()), subject);
  for (const auto& [kind, value] : extensions)
    X509_add_ext(made.get(), extension(kind, value).get(), -1);
  X509_set_pubkey(made.get(), key());
  EXPECT_GT(X509_sign(made.get(), key(), EVP_sha256()), 0);
  return made;
}

std::string request(const Extensions& extensions, const Subject& subject = {},
                    const std::vector<int>& places = {NID_ext_req}) {
  const std::unique_ptr<X509_REQ, Free> made(X509_REQ_new());
  fill(X509_REQ_get_subject_name(made.get()), subject);
  STACK_OF(X509_EXTENSION)* asked = sk_X509_EXTENSION_new_null();
  for (const auto& [kind, value] : extensions)
    sk_X509_EXTENSION_push(asked, extension(kind, value).release());
  for (const int place : places)
    if (!extensions.empty()) X509_REQ_add_extensions_nid(made.get(), asked, place);
  sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
  X509_REQ_set_pubkey(made.get(), key());
  EXPECT_GT(X509_REQ_sign(made.get(), key(), EVP_sha256()), 0);
  return der_of<X509_REQ>(made.get(), i2d_X509_REQ);
}

std::string certificate_der(const Extensions& extensions, const Subject& subject = {}) {
  return der_of<X509>(certificate(extensions, subject).get(), i2d_X509);
}

std::string tbs_der(const Extensions& extensions) {
  const auto made = certificate(extensions);
  unsigned char* octets = nullptr;
  const int size = i2d_re_X509_tbs(made.get(), &octets);
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

std::string pem(const std::string& der, const char* label) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), label, "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

constexpr int kSan = NID_subject_alt_name;
constexpr const char* kTlsNames = "DNS:Example.COM,DNS:*.example.org,IP:192.0.2.1,IP:2001:db8::1";
const NameSet kTlsSet{"example.com", "*.example.org", "192.0.2.1", "2001:db8::1"};

TEST(RequestedNames, AreTheSameInEveryContainer) {
  const std::pair<const char*, std::string> cases[] = {
      {"request", request({{kSan, kTlsNames}})},
      {"request_pem", pem(request({{kSan, kTlsNames}}), "CERTIFICATE REQUEST")},
      {"certificate", certificate_der({{kSan, kTlsNames}})},
      {"certificate_pem", pem(certificate_der({{kSan, kTlsNames}}), "CERTIFICATE")},
      {"to_be_signed", tbs_der({{kSan, kTlsNames}})},
  };
  for (const auto& [name, octets] : cases) {
    SCOPED_TRACE(name);
    const auto found = requested_names(octets, kTls);
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(*found, kTlsSet);
  }
}

struct Case {
  const char* name;
  Extensions extensions;
  Subject subject;
  std::string_view type;
  NameSet names;     // empty: refused
  const char* said;  // of a refusal
};

const std::vector<Case>& accepted_and_subjects() {
  static const std::vector<Case> all = {
      {"mailboxes",
       {{kSan, "email:Alice@Example.COM,otherName:1.3.6.1.5.5.7.8.9;UTF8:j\xFCrgen@example.com"}},
       {},
       kSmime,
       {"Alice@example.com", "j\xC3\xBCrgen@example.com"},
       ""},
      {"subject_of_a_person",
       {{kSan, "email:alice@example.com"}},
       {{"CN", "Alice Example"}, {"O", "Example"}},
       kSmime,
       {"alice@example.com"},
       ""},
      {"mailbox_as_common_name",
       {{kSan, "email:alice@example.com"}},
       {{"CN", "bob@example.com"}},
       kSmime,
       {"alice@example.com", "bob@example.com"},
       ""},
      {"mailbox_in_the_subject",
       {{kSan, "email:alice@example.com"}},
       {{"emailAddress", "carol@example.com"}},
       kSmime,
       {"alice@example.com", "carol@example.com"},
       ""},
      {"common_name_of_a_server",
       {{kSan, "DNS:example.com"}},
       {{"CN", "www.example.com"}},
       kTls,
       {"example.com", "www.example.com"},
       ""},
      {"common_name_only", {}, {{"CN", "www.example.com"}}, kTls, {"www.example.com"}, ""},
      {"address_as_common_name", {}, {{"CN", "192.0.2.1"}}, kTls, {"192.0.2.1"}, ""},
      {"common_name_that_is_no_name",
       {{kSan, "DNS:example.com"}},
       {{"CN", "Example Inc."}},
       kTls,
       {},
       "is no name"},
      {"other_kinds_of_other_names",
       {{kSan, "email:alice@example.com,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp"}},
       {},
       kSmime,
       {"alice@example.com"},
       ""},
  };
  return all;
}

const std::vector<Case>& constraints_and_refusals() {
  static const std::vector<Case> all = {
      {"constraints_of_a_ca",
       {{NID_name_constraints,
         "permitted;DNS:example.com,permitted;email:.example.org,permitted;email:a@example.net"}},
       {},
       kSmime,
       {"example.com", "example.org", "a@example.net"},
       ""},
      {"constraint_of_addresses",
       {{NID_name_constraints, "permitted;IP:192.0.2.0/255.255.255.0"}},
       {},
       kTls,
       {},
       "no permit covers"},
      {"uri",
       {{kSan, "DNS:example.com,URI:https://example.com/"}},
       {},
       kTls,
       {},
       "no permit covers"},
      {"registered_id", {{kSan, "email:a@example.com,RID:1.2.3.4"}}, {}, kSmime, {}, "no permit"},
      {"underscore", {{kSan, "DNS:_a.example.com"}}, {}, kTls, {}, "is no name"},
      {"inner_wildcard", {{kSan, "DNS:a.*.example.com"}}, {}, kTls, {}, "is no name"},
      {"not_a_mailbox", {{kSan, "email:example.com"}}, {}, kSmime, {}, "is no name"},
      {"two_subject_alt_names",
       {{kSan, "DNS:example.com"}, {kSan, "DNS:example.org"}},
       {},
       kTls,
       {},
       "stands twice"},
      {"no_names", {}, {{"O", "Example"}}, kSmime, {}, "no name in it"},
  };
  return all;
}

TEST(RequestedNames, AreFoundWhereverTheyStand) {
  std::vector<Case> cases = accepted_and_subjects();
  cases.insert(cases.end(), constraints_and_refusals().begin(), constraints_and_refusals().end());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    for (const std::string& octets :
         {request(c.extensions, c.subject), certificate_der(c.extensions, c.subject)}) {
      const auto found = requested_names(octets, c.type);
      ASSERT_EQ(found.has_value(), !c.names.empty())
          << (found ? "accepted" : found.error().message);
      if (found) {
        EXPECT_EQ(*found, c.names);
      } else {
        EXPECT_THAT(found.error().message, HasSubstr(c.said));
      }
    }
  }
}

TEST(RequestedNames, WhatIsNoneOfTheThreeIsRefused) {
  const std::string good = certificate_der({{kSan, kTlsNames}});
  const std::pair<const char*, std::string> cases[] = {
      {"nothing", ""},
      {"text", "example.com"},
      {"cut_short", good.substr(0, good.size() - 1)},
      {"something_behind", good + std::string(1, '\0')},
      {"broken_pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"},
      {"pem_of_a_key", pem(good, "CERTIFICATE").substr(0, 60)},
      {"too_large", std::string(kRequestSizeMax + 1, '0')},
  };
  for (const auto& [name, octets] : cases) {
    SCOPED_TRACE(name);
    const auto found = requested_names(octets, kTls);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::malformed);
  }
  ERR_clear_error();
  const auto twice = requested_names(
      request({{kSan, "DNS:example.com"}}, {}, {NID_ext_req, NID_ms_ext_req}), kTls);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::forbidden);
  EXPECT_FALSE(requested_names("example.com", kTls));
  EXPECT_EQ(ERR_peek_error(), 0UL) << "nothing is left in OpenSSL's queue";
}

}  // namespace
}  // namespace parallax::permit
