// SPDX-License-Identifier: Apache-2.0
#include "net/pki.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <openssl/pem.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "net/impl/openssl.h"

namespace parallax::net {
namespace {

using impl::CertificatePtr;
using impl::KeyPtr;
using impl::MemoryPtr;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, impl::Release<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, impl::Release<BN_free>>;

constexpr int kSerialBits = 127;  // positive, 16 octets; TLS BR 7.1 asks for 64 random bits
constexpr std::chrono::hours kClockDifference{1};

tl::unexpected<Error> openssl_failed() {
  return fail(Error{ErrorCode::internal, "OpenSSL could not make the certificate", {}}.with(
      "cause", impl::take_openssl_error()));
}

Status check_validity(const Validity& validity) {
  const auto length = validity.until - validity.from;
  if (length < std::chrono::seconds(1) ||
      length > std::chrono::days(kCertificateDaysMax) + kClockDifference)
    return fail(ErrorCode::malformed, "a validity is at least a second and at most 3650 days long");
  return {};
}

Status check_common_name(const std::string& name) {
  if (name.empty() || name.size() > kCommonNameMax || !is_utf8(name))
    return fail(ErrorCode::malformed, "a common name has 1 to 64 octets of UTF-8");
  return {};
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

// RFC 5280 s4.2.1.6: preferred name syntax.
bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// The value of a subjectAltName extension in OpenSSL's own syntax.
Result<std::string> alternative_names(const CertificateRequest& request) {
  std::string text;
  for (const std::string& name : request.dns_names) {
    if (!is_dns_name(name)) return fail(ErrorCode::malformed, "not a DNS name: " + printable(name));
    text += (text.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const std::string& ip : request.ips) {
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address(ip, ec);
    if (ec || (address.is_v6() && address.to_v6().scope_id() != 0))
      return fail(ErrorCode::malformed, "not an IP address: " + printable(ip));
    text += (text.empty() ? "IP:" : ",IP:") + address.to_string();
  }
  if (text.empty())
    return fail(ErrorCode::malformed, "a certificate needs a DNS name or an IP address");
  return text;
}

std::time_t seconds_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

template <class Write>
std::string pem_of(Write write) {
  const MemoryPtr memory(BIO_new(BIO_s_mem()));
  if (!memory || write(memory.get()) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Result<CertificateAndKey> to_pem(X509* certificate, EVP_PKEY* key) {
  CertificateAndKey made;
  made.certificate_pem = pem_of([&](BIO* to) { return PEM_write_bio_X509(to, certificate); });
  made.key_pem = pem_of([&](BIO* to) {
    return PEM_write_bio_PKCS8PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  if (made.certificate_pem.empty() || made.key_pem.empty()) return openssl_failed();
  return made;
}

bool set_random_serial(X509* certificate) {
  const NumberPtr number(BN_new());
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

// A version 3 certificate without issuer, extensions and signature; null on failure.
CertificatePtr blank_certificate(const std::string& common_name, const Validity& validity,
                                 EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  if (!certificate) return nullptr;
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* name = reinterpret_cast<const unsigned char*>(common_name.data());
  const bool good =
      X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      set_random_serial(certificate.get()) &&
      X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name,
                                 static_cast<int>(common_name.size()), -1, 0) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds_of(validity.from)) &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds_of(validity.until)) &&
      X509_set_pubkey(certificate.get(), key) == 1;
  return good ? std::move(certificate) : nullptr;
}

struct Extension {
  int id;
  std::string value;  // OpenSSL's syntax, x509v3_config(5)
};

bool add_extensions(X509* certificate, X509* issuer, const std::vector<Extension>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return std::all_of(extensions.begin(), extensions.end(), [&](const Extension& wanted) {
    const ExtensionPtr extension(
        X509V3_EXT_conf_nid(nullptr, &context, wanted.id, wanted.value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
  });
}

KeyPtr new_key() {
  char curve[] = "P-256";  // OpenSSL's variadic interface takes it as char*
  return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}

KeyPtr read_key(const std::string& pem) {
  const MemoryPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_password = [](char*, int, int, void*) { return -1; };
  return KeyPtr(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr)
                       : nullptr);
}

CertificatePtr read_certificate(const std::string& pem) {
  const MemoryPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return CertificatePtr(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)
                               : nullptr);
}

}  // namespace

Validity validity_from(Instant now, int days) {
  return {now - kClockDifference, now + std::chrono::days(days)};
}

Result<CertificateAuthority> make_ca(const std::string& name, Validity validity) {
  if (auto good = check_common_name(name); !good) return fail(good.error());
  if (auto good = check_validity(validity); !good) return fail(good.error());
  const KeyPtr key = new_key();
  if (!key) return openssl_failed();
  const CertificatePtr certificate = blank_certificate(name, validity, key.get());
  if (!certificate ||
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) != 1 ||
      !add_extensions(certificate.get(), certificate.get(),
                      {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                       {NID_key_usage, "critical,keyCertSign,cRLSign"},
                       {NID_subject_key_identifier, "hash"}}) ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0)
    return openssl_failed();
  auto made = to_pem(certificate.get(), key.get());
  if (!made) return fail(made.error());
  return CertificateAuthority{std::move(*made)};
}

Result<CertificateAndKey> issue(const CertificateAuthority& authority,
                                const CertificateRequest& request, Validity validity) {
  if (auto good = check_common_name(request.common_name); !good) return fail(good.error());
  if (auto good = check_validity(validity); !good) return fail(good.error());
  const auto names = alternative_names(request);
  if (!names) return fail(names.error());
  const KeyPtr issuer_key = read_key(authority.key_pem);
  const CertificatePtr issuer = read_certificate(authority.certificate_pem);
  const bool matching =
      issuer && issuer_key && X509_check_private_key(issuer.get(), issuer_key.get()) == 1;
  ERR_clear_error();
  if (!matching)
    return fail(ErrorCode::malformed, "the authority is not a certificate and its key in PEM");
  const KeyPtr key = new_key();
  if (!key) return openssl_failed();
  const CertificatePtr certificate = blank_certificate(request.common_name, validity, key.get());
  if (!certificate ||
      X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !add_extensions(certificate.get(), issuer.get(),
                      {{NID_basic_constraints, "critical,CA:FALSE"},
                       {NID_key_usage, "critical,digitalSignature"},
                       {NID_ext_key_usage, "serverAuth,clientAuth"},
                       {NID_subject_key_identifier, "hash"},
                       {NID_authority_key_identifier, "keyid:always"},
                       {NID_subject_alt_name, *names}}) ||
      X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) == 0)
    return openssl_failed();
  return to_pem(certificate.get(), key.get());
}

Result<CertificateAuthority> make_ca(const std::string& name, int days) {
  return make_ca(name, validity_from(system_clock().now(), days));
}

Result<CertificateAndKey> issue(const CertificateAuthority& authority,
                                const std::string& common_name,
                                const std::vector<std::string>& dns_names,
                                const std::vector<std::string>& ips, int days) {
  return issue(authority, {common_name, dns_names, ips}, validity_from(system_clock().now(), days));
}

}  // namespace parallax::net
