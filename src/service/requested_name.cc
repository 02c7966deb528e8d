// SPDX-License-Identifier: Apache-2.0
#include "service/requested_name.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::service {
namespace {

constexpr std::size_t kQuotedNameSizeMax = 100;

template <class Name>
Result<names::CertificateName> lift(Result<Name> parsed) {
  if (!parsed) return fail(std::move(parsed.error()));
  return names::CertificateName(std::move(*parsed));
}

Result<names::CertificateName> parse_kind(std::string_view text, caa::CertificateType type) {
  if (text.find('@') != std::string_view::npos) {
    if (type == caa::CertificateType::smime) return lift(names::MailboxAddress::parse(text));
    return fail(ErrorCode::malformed,
                "a mailbox belongs in an order of type smime; TLS certificates hold domain names");
  }
  if (names::looks_like_wildcard(text)) {
    if (type == caa::CertificateType::tls_server) return lift(names::WildcardName::parse(text));
    return fail(ErrorCode::malformed,
                fmt::format("\"{}\" is a wildcard name; S/MIME certificates hold mailboxes, and "
                            "RFC 9495 knows no wildcard",
                            printable(text, kQuotedNameSizeMax)));
  }
  if (auto address = names::IpAddress::parse(text)) return lift(std::move(address));
  return lift(names::DomainName::parse(text));
}

}  // namespace

Result<names::CertificateName> parse_requested_name(std::string_view text,
                                                    caa::CertificateType type,
                                                    const names::PublicSuffixList& suffixes) {
  auto name = parse_kind(text, type);
  if (!name) return name;
  if (const auto domain = names::caa_domain(*name); !domain) return fail(domain.error());
  if (const auto allowed = names::check_certifiable(*name, suffixes); !allowed)
    return fail(allowed.error());
  return name;
}

Result<names::CertificateName> parse_controlled_name(std::string_view text,
                                                     caa::CertificateType type,
                                                     const names::PublicSuffixList& suffixes) {
  if (type == caa::CertificateType::tls_server)
    if (auto address = names::IpAddress::parse(text)) return lift(std::move(address));
  return parse_requested_name(text, type, suffixes);
}

}  // namespace parallax::service
