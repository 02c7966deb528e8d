// SPDX-License-Identifier: Apache-2.0
// A PKCS#10 request, a certificate or a TBSCertificate as OpenSSL reads it.
#pragma once

#include <memory>
#include <string_view>

#include <openssl/x509.h>

#include "base/result.h"

namespace parallax::permit {

class SigningInput {
 public:
  // DER or PEM; which of the three it is, is found out. Error: malformed.
  [[nodiscard]] static Result<SigningInput> read(std::string_view octets);

  [[nodiscard]] const X509_NAME* subject() const;
  // Borrowed; null if there are none.
  [[nodiscard]] const STACK_OF(X509_EXTENSION) * extensions() const;

 private:
  struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  struct FreeRequest {
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
  };
  struct FreeExtensions {
    void operator()(STACK_OF(X509_EXTENSION) * extensions) const;
  };
  [[nodiscard]] static Result<SigningInput> of_request(std::string_view der);
  [[nodiscard]] static std::unique_ptr<X509, FreeCertificate> parse_certificate(
      std::string_view der);

  std::unique_ptr<X509, FreeCertificate> certificate_;  // or:
  std::unique_ptr<X509_REQ, FreeRequest> request_;
  std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions> requested_;
};

}  // namespace parallax::permit
