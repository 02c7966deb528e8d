// SPDX-License-Identifier: Apache-2.0
// Mailboxes: RFC 5321 s4.1.2 `Mailbox`, with RFC 6532 s3.2 / RFC 6531 s3.3 for SMTPUTF8.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "names/domain_name.h"

namespace parallax::names {

inline constexpr std::size_t kLocalPartSizeMax = 64;  // octets, RFC 5321 s4.5.3.1.1
inline constexpr std::size_t kMailboxSizeMax = 254;   // RFC 5321 s4.5.3.1.3 less the angle brackets

// A mailbox whose domain part is a domain name. Local parts compare exactly (RFC 5321 s2.4),
// domains case-insensitively. Personal data: log only the domain.
class MailboxAddress {
 public:
  // Dot-string or quoted-string local part (quoted pairs kept, needless quotes removed so that
  // equal mailboxes are equal texts), UTF-8 local parts in NFC (RFC 6532 s3.1). Address literals
  // (`[192.0.2.1]`) are refused with a sentence of their own. Error: malformed.
  [[nodiscard]] static Result<MailboxAddress> parse(std::string_view text);

  [[nodiscard]] const std::string& local_part() const { return local_part_; }
  [[nodiscard]] const DomainName& domain() const { return domain_; }
  // True if the local part is not ASCII: only SmtpUTF8Mailbox (RFC 9598) can carry it.
  [[nodiscard]] bool needs_smtputf8() const { return needs_smtputf8_; }
  // Canonical text: local part, `@`, domain as A-labels in lower case.
  [[nodiscard]] std::string text() const { return local_part_ + "@" + domain_.text(); }

  friend bool operator==(const MailboxAddress&, const MailboxAddress&) = default;
  friend auto operator<=>(const MailboxAddress&, const MailboxAddress&) = default;

 private:
  MailboxAddress(std::string local_part, DomainName domain, bool needs_smtputf8)
      : local_part_(std::move(local_part)),
        domain_(std::move(domain)),
        needs_smtputf8_(needs_smtputf8) {}
  std::string local_part_;
  DomainName domain_;
  bool needs_smtputf8_ = false;
};

}  // namespace parallax::names
