// SPDX-License-Identifier: Apache-2.0
#include "names/domain_name.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "names/idna.h"
#include "names/quoted.h"

namespace parallax::names {
namespace {

// Four full A-labels decode to fewer octets of UTF-8 than this; more is refused unread.
constexpr std::size_t kInputSizeMax = 1024;

tl::unexpected<Error> malformed(std::string sentence) {
  return fail(ErrorCode::malformed, std::move(sentence));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ldh(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; }
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void lower(std::string& text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

// UTS 46 maps these to the full stop, so they separate labels too.
std::string with_ascii_dots(std::string_view text) {
  static constexpr std::string_view kDots[] = {"\u3002", "\uFF0E", "\uFF61"};
  std::string out;
  while (!text.empty()) {
    const auto* dot = std::find_if(std::begin(kDots), std::end(kDots),
                                   [&](std::string_view d) { return text.starts_with(d); });
    if (dot == std::end(kDots)) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += '.';
      text.remove_prefix(dot->size());
    }
  }
  return out;
}

tl::unexpected<Error> bad_character(std::string_view label, char c) {
  if (c == '*')
    return malformed(
        "an asterisk may only stand as the whole leftmost label, and only where wildcard names "
        "are accepted");
  if (c == '_')
    return malformed(
        fmt::format("the label {} holds an underscore, which is not allowed here", quoted(label)));
  return malformed(fmt::format(
      "the label {} holds {}; only letters, digits and inner hyphens may stand in a domain name",
      quoted(label), quoted(std::string_view(&c, 1))));
}

// RFC 1035 s2.3.1 with RFC 1123 s2.1, and RFC 5890 s2.3.2.1 for `xn--`; `label` in lower case.
Status check_ascii_label(std::string_view label, Underscores underscores) {
  if (label.empty()) return malformed("a label is empty: two dots in a row, or one in front");
  if (label.size() > kLabelSizeMax)
    return malformed(fmt::format("the label {} has {} octets; {} is the most (RFC 1035 s2.3.4)",
                                 quoted(label), label.size(), kLabelSizeMax));
  for (const char c : label)
    if (!is_ldh(c) && !(c == '_' && underscores == Underscores::allow))
      return bad_character(label, c);
  if (label.front() == '-' || label.back() == '-')
    return malformed(fmt::format("the label {} begins or ends with a hyphen", quoted(label)));
  if (label.starts_with("xn--")) return idna::check_alabel(label);
  return {};
}

Result<std::string> canonical_label(std::string_view label, Underscores underscores) {
  std::string ascii(label);
  if (!is_ascii(label)) {
    auto made = idna::to_ascii_label(label);
    if (!made) return made;
    ascii = std::move(*made);
    if (ascii.empty())
      return malformed(fmt::format("the label {} holds nothing that can be seen", quoted(label)));
  }
  lower(ascii);
  if (auto done = check_ascii_label(ascii, underscores); !done) return fail(done.error());
  return ascii;
}

// True for what inet_aton reads as a number: such a name could be taken for an IPv4 address.
bool is_number(std::string_view label) {
  if (label.starts_with("0x"))
    return std::all_of(label.begin() + 2, label.end(),
                       [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  return std::all_of(label.begin(), label.end(), is_digit);
}

Status check_top_level(const DomainName& name) {
  const auto labels = name.labels();
  if (!is_number(labels.back())) return {};
  if (std::all_of(labels.begin(), labels.end(), is_number))
    return malformed(
        fmt::format("{} looks like an IPv4 address, not a domain name", quoted(name.text())));
  return malformed(fmt::format("the top-level domain {} is a number; there is none (RFC 3696 s2)",
                               quoted(labels.back())));
}

// Refusals that say what the text is instead of what octet is wrong with it.
Status check_shape(std::string_view text) {
  if (text.empty()) return malformed("a domain name is empty");
  if (!is_utf8(text)) return malformed("a domain name must be UTF-8");
  if (text.size() > kInputSizeMax || (is_ascii(text) && text.size() > kDomainNameSizeMax + 1))
    return malformed(
        fmt::format("a domain name has at most {} octets; this one has {} "
                    "(RFC 1035 s2.3.4)",
                    kDomainNameSizeMax, text.size()));
  if (text == ".") return malformed("the root of the DNS is not a name to certify");
  if (text.find("://") != std::string_view::npos)
    return malformed(fmt::format("{} looks like a URL, not a domain name", quoted(text)));
  if (text.find('@') != std::string_view::npos)
    return malformed("this looks like a mailbox, not a domain name: it holds an @");
  if (text.front() == '[' || text.find(':') != std::string_view::npos)
    return malformed(fmt::format(
        "{} holds a colon or bracket: it looks like an IPv6 address or a port", quoted(text)));
  return {};
}

}  // namespace

Result<DomainName> DomainName::parse(std::string_view text, Underscores underscores) {
  if (auto done = check_shape(text); !done) return fail(done.error());
  const std::string dotted = with_ascii_dots(text);
  std::string_view rest = dotted;
  if (rest.back() == '.') rest.remove_suffix(1);
  std::string canonical;
  while (true) {
    const std::size_t dot = rest.find('.');
    auto label = canonical_label(rest.substr(0, dot), underscores);
    if (!label) return fail(label.error());
    canonical += *label;
    if (dot == std::string_view::npos) break;
    canonical += '.';
    rest.remove_prefix(dot + 1);
  }
  if (canonical.size() > kDomainNameSizeMax)
    return malformed(
        fmt::format("a domain name has at most {} octets; this one has {} as "
                    "A-labels (RFC 1035 s2.3.4)",
                    kDomainNameSizeMax, canonical.size()));
  DomainName name(std::move(canonical));
  if (auto done = check_top_level(name); !done) return fail(done.error());
  return name;
}

std::size_t DomainName::label_count() const {
  return static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.')) + 1;
}

std::vector<std::string_view> DomainName::labels() const {
  std::vector<std::string_view> out;
  std::string_view rest = text_;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    out.push_back(rest.substr(0, dot));
    rest.remove_prefix(dot + 1);
  }
  out.push_back(rest);
  return out;
}

std::optional<DomainName> DomainName::parent() const {
  const std::size_t dot = text_.find('.');
  if (dot == std::string::npos) return std::nullopt;
  return DomainName(text_.substr(dot + 1));
}

DomainName DomainName::top_level() const {
  const std::size_t dot = text_.rfind('.');
  return dot == std::string::npos ? *this : DomainName(text_.substr(dot + 1));
}

bool DomainName::is_at_or_below(const DomainName& ancestor) const {
  if (!text_.ends_with(ancestor.text_)) return false;
  const std::size_t front = text_.size() - ancestor.text_.size();
  return front == 0 || text_[front - 1] == '.';
}

Result<DomainName> DomainName::with_label(std::string_view label) const {
  if (label.size() > kInputSizeMax || !is_utf8(label))
    return malformed(fmt::format("{} is not a label", quoted(label)));
  auto canonical = canonical_label(label, Underscores::allow);
  if (!canonical) return fail(canonical.error());
  std::string longer = *canonical + "." + text_;
  if (longer.size() > kDomainNameSizeMax)
    return malformed(
        fmt::format("with {} in front the name would have {} octets; {} is the most "
                    "(RFC 1035 s2.3.4)",
                    quoted(label), longer.size(), kDomainNameSizeMax));
  return DomainName(std::move(longer));
}

std::string DomainName::unicode() const { return idna::to_unicode(text_).value_or(text_); }

Result<WildcardName> WildcardName::parse(std::string_view text) {
  if (!looks_like_wildcard(text))
    return malformed(
        fmt::format("{} is not a wildcard name: it must begin with \"*.\"", quoted(text)));
  auto base = DomainName::parse(text.substr(2));
  if (!base) return fail(base.error());
  if (base->text().size() + 2 > kDomainNameSizeMax)
    return malformed(fmt::format("a wildcard name has at most {} octets; this one has {}",
                                 kDomainNameSizeMax, base->text().size() + 2));
  return WildcardName(std::move(*base));
}

bool looks_like_wildcard(std::string_view text) { return text.starts_with("*."); }

}  // namespace parallax::names
