// SPDX-License-Identifier: Apache-2.0
#include "dcv/alpn_certificate.h"

#include <memory>
#include <set>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "caa/ascii.h"
#include "dcv/observation.h"

namespace parallax::dcv {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using CertificatePtr = std::unique_ptr<X509, Release<X509_free>>;
using AltNamesPtr = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

constexpr std::size_t kCommonNameMax = 64;  // RFC 5280 ub-common-name
constexpr std::size_t kDigestSize = 32;
constexpr char kOctetStringTag = 0x04;
// 1.3.6.1.5.5.7.1.31 as DER content (ITU-T X.690 s8.19).
constexpr std::string_view kAcmeIdentifierDer = "\x2b\x06\x01\x05\x05\x07\x01\x1f";

tl::unexpected<Error> malformed(std::string message) {
  ERR_clear_error();
  return fail(ErrorCode::malformed, std::move(message));
}

std::string octets_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string octets_of(const ASN1_OBJECT* object) {
  return {reinterpret_cast<const char*>(OBJ_get0_data(object)), OBJ_length(object)};
}

std::string common_name(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  const auto* data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
  return printable(octets_of(data), kCommonNameMax);
}

// Work with a stranger's key is bounded by its kind and size.
bool is_signed_by_itself(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);  // borrowed
  if (key == nullptr || EVP_PKEY_get_bits(key) > kAlpnKeyBitsMax) return false;
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
    case EVP_PKEY_EC:
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448: return X509_verify(certificate, key) == 1;
    default: return false;
  }
}

SanEntry entry_of(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return {SanKind::dns_name, octets_of(name->d.dNSName)};
  if (name->type == GEN_IPADD) return {SanKind::ip_address, octets_of(name->d.iPAddress)};
  return {};
}

Status read_san(const std::string& value, AlpnCertificate& out) {
  const auto* at = reinterpret_cast<const unsigned char*>(value.data());
  const auto* const end = at + value.size();
  const AltNamesPtr names(d2i_GENERAL_NAMES(nullptr, &at, static_cast<long>(value.size())));
  if (!names || at != end) return malformed("the subjectAltName of the certificate is unreadable");
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i)
    out.sans.push_back(entry_of(sk_GENERAL_NAME_value(names.get(), i)));
  return {};
}

Status read_extensions(const X509* certificate, AlpnCertificate& out) {
  std::set<std::string, std::less<>> seen;
  for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
    X509_EXTENSION* extension = X509_get_ext(certificate, i);  // borrowed
    const ASN1_OBJECT* oid = X509_EXTENSION_get_object(extension);
    const std::string id = octets_of(oid);
    if (!seen.insert(id).second) {
      out.repeated_extension = true;
      continue;
    }
    const std::string value = octets_of(X509_EXTENSION_get_data(extension));
    if (OBJ_obj2nid(oid) == NID_subject_alt_name) {
      if (auto san = read_san(value, out); !san) return san;
    } else if (id == kAcmeIdentifierDer) {
      out.has_identifier = true;
      out.identifier_critical = X509_EXTENSION_get_critical(extension) == 1;
      out.identifier = value;
    }
  }
  return {};
}

bool is_for(const SanEntry& entry, const Target& target) {
  if (const auto* name = std::get_if<names::DomainName>(&target))
    return caa::equal_ignoring_case(entry.value, name->text());
  const auto& address = std::get<names::IpAddress>(target).native();
  const auto equals = [&](const auto& octets) {
    return std::string(octets.begin(), octets.end()) == entry.value;
  };
  return address.is_v4() ? equals(address.to_v4().to_bytes()) : equals(address.to_v6().to_bytes());
}

}  // namespace

Result<AlpnCertificate> read_alpn_certificate(std::string_view der) {
  if (der.empty() || der.size() > kSeenCertificateMax)
    return malformed(fmt::format("{} octets are no certificate that is read here", der.size()));
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  const CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!certificate) return malformed("the octets are no X.509 certificate");
  if (at != end) return malformed("octets stand behind the certificate");
  AlpnCertificate out;
  out.common_name = common_name(certificate.get());
  out.self_issued = X509_NAME_cmp(X509_get_issuer_name(certificate.get()),
                                  X509_get_subject_name(certificate.get())) == 0;
  if (auto extensions = read_extensions(certificate.get(), out); !extensions)
    return fail(extensions.error());
  out.self_signed = is_signed_by_itself(certificate.get());
  ERR_clear_error();  // a signature that does not verify leaves one behind
  return out;
}

std::string_view to_string(AlpnFlaw flaw) {
  switch (flaw) {
    case AlpnFlaw::unreadable: return "unreadable";
    case AlpnFlaw::repeated_extension: return "repeated-extension";
    case AlpnFlaw::no_single_san: return "no-single-san";
    case AlpnFlaw::san_kind: return "san-kind";
    case AlpnFlaw::san_value: return "san-value";
    case AlpnFlaw::extension_missing: return "extension-missing";
    case AlpnFlaw::extension_not_critical: return "extension-not-critical";
    case AlpnFlaw::extension_malformed: return "extension-malformed";
    case AlpnFlaw::digest_differs: return "digest-differs";
    case AlpnFlaw::not_self_signed: return "not-self-signed";
  }
  return "unknown";
}

std::optional<AlpnFlaw> find_flaw(const AlpnCertificate& certificate, const Target& target,
                                  std::string_view digest) {
  if (certificate.repeated_extension) return AlpnFlaw::repeated_extension;
  if (certificate.sans.size() != 1) return AlpnFlaw::no_single_san;
  const bool domain = std::holds_alternative<names::DomainName>(target);
  const SanEntry& entry = certificate.sans.front();
  if (entry.kind != (domain ? SanKind::dns_name : SanKind::ip_address)) return AlpnFlaw::san_kind;
  if (!is_for(entry, target)) return AlpnFlaw::san_value;
  if (!certificate.has_identifier) return AlpnFlaw::extension_missing;
  if (!certificate.identifier_critical) return AlpnFlaw::extension_not_critical;
  const std::string_view value = certificate.identifier;
  if (value.size() != kDigestSize + 2 || value[0] != kOctetStringTag || value[1] != kDigestSize)
    return AlpnFlaw::extension_malformed;
  if (value.substr(2) != digest) return AlpnFlaw::digest_differs;
  if (!certificate.self_issued || !certificate.self_signed) return AlpnFlaw::not_self_signed;
  return std::nullopt;
}

std::optional<AlpnFlaw> find_flaw(std::string_view der, const Target& target,
                                  std::string_view digest) {
  const auto certificate = read_alpn_certificate(der);
  if (!certificate) return AlpnFlaw::unreadable;
  return find_flaw(*certificate, target, digest);
}

}  // namespace parallax::dcv
