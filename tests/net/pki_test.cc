// SPDX-License-Identifier: Apache-2.0
#include "net/pki.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "base/clock.h"
#include "net/impl/openssl.h"

namespace parallax::net {
namespace {

impl::CertificatePtr read(const std::string& pem) {
  const impl::MemoryPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return impl::CertificatePtr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

TEST(Pki, IssuesWhatItsCaVerifies) {
  const auto ca = make_ca("Parallax test CA", 30);
  ASSERT_TRUE(ca);
  const auto leaf = issue(*ca, "perspective-1", {"perspective-1", "p1.example.net"},
                          {"192.0.2.1", "2001:db8::1"}, 30);
  ASSERT_TRUE(leaf);
  const auto root = read(ca->certificate_pem);
  const auto certificate = read(leaf->certificate_pem);
  ASSERT_TRUE(root && certificate);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(root.get())), 1);
  EXPECT_EQ(X509_check_ca(root.get()), 1);
  EXPECT_EQ(X509_get_pathlen(root.get()), 0);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_check_host(certificate.get(), "p1.example.net", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "p2.example.net", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "2001:db8::1", 0), 1);
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()),
            static_cast<std::uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
  EXPECT_EQ(X509_get_key_usage(certificate.get()),
            static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE));
}

TEST(Pki, EveryCertificateIsItsOwn) {
  const auto ca = make_ca("ca", 1).value();
  const auto a = issue(ca, "a", {"a"}, {}, 1).value();
  const auto b = issue(ca, "a", {"a"}, {}, 1).value();
  EXPECT_NE(a.key_pem, b.key_pem);
  const auto left = read(a.certificate_pem);
  const auto right = read(b.certificate_pem);
  EXPECT_NE(
      ASN1_INTEGER_cmp(X509_get0_serialNumber(left.get()), X509_get0_serialNumber(right.get())), 0);
}

TEST(Pki, RefusesBadRequests) {
  const auto ca = make_ca("ca", 1).value();
  const CertificateAuthority broken{{ca.certificate_pem, "no key"}};
  const CertificateAuthority mixed{{ca.certificate_pem, make_ca("other", 1)->key_pem}};
  struct Case {
    const char* name;
    CertificateAuthority authority;
    CertificateRequest request;
    int days;
  };
  const Case cases[] = {
      {"no_names", ca, {"a", {}, {}}, 1},
      {"empty_common_name", ca, {"", {"a"}, {}}, 1},
      {"long_common_name", ca, {std::string(65, 'a'), {"a"}, {}}, 1},
      {"empty_dns_name", ca, {"a", {""}, {}}, 1},
      {"empty_label", ca, {"a", {"a..b"}, {}}, 1},
      {"injected_extension", ca, {"a", {"a,IP:192.0.2.1"}, {}}, 1},
      {"wildcard", ca, {"a", {"*.example.net"}, {}}, 1},
      {"not_an_address", ca, {"a", {"a"}, {"192.0.2"}}, 1},
      {"scoped_address", ca, {"a", {"a"}, {"fe80::1%1"}}, 1},
      {"no_days", ca, {"a", {"a"}, {}}, -1},
      {"too_many_days", ca, {"a", {"a"}, {}}, kCertificateDaysMax + 1},
      {"broken_authority", broken, {"a", {"a"}, {}}, 1},
      {"key_of_another", mixed, {"a", {"a"}, {}}, 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto made = issue(c.authority, c.request, validity_from(system_clock().now(), c.days));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::malformed);
  }
  EXPECT_FALSE(make_ca("", 1));
  EXPECT_FALSE(make_ca("ca", kCertificateDaysMax + 1));
}

}  // namespace
}  // namespace parallax::net
