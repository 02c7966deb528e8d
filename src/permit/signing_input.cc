// SPDX-License-Identifier: Apache-2.0
#include "permit/signing_input.h"

#include <string>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace parallax::permit {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN ";

tl::unexpected<Error> unreadable() {
  return fail(ErrorCode::malformed,
              "this is neither a PKCS#10 request nor a certificate nor a TBSCertificate");
}

const unsigned char* octets_at(std::string_view der) {
  return reinterpret_cast<const unsigned char*>(der.data());
}

// The first PEM block's content; nothing may be encrypted.
Result<std::string> pem_content(std::string_view text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (!bio || PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) return unreadable();
  std::string content(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return content;
}

void append_length(std::string& out, std::size_t length) {
  if (length < 0x80) {
    out += static_cast<char>(length);
    return;
  }
  std::string digits;
  for (; length > 0; length >>= 8) digits.insert(digits.begin(), static_cast<char>(length & 0xFF));
  out += static_cast<char>(0x80 | digits.size());
  out += digits;
}

// A certificate around a TBSCertificate, with a signature of nothing: OpenSSL reads whole ones
// only.
std::string wrapped(std::string_view tbs) {
  constexpr std::string_view kSignature("\x30\x05\x06\x03\x2b\x65\x70\x03\x01\x00", 10);
  std::string out("\x30");
  append_length(out, tbs.size() + kSignature.size());
  out += tbs;
  out += kSignature;
  return out;
}

}  // namespace

void SigningInput::FreeExtensions::operator()(STACK_OF(X509_EXTENSION) * extensions) const {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

std::unique_ptr<X509, SigningInput::FreeCertificate> SigningInput::parse_certificate(
    std::string_view der) {
  const unsigned char* at = octets_at(der);
  std::unique_ptr<X509, FreeCertificate> parsed(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != octets_at(der) + der.size()) parsed.reset();
  return parsed;
}

Result<SigningInput> SigningInput::of_request(std::string_view der) {
  const unsigned char* at = octets_at(der);
  SigningInput input;
  input.request_.reset(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  if (!input.request_ || at != octets_at(der) + der.size()) return unreadable();
  int requests = 0;
  for (const int kind : {NID_ext_req, NID_ms_ext_req})
    for (int i = X509_REQ_get_attr_by_NID(input.request_.get(), kind, -1); i >= 0;
         i = X509_REQ_get_attr_by_NID(input.request_.get(), kind, i))
      ++requests;
  if (requests > 1)
    return fail(ErrorCode::forbidden, "the request asks for extensions in more than one place");
  input.requested_.reset(X509_REQ_get_extensions(input.request_.get()));
  if (requests == 1 && !input.requested_) return unreadable();
  return input;
}

Result<SigningInput> SigningInput::read(std::string_view octets) {
  std::string content;
  if (octets.starts_with(kPemBegin)) {
    auto decoded = pem_content(octets);
    if (!decoded) return fail(std::move(decoded.error()));
    content = std::move(*decoded);
    octets = content;
  }
  for (const std::string& der : {std::string(octets), wrapped(octets)}) {
    SigningInput input;
    input.certificate_ = parse_certificate(der);
    if (!input.certificate_) continue;
    return input;
  }
  return of_request(octets);
}

const X509_NAME* SigningInput::subject() const {
  return certificate_ ? X509_get_subject_name(certificate_.get())
                      : X509_REQ_get_subject_name(request_.get());
}

const STACK_OF(X509_EXTENSION) * SigningInput::extensions() const {
  return certificate_ ? X509_get0_extensions(certificate_.get()) : requested_.get();
}

}  // namespace parallax::permit
