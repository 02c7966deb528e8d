// SPDX-License-Identifier: Apache-2.0
#include "names/mailbox_address.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/encoding.h"

namespace parallax::names {
namespace {

// Longer than any mailbox in any spelling (quoted pairs, U-labels); more is refused unread.
constexpr std::size_t kInputSizeMax = 1280;

tl::unexpected<Error> malformed(std::string sentence) {
  return fail(ErrorCode::malformed, std::move(sentence));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// RFC 5322 s3.2.3 atext, with UTF8-non-ascii (RFC 6531 s3.3).
bool is_atext(char c) {
  return (c & 0x80) != 0 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

Status check_dot_string(std::string_view local) {
  if (local.empty()) return malformed("a mailbox needs a local part in front of its @");
  if (local.front() == '.' || local.back() == '.')
    return malformed("the local part begins or ends with a dot; it would need quotes");
  if (local.find("..") != std::string_view::npos)
    return malformed("the local part has two dots in a row; it would need quotes");
  if (std::all_of(local.begin(), local.end(), [](char c) { return is_atext(c) || c == '.'; }))
    return {};
  if (local.find('@') != std::string_view::npos)
    return malformed("a mailbox has one @; a local part that holds another must be quoted");
  return malformed(
      "the local part holds a character that must be quoted (RFC 5321 s4.1.2, Dot-string)");
}

// What a quoted string means: its octets without quotes and backslashes.
struct Unquoted {
  std::string content;
  std::size_t size = 0;  // octets read, both quotes included
};

// RFC 5321 s4.1.2 Quoted-string at the head of `text`.
Result<Unquoted> read_quoted(std::string_view text) {
  Unquoted out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      out.size = i + 1;
      return out;
    }
    if (c == '\\') {
      if (++i == text.size()) break;
      c = text[i];
      if ((c & 0x80) != 0)
        return malformed("a backslash in the local part may only quote an ASCII character");
    }
    out.content += c;
  }
  return malformed("the quoted local part has no closing quote");
}

// One spelling per local part: quotes only where needed, backslashes only before `"` and `\`.
std::string spell(std::string_view content) {
  if (check_dot_string(content)) return std::string(content);
  std::string out = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// Controls of ASCII and of Latin-1, line and paragraph separators: no text is made of them
// (RFC 5321 s4.1.2 for the former, RFC 5198 s2 for the rest).
bool holds_control(std::string_view text) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    ucs4_t code_point = 0;
    const auto size = static_cast<std::size_t>(u8_mbtouc(&code_point, at, left));
    if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x2028 ||
        code_point == 0x2029)
      return true;
    at += size;
    left -= size;
  }
  return false;
}

bool is_nfc(std::string_view text) {
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, Free> normal(
      u8_normalize(UNINORM_NFC, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                   nullptr, &size));
  return normal != nullptr &&
         std::string_view(reinterpret_cast<const char*>(normal.get()), size) == text;
}

Result<DomainName> parse_domain(std::string_view domain) {
  if (domain.empty())
    return malformed("nothing stands behind the @: a mailbox needs a domain (RFC 5321 s4.1.2)");
  if (domain.front() == '[')
    return malformed(
        "the mailbox has an address literal in brackets instead of a domain; only mailboxes under "
        "a domain name can be certified");
  if (domain.back() == '.')
    return malformed("the domain of a mailbox has no trailing dot (RFC 5321 s4.1.2)");
  if (looks_like_wildcard(domain))
    return malformed("there are no wildcard mailboxes: the domain of a mailbox is one name");
  if (domain.find('@') != std::string_view::npos)
    return malformed("a mailbox has one @; a local part that holds another must be quoted");
  auto parsed = DomainName::parse(domain);
  if (!parsed)
    return fail(parsed.error().code, "in the domain of the mailbox: " + parsed.error().message);
  return parsed;
}

struct Split {
  std::string local_part;
  std::string_view domain;
};

Result<Split> split(std::string_view text) {
  if (text.front() == '"') {
    auto unquoted = read_quoted(text);
    if (!unquoted) return fail(unquoted.error());
    if (unquoted->size == text.size() || text[unquoted->size] != '@')
      return malformed("an @ and a domain must follow the quoted local part");
    return Split{spell(unquoted->content), text.substr(unquoted->size + 1)};
  }
  if (looks_like_wildcard(text) && text.find('@') == std::string_view::npos)
    return malformed("a wildcard name is not a mailbox; S/MIME certificates name mailboxes");
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos)
    return malformed("there is no @: a mailbox has the form local-part@domain");
  const std::string_view local = text.substr(0, at);
  if (auto done = check_dot_string(local); !done) return fail(done.error());
  return Split{std::string(local), text.substr(at + 1)};
}

}  // namespace

Result<MailboxAddress> MailboxAddress::parse(std::string_view text) {
  if (text.empty()) return malformed("a mailbox is empty");
  if (text.size() > kInputSizeMax)
    return malformed(
        fmt::format("a mailbox has at most {} octets; this one has {} "
                    "(RFC 5321 s4.5.3.1.3)",
                    kMailboxSizeMax, text.size()));
  if (!is_utf8(text)) return malformed("a mailbox must be UTF-8 (RFC 6532 s3.2)");
  if (holds_control(text)) return malformed("a mailbox holds no control characters");
  auto parts = split(text);
  if (!parts) return fail(parts.error());
  std::string& local = parts->local_part;
  if (local.size() > kLocalPartSizeMax)
    return malformed(
        fmt::format("a local part has at most {} octets; this one has {} "
                    "(RFC 5321 s4.5.3.1.1)",
                    kLocalPartSizeMax, local.size()));
  if (!is_nfc(local))
    return malformed(
        "the local part is not in Unicode Normalization Form C (RFC 6532 s3.1): its spelling "
        "would be ambiguous");
  auto domain = parse_domain(parts->domain);
  if (!domain) return fail(domain.error());
  if (const std::size_t size = local.size() + 1 + domain->text().size(); size > kMailboxSizeMax)
    return malformed(
        fmt::format("a mailbox has at most {} octets; this one has {} "
                    "(RFC 5321 s4.5.3.1.3)",
                    kMailboxSizeMax, size));
  const bool needs_smtputf8 = !is_ascii(local);
  return MailboxAddress(std::move(local), std::move(*domain), needs_smtputf8);
}

}  // namespace parallax::names
