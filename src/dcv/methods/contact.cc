// SPDX-License-Identifier: Apache-2.0
#include "dcv/methods/contact.h"

#include <utility>

#include <fmt/format.h>

#include "caa/ascii.h"
#include "names/mailbox_address.h"

namespace parallax::dcv {
namespace {

constexpr std::size_t kPhoneDigitsMin = 2;  // a country code and something behind it

Result<std::string> canonical_phone(std::string_view text) {
  const auto bad = [] {
    return fail(ErrorCode::malformed,
                "a telephone number is \"+\", a country code and digits, with nothing but visual "
                "separators among them (RFC 3966 s5.1.4)");
  };
  if (text.size() > kPhoneSizeMax || !text.starts_with('+')) return bad();
  std::string out = "+";
  for (const char c : text.substr(1)) {
    if (caa::is_digit(c))
      out += c;
    else if (std::string_view("-.() ").find(c) == std::string_view::npos)
      return bad();
  }
  const std::size_t digits = out.size() - 1;
  if (digits < kPhoneDigitsMin || digits > kPhoneDigitsMax) return bad();
  if (out[1] == '0') return bad();  // no country code begins with 0 (E.164)
  // Spaces stand between digits: at an end they are padding.
  if (text[1] == ' ' || text.back() == ' ') return bad();
  return out;
}

}  // namespace

std::string_view noun(ContactKind kind) {
  return kind == ContactKind::email ? "e-mail address" : "telephone number";
}

Result<std::string> canonical_contact(ContactKind kind, std::string_view text) {
  if (kind == ContactKind::phone) return canonical_phone(text);
  return names::MailboxAddress::parse(text).map([](const auto& mailbox) { return mailbox.text(); });
}

Status validate_contact(const ControlCheck& check, ContactKind kind, std::string_view rule) {
  if (!std::holds_alternative<names::DomainName>(check.applied_for))
    return refuse(ErrorCode::unsupported, "the method shows control of a domain name only",
                  "applied_for", rule);
  const auto* challenge = std::get_if<ContactValue>(&check.challenge);
  if (challenge == nullptr)
    return refuse(ErrorCode::malformed,
                  fmt::format("the method needs the {} that is to be used", noun(kind)),
                  "challenge", rule);
  const auto contact = canonical_contact(kind, challenge->contact);
  if (!contact)
    return refuse(ErrorCode::malformed,
                  fmt::format("the contact is no {}: {}", noun(kind), contact.error().message),
                  "challenge.contact", rule);
  return {};
}

ControlDetermination assess_contacts(ContactKind kind, std::string_view contact,
                                     const std::vector<std::string>& texts, std::string_view owner,
                                     const Wanted& wanted, dns::Verdict verdict) {
  const auto expected = canonical_contact(kind, contact);
  bool usable = false;
  for (const auto& text : texts) {
    const auto found = canonical_contact(kind, text);
    usable = usable || found.has_value();
    if (expected && found && *found == *expected)
      return shown(*expected, fmt::format("Found {} at {}.", wanted.what, owner), verdict);
  }
  if (!usable)
    return not_shown(
        ControlReason::record_unusable,
        fmt::format("Looked for {} at {}, but found {}, which cannot be used: the whole of a "
                    "record must be one valid {}; {}.",
                    wanted.what, owner, quoted_list(texts), noun(kind), wanted.remedy),
        verdict);
  return not_shown(ControlReason::challenge_differs,
                   fmt::format("Looked for {} at {}, but found {} instead; use a contact that is "
                               "published, or {}.",
                               wanted.what, owner, quoted_list(texts), wanted.remedy),
                   verdict);
}

}  // namespace parallax::dcv
