// SPDX-License-Identifier: Apache-2.0
#include "names/certificate_name.h"

#include <algorithm>

#include <fmt/format.h>

#include "names/quoted.h"

namespace parallax::names {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

bool is_at_or_below(const DomainName& name, std::string_view ancestor) {
  const std::string& text = name.text();
  if (!text.ends_with(ancestor)) return false;
  const std::size_t front = text.size() - ancestor.size();
  return front == 0 || text[front - 1] == '.';
}

constexpr std::string_view kReverseZones[] = {"in-addr.arpa", "ip6.arpa"};

// Kept from the DNS for good: localhost and invalid (RFC 6761), local (RFC 6762), home.arpa
// (RFC 8375), alt (RFC 9476), internal (ICANN board, 2024-07-29). `test` and `example` are not
// here: the root proves that they do not exist, and test networks delegate them.
constexpr std::string_view kSpecialUse[] = {"localhost", "invalid",   "local",
                                            "alt",       "home.arpa", "internal"};

tl::unexpected<Error> forbidden(std::string sentence, std::string rule) {
  return fail(Error{ErrorCode::forbidden, std::move(sentence), {{"rule", std::move(rule)}}});
}

// Which clause a refusal stands on: TLS BR 4.2.2 speaks of TLS names; extending it to the domains
// of mailboxes is a house rule.
std::string clause(bool mailbox) {
  return mailbox ? "TLS BR 4.2.2, by house rule for mailboxes too" : "TLS BR 4.2.2";
}

Status check_domain(const DomainName& name, bool mailbox) {
  const std::string shown = quoted(name.text());
  switch (classify(name)) {
    case DomainClass::single_label:
      return forbidden(fmt::format("{} is a single label, an Internal Name: certificates are only "
                                   "issued for names below a top-level domain ({})",
                                   shown, clause(mailbox)),
                       "TLS BR 4.2.2");
    case DomainClass::reverse_zone:
      return forbidden(fmt::format("{} lies in the reverse zones in-addr.arpa or ip6.arpa, for "
                                   "which certificates are never issued ({})",
                                   shown, clause(mailbox)),
                       "TLS BR 4.2.2");
    case DomainClass::special_use:
      return forbidden(
          fmt::format(
              "{} is an Internal Name: {} is reserved and is no part of the "
              "public DNS ({})",
              shown,
              quoted(name.top_level().text() == "arpa" ? "home.arpa" : name.top_level().text()),
              clause(mailbox)),
          "TLS BR 4.2.2");
    case DomainClass::onion:
    case DomainClass::ordinary: return {};
  }
  return {};
}

// TLS BR 7.1.2.7.12: each label of a dNSName is a P-Label or a Non-Reserved LDH Label.
Status check_tls_labels(const DomainName& name) {
  for (const std::string_view label : name.labels()) {
    if (label.find('_') != std::string_view::npos)
      return forbidden(fmt::format("the label {} holds an underscore, which no dNSName may "
                                   "(TLS BR 7.1.2.7.12)",
                                   quoted(label)),
                       "TLS BR 7.1.2.7.12");
    if (label.size() >= 4 && label.substr(2, 2) == "--" && !label.starts_with("xn"))
      return forbidden(fmt::format("the label {} has hyphens in its third and fourth place and is "
                                   "no A-label: reserved (RFC 5890 s2.3.1), so no dNSName may "
                                   "hold it (TLS BR 7.1.2.7.12)",
                                   quoted(label)),
                       "TLS BR 7.1.2.7.12");
  }
  return {};
}

Status check_tls(const DomainName& name) {
  if (auto done = check_domain(name, false); !done) return done;
  return check_tls_labels(name);
}

Status check_wildcard(const WildcardName& name, const PublicSuffixList& suffixes) {
  // Asked first: `*.com` is better told about its public suffix than about a single label.
  if (classify(name.base()) != DomainClass::onion && suffixes.is_public_suffix(name.base()))
    return forbidden(fmt::format("{} stands directly over the public suffix {}: such a wildcard "
                                 "would cover names of many owners (TLS BR 3.2.2.6)",
                                 quoted(name.text()), quoted(name.base().text())),
                     "TLS BR 3.2.2.6");
  return check_tls(name.base());
}

Status check_address(const IpAddress& address) {
  const std::string_view purpose = address.special_purpose();
  if (purpose.empty()) return {};
  return forbidden(fmt::format("{} is a Reserved IP Address, {}: certificates are never issued "
                               "for it (TLS BR 4.2.2)",
                               address.text(), purpose),
                   "TLS BR 4.2.2");
}

Result<DomainName> caa_domain_of(const DomainName& name) {
  if (classify(name) == DomainClass::onion)
    return fail(ErrorCode::unsupported,
                fmt::format("CAA does not apply to {}: onion names are not in the DNS (TLS BR "
                            "Appendix B)",
                            quoted(name.text())));
  return name;
}

}  // namespace

std::string text_of(const CertificateName& name) {
  return std::visit([](const auto& each) { return each.text(); }, name);
}

DomainClass classify(const DomainName& name) {
  const auto lies_under = [&](std::string_view ancestor) { return is_at_or_below(name, ancestor); };
  if (name.label_count() == 1) return DomainClass::single_label;
  if (std::any_of(std::begin(kReverseZones), std::end(kReverseZones), lies_under))
    return DomainClass::reverse_zone;
  if (lies_under("onion")) return DomainClass::onion;
  if (std::any_of(std::begin(kSpecialUse), std::end(kSpecialUse), lies_under))
    return DomainClass::special_use;
  return DomainClass::ordinary;
}

Status check_certifiable(const CertificateName& name, const PublicSuffixList& suffixes) {
  return std::visit(
      Overloaded{
          [](const DomainName& domain) { return check_tls(domain); },
          [&](const WildcardName& wildcard) { return check_wildcard(wildcard, suffixes); },
          [](const MailboxAddress& mailbox) { return check_domain(mailbox.domain(), true); },
          [](const IpAddress& address) { return check_address(address); },
      },
      name);
}

Result<DomainName> caa_domain(const CertificateName& name) {
  return std::visit(
      Overloaded{
          [](const DomainName& domain) { return caa_domain_of(domain); },
          [](const WildcardName& wildcard) { return caa_domain_of(wildcard.base()); },
          [](const MailboxAddress& mailbox) { return caa_domain_of(mailbox.domain()); },
          [](const IpAddress& address) -> Result<DomainName> {
            return fail(ErrorCode::unsupported,
                        fmt::format("CAA does not apply to the IP address {}: it is defined for "
                                    "domain names only (RFC 8659 s1)",
                                    address.text()));
          },
      },
      name);
}

}  // namespace parallax::names
