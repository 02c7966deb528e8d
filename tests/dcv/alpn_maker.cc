// SPDX-License-Identifier: Apache-2.0
#include "dcv/alpn_maker.h"

#include <cstdlib>
#include <map>
#include <memory>

#include <openssl/dsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "dcv/alpn_certificate.h"

namespace parallax::dcv::alpn_test {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Octets = std::unique_ptr<ASN1_OCTET_STRING, Release<ASN1_OCTET_STRING_free>>;
using Object = std::unique_ptr<ASN1_OBJECT, Release<ASN1_OBJECT_free>>;

constexpr int kDsaBits = 1024;  // weak and quick: it is refused for its kind
constexpr std::size_t kRsaBits = 2048;

void require(bool condition) {
  if (!condition) std::abort();
}

const unsigned char* bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Key make_dsa() {
  EVP_PKEY* parameters = nullptr;
  const Context by(EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr));
  require(by && EVP_PKEY_paramgen_init(by.get()) == 1 &&
          EVP_PKEY_CTX_set_dsa_paramgen_bits(by.get(), kDsaBits) == 1 &&
          EVP_PKEY_paramgen(by.get(), &parameters) == 1);
  const Key owned(parameters);
  EVP_PKEY* key = nullptr;
  const Context from(EVP_PKEY_CTX_new(parameters, nullptr));
  require(from && EVP_PKEY_keygen_init(from.get()) == 1 && EVP_PKEY_keygen(from.get(), &key) == 1);
  return Key(key);
}

Key make_key(KeyKind kind) {
  switch (kind) {
    case KeyKind::ec: return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    case KeyKind::ed25519: return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case KeyKind::rsa: return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", kRsaBits));
    case KeyKind::dsa: return make_dsa();
  }
  std::abort();
}

// Made once for each kind.
EVP_PKEY* key_of(KeyKind kind) {
  static std::map<KeyKind, Key> keys;
  auto& key = keys[kind];
  if (!key) key = make_key(kind);
  require(key != nullptr);
  return key.get();
}

void set_name(X509_NAME* name, const std::string& common_name) {
  require(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, bytes(common_name),
                                     static_cast<int>(common_name.size()), -1, 0) == 1);
}

void add(X509* certificate, const ExtensionPlan& plan) {
  const Object oid(OBJ_txt2obj(plan.oid.c_str(), 1));
  const Octets value(ASN1_OCTET_STRING_new());
  require(oid && value &&
          ASN1_OCTET_STRING_set(value.get(), bytes(plan.value),
                                static_cast<int>(plan.value.size())) == 1);
  const Extension extension(
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), plan.critical ? 1 : 0, value.get()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

ExtensionPlan plan_of(int nid, const char* oid, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, nullptr, nullptr, 0);
  const Extension made(X509V3_EXT_nconf_nid(nullptr, &context, nid, text.c_str()));
  require(made != nullptr);
  const ASN1_OCTET_STRING* data = X509_EXTENSION_get_data(made.get());
  return {oid, false,
          std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
                      static_cast<std::size_t>(ASN1_STRING_length(data)))};
}

}  // namespace

std::string make(const CertificatePlan& plan) {
  const Certificate certificate(X509_new());
  X509* const raw = certificate.get();
  require(raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 &&
          ASN1_INTEGER_set(X509_get_serialNumber(raw), 1) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(raw), 0) != nullptr &&
          X509_gmtime_adj(X509_getm_notAfter(raw), 3600) != nullptr);
  set_name(X509_get_subject_name(raw), plan.subject);
  set_name(X509_get_issuer_name(raw), plan.issuer);
  require(X509_set_pubkey(raw, key_of(plan.key)) == 1);
  for (const auto& extension : plan.extensions) add(raw, extension);
  const KeyKind signer = !plan.signed_by_another_key    ? plan.key
                         : plan.key == KeyKind::ed25519 ? KeyKind::ec
                                                        : KeyKind::ed25519;
  const EVP_MD* digest = signer == KeyKind::ed25519 ? nullptr : EVP_sha256();
  require(X509_sign(raw, key_of(signer), digest) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(raw, &der);
  require(size > 0);
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

ExtensionPlan san(const std::string& names) {
  return plan_of(NID_subject_alt_name, "2.5.29.17", names);
}

ExtensionPlan identifier(const std::string& digest) {
  return {std::string(kAcmeIdentifierOid), true, std::string("\x04\x20") + digest};
}

ExtensionPlan key_usage() { return plan_of(NID_key_usage, "2.5.29.15", "digitalSignature"); }

}  // namespace parallax::dcv::alpn_test
