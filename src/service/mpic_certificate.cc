// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_certificate.h"

#include <memory>

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "caa/ascii.h"

namespace parallax::service {
namespace {

constexpr const char* kAcmeIdentifier = "1.3.6.1.5.5.7.1.31";  // RFC 8737 s6.1
constexpr std::string_view kPrefix = "mpic_error:dcv_checker:tls_alpn:certificate:";

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using Object = std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>>;

Certificate parse(std::string_view der) {
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  return Certificate(d2i_X509(nullptr, &octets, static_cast<long>(der.size())));
}

const X509_EXTENSION* acme_identifier(const X509* certificate) {
  const Object wanted(OBJ_txt2obj(kAcmeIdentifier, 1));
  const int index = X509_get_ext_by_OBJ(certificate, wanted.get(), -1);
  return index < 0 ? nullptr : X509_get_ext(certificate, index);
}

Names alternative_names(const X509* certificate) {
  return Names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return caa::to_lower(x) == caa::to_lower(y);
         });
}

// What is wrong with the one name; empty for nothing that has a name. An address's own value is
// not compared: dcv has.
std::string_view name_error(const GENERAL_NAME* name, std::string_view server_name) {
  const bool address = server_name.ends_with(".in-addr.arpa") || server_name.ends_with(".ip6.arpa");
  if (address) return name->type == GEN_IPADD ? "" : "san_type_not_match";
  if (name->type != GEN_DNS) return "san_not_dnsname";
  const ASN1_STRING* text = name->d.dNSName;
  const std::string_view have(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                              static_cast<std::size_t>(ASN1_STRING_length(text)));
  return same_name(have, server_name) ? "" : "san_not_hostname";
}

std::string_view flaw_of(const X509* certificate, std::string_view server_name) {
  const Names names = alternative_names(certificate);
  const X509_EXTENSION* identifier = acme_identifier(certificate);
  if (names == nullptr || identifier == nullptr) return "extension_missing";
  if (sk_GENERAL_NAME_num(names.get()) != 1) return "no_single_san";
  const auto wrong = name_error(sk_GENERAL_NAME_value(names.get(), 0), server_name);
  if (!wrong.empty()) return wrong;
  if (X509_EXTENSION_get_critical(identifier) == 0) return "noncritical_alpn_extension";
  return {};
}

}  // namespace

std::optional<std::string> common_name(std::string_view der) {
  const Certificate certificate = parse(der);
  if (certificate == nullptr) return std::nullopt;
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return std::nullopt;
  unsigned char* octets = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&octets, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return out;
}

std::string certificate_error(std::string_view der, std::string_view server_name) {
  const Certificate certificate = parse(der);
  const std::string_view flaw =
      certificate == nullptr ? std::string_view() : flaw_of(certificate.get(), server_name);
  if (flaw.empty()) return "mpic_error:dcv_checker:lookup";
  return std::string(kPrefix).append(flaw);
}

}  // namespace parallax::service
