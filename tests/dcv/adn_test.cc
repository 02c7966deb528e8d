// SPDX-License-Identifier: Apache-2.0
#include "dcv/adn.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace parallax::dcv {
namespace {

using names::DomainName;
using State = AdnDerivation::State;
using M = rules::ControlMethod;

constexpr const char* kList = R"(// VERSION: 2026-11-01_08-00-00_UTC
// ===BEGIN ICANN DOMAINS===
com
net
uk
co.uk
jp
*.kawasaki.jp
!city.kawasaki.jp
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
pages.com
// ===END PRIVATE DOMAINS===
)";

names::PublicSuffixList load_list() {
  std::string folder = (std::filesystem::temp_directory_path() / "adn-XXXXXX").string();
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/list.dat";
  std::ofstream(path) << kList;
  auto list = names::PublicSuffixList::load(path).value();
  std::filesystem::remove_all(folder);
  return list;
}

const names::PublicSuffixList& suffixes() {
  static const names::PublicSuffixList kLoaded = load_list();
  return kLoaded;
}

DomainName name(std::string_view text) {
  return DomainName::parse(text, names::Underscores::allow).value();
}

rules::MethodRule method(M method) {
  return *rules::method_rule(method, rules::TargetKind::domain, parse_date("2026-11-22").value());
}

std::vector<DomainName> names_of(const std::vector<std::string>& texts) {
  std::vector<DomainName> out;
  for (const auto& text : texts) out.push_back(name(text));
  return out;
}

// "a -cname-> b -prune-> c".
std::string text_of(const AdnDerivation& way) {
  std::string out;
  for (std::size_t i = 0; i < way.path.size(); ++i) {
    if (i > 0) out += way.steps.at(i - 1) == AdnStep::cname ? " -cname-> " : " -prune-> ";
    out += way.path[i].text();
  }
  return out;
}

struct Beginning {
  const char* name;
  const char* applied_for;
  bool wildcard;
  const char* wanted;  // nullptr: none
  M method;
  State state;
  const char* text;  // the path, or a part of the reason
};

void expect(std::span<const Beginning> cases) {
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto wanted = c.wanted == nullptr ? std::nullopt : std::optional(name(c.wanted));
    const auto way =
        begin_derivation(name(c.applied_for), c.wildcard, wanted, method(c.method), suffixes());
    EXPECT_EQ(way.state, c.state);
    if (c.state == State::unreachable) {
      EXPECT_NE(way.reason.find(c.text), std::string::npos) << way.reason;
      EXPECT_TRUE(way.path.empty());
    } else {
      EXPECT_EQ(text_of(way), c.text);
      EXPECT_TRUE(way.reason.empty());
    }
  }
}

TEST(BeginDerivation, PrunesDownToTheBaseDomainName) {
  constexpr Beginning kCases[] = {
      {"the name itself", "a.example.com", false, nullptr, M::acme_http, State::reached,
       "a.example.com"},
      {"the name itself, said", "a.example.com", false, "a.example.com", M::acme_http,
       State::reached, "a.example.com"},
      {"pruned once", "a.example.com", false, "example.com", M::dns_change, State::reached,
       "a.example.com -prune-> example.com"},
      {"pruned to the middle", "a.b.c.example.co.uk", false, "c.example.co.uk", M::dns_account,
       State::reached, "a.b.c.example.co.uk -prune-> b.c.example.co.uk -prune-> c.example.co.uk"},
      {"private suffixes do not stop it", "a.me.pages.com", false, "pages.com", M::dns_change,
       State::reached, "a.me.pages.com -prune-> me.pages.com -prune-> pages.com"},
      {"exception of the list", "a.city.kawasaki.jp", false, "city.kawasaki.jp", M::dns_change,
       State::reached, "a.city.kawasaki.jp -prune-> city.kawasaki.jp"},
      {"above the exception", "a.city.kawasaki.jp", false, "kawasaki.jp", M::dns_persistent,
       State::unreachable, "kawasaki.jp lies above the Base Domain Name city.kawasaki.jp"},
      {"a public suffix", "a.example.co.uk", false, "co.uk", M::dns_persistent, State::unreachable,
       "co.uk lies above the Base Domain Name example.co.uk"},
      {"a top-level domain", "a.example.com", false, "com", M::dns_account, State::unreachable,
       "com lies above the Base Domain Name example.com"},
      {"from a public suffix", "co.uk", false, "uk", M::dns_account, State::unreachable,
       "co.uk is a public suffix and has no Base Domain Name"},
      {"a public suffix applied for", "co.uk", false, nullptr, M::dns_account, State::reached,
       "co.uk"},
  };
  expect(kCases);
}

TEST(BeginDerivation, AllowsWhatTheMethodDoes) {
  constexpr Beginning kCases[] = {
      {"http shows the very name", "a.example.com", false, "example.com", M::acme_http,
       State::unreachable, "the very name"},
      {"tls-alpn shows the very name", "a.example.com", false, "example.com", M::acme_tls_alpn,
       State::unreachable, "the very name"},
      {"website shows the very name", "a.example.com", false, "example.com", M::website_change,
       State::unreachable, "the very name"},
      {"another domain by CNAME", "a.example.com", false, "b.example.net", M::dns_change,
       State::needs_cname, "a.example.com"},
      {"a sibling by CNAME", "a.example.com", false, "b.example.com", M::acme_dns,
       State::needs_cname, "a.example.com"},
      {"a child by CNAME", "example.com", false, "a.example.com", M::contact_email_txt,
       State::needs_cname, "example.com"},
      {"a lookalike is no parent", "a.badexample.com", false, "example.com", M::dns_persistent,
       State::unreachable, "example.com is neither a.badexample.com nor a parent"},
      {"no CNAME for dns-account", "a.example.com", false, "b.example.net", M::dns_account,
       State::unreachable, "neither"},
      {"no CNAME for the persistent record", "a.example.com", false, "b.example.net",
       M::dns_persistent, State::unreachable, "neither"},
      {"no CNAME for http", "a.example.com", false, "b.example.net", M::acme_http,
       State::unreachable, "neither"},
  };
  expect(kCases);
}

TEST(BeginDerivation, KnowsWildcardsAndDomainContacts) {
  constexpr Beginning kCases[] = {
      {"wildcard, itself", "example.com", true, nullptr, M::acme_dns, State::reached,
       "example.com"},
      {"wildcard, pruned", "a.example.com", true, "example.com", M::dns_change, State::reached,
       "a.example.com -prune-> example.com"},
      {"wildcard takes no CNAME", "a.example.com", true, "b.example.net", M::dns_change,
       State::unreachable, "a wildcard name takes no CNAME step"},
      {"wildcard with http", "example.com", true, nullptr, M::acme_http, State::unreachable,
       "cannot show control for the wildcard name *.example.com"},
      {"wildcard with tls-alpn", "example.com", true, "example.com", M::acme_tls_alpn,
       State::unreachable, "(TLS BR 3.2.2.4.20) cannot"},
      {"domain contact goes to the base", "a.b.example.com", false, nullptr, M::domain_contact,
       State::reached, "a.b.example.com -prune-> b.example.com -prune-> example.com"},
      {"domain contact of a part", "a.b.example.com", false, "b.example.com", M::domain_contact,
       State::unreachable, "is about the Base Domain Name example.com, not about b.example.com"},
      {"domain contact of a suffix", "co.uk", false, nullptr, M::domain_contact, State::unreachable,
       "co.uk is a public suffix and has no"},
  };
  expect(kCases);
}

struct Ending {
  const char* name;
  std::vector<std::string> aliases;
  const char* wanted;
  M method;
  const char* text;  // the path, or a part of the reason
};

AdnDerivation end_of(const Ending& c) {
  return end_derivation(names_of(c.aliases), name(c.wanted), method(c.method), suffixes());
}

TEST(EndDerivation, LeadsOverTheCnamesThatWereFollowed) {
  const Ending cases[] = {
      {"one step",
       {"a.example.com", "b.example.net"},
       "b.example.net",
       M::dns_change,
       "a.example.com -cname-> b.example.net"},
      {"one step, then pruned",
       {"a.example.com", "x.b.example.net"},
       "example.net",
       M::dns_change,
       "a.example.com -cname-> x.b.example.net -prune-> b.example.net -prune-> example.net"},
      {"two steps",
       {"a.example.com", "b.example.net", "c.example.co.uk"},
       "c.example.co.uk",
       M::acme_dns,
       "a.example.com -cname-> b.example.net -cname-> c.example.co.uk"},
      {"stops where it stands below the name wanted",
       {"a.example.com", "b.example.net", "c.example.co.uk"},
       "example.net",
       M::dns_change,
       "a.example.com -cname-> b.example.net -prune-> example.net"},
      {"no step needed",
       {"a.example.com"},
       "example.com",
       M::dns_change,
       "a.example.com -prune-> example.com"},
      {"underscored targets",
       {"a.example.com", "_x.b.example.net"},
       "b.example.net",
       M::dns_change,
       "a.example.com -cname-> _x.b.example.net -prune-> b.example.net"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto way = end_of(c);
    EXPECT_EQ(way.state, State::reached) << way.reason;
    EXPECT_EQ(text_of(way), c.text);
  }
}

TEST(EndDerivation, SaysWhyTheyDoNotLeadThere) {
  const Ending cases[] = {
      {"the base is the current name's",
       {"a.example.com", "b.example.co.uk"},
       "co.uk",
       M::dns_change,
       "co.uk lies above the Base Domain Name example.co.uk"},
      {"nothing was followed",
       {"a.example.com"},
       "example.net",
       M::dns_change,
       "no CNAME record leads away"},
      {"elsewhere",
       {"a.example.com", "b.example.net"},
       "c.example.net",
       M::dns_change,
       "c.example.net is neither b.example.net nor a parent of it (1 CNAME step from "
       "a.example.com)"},
      {"no CNAME after pruning",  // example.com -> b.example.net is no way for a.example.com
       {"a.example.com", "c.example.co.uk"},
       "b.example.net",
       M::dns_change,
       "neither"},
      {"a method without CNAME",
       {"a.example.com", "b.example.net"},
       "b.example.net",
       M::dns_persistent,
       "dns-persistent (TLS BR 3.2.2.4.22) allows no CNAME step"},
      {"a circle",
       {"a.example.com", "b.example.net", "a.example.com"},
       "b.example.net",
       M::dns_change,
       "circle"},
      {"nothing reported", {}, "b.example.net", M::dns_change, "no name"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto way = end_of(c);
    EXPECT_EQ(way.state, State::unreachable);
    EXPECT_NE(way.reason.find(c.text), std::string::npos) << way.reason;
  }
}

TEST(EndDerivation, TakesSoManyCnamesAndNoMore) {
  for (const std::size_t steps : {kCnameStepsMax, kCnameStepsMax + 1}) {
    std::vector<DomainName> aliases;
    for (std::size_t i = 0; i <= steps; ++i)
      aliases.push_back(name("n" + std::to_string(i) + ".example.com"));
    const auto way = end_derivation(aliases, aliases.back(), method(M::dns_change), suffixes());
    EXPECT_EQ(way.state == State::reached, steps == kCnameStepsMax) << steps;
  }
}

rc::Gen<DomainName> any_name() {
  return rc::gen::exec([] {
    std::string text;
    const auto labels = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
    for (std::size_t i = 0; i < std::min<std::size_t>(labels.size(), 4); ++i)
      text += std::string(1, static_cast<char>('a' + labels[i])) + ".";
    return name(text + *rc::gen::element<std::string>("com", "co.uk", "uk", "city.kawasaki.jp",
                                                      "x.kawasaki.jp", "kawasaki.jp", "unlisted"));
  });
}

rc::Gen<rules::MethodRule> any_method() {
  return rc::gen::map(
      rc::gen::element(M::dns_change, M::acme_dns, M::dns_account, M::dns_persistent, M::acme_http,
                       M::acme_tls_alpn, M::website_change, M::contact_email_caa,
                       M::constructed_email, M::domain_contact),
      [](M each) { return method(each); });
}

// What holds of every way that reached its end.
void require_sound(const AdnDerivation& way, const rules::MethodRule& row) {
  RC_ASSERT(way.path.size() == way.steps.size() + 1);
  RC_ASSERT(way.reason.empty());
  const auto first_prune = std::ranges::find(way.steps, AdnStep::prune);
  RC_ASSERT(std::find(first_prune, way.steps.end(), AdnStep::cname) == way.steps.end());
  RC_ASSERT(row.prune || first_prune == way.steps.end());
  RC_ASSERT(row.cname || std::ranges::count(way.steps, AdnStep::cname) == 0);
  if (first_prune == way.steps.end()) return;
  const auto at = static_cast<std::size_t>(first_prune - way.steps.begin());
  const auto base = suffixes().base_domain(way.path[at]);
  RC_ASSERT(base.has_value());
  for (std::size_t i = at; i < way.path.size(); ++i) {
    RC_ASSERT(way.path[i].is_at_or_below(*base));
    RC_ASSERT(!suffixes().is_public_suffix(way.path[i]));
    if (i > at) RC_ASSERT(way.path[i - 1].parent() == way.path[i]);
  }
}

RC_GTEST_PROP(BeginDerivation, PrunesWithinTheBaseDomainAndDoesNothingElse, ()) {
  const auto applied_for = *any_name();
  const auto row = *any_method();
  const bool wildcard = *rc::gen::arbitrary<bool>();
  auto wanted = *rc::gen::element(std::optional<DomainName>(), std::optional(*any_name()),
                                  std::optional(applied_for), applied_for.parent());
  const auto way = begin_derivation(applied_for, wildcard, wanted, row, suffixes());
  if (way.state == State::unreachable) {
    RC_ASSERT(way.path.empty() && !way.reason.empty());
    return;
  }
  RC_ASSERT(row.wildcard || !wildcard);
  RC_ASSERT(way.path.front() == applied_for);
  RC_ASSERT(std::ranges::count(way.steps, AdnStep::cname) == 0);
  if (way.state == State::needs_cname) {
    RC_ASSERT(!wildcard && row.cname && wanted.has_value());
    RC_ASSERT(way.path.size() == 1U && way.steps.empty());
    return;
  }
  require_sound(way, row);
  if (row.method == M::domain_contact)
    RC_ASSERT(way.path.back() == *suffixes().base_domain(applied_for));
  else
    RC_ASSERT(way.path.back() == wanted.value_or(applied_for));
}

RC_GTEST_PROP(EndDerivation, FollowsThenPrunesAndEndsAtTheNameWanted, ()) {
  std::vector<DomainName> aliases = *rc::gen::container<std::vector<DomainName>>(any_name());
  if (aliases.size() > 12) aliases.resize(12, aliases.front());
  const auto row = *any_method();
  DomainName wanted = *any_name();
  if (!aliases.empty() && *rc::gen::arbitrary<bool>()) {
    wanted = aliases[*rc::gen::inRange<std::size_t>(0, aliases.size())];
    if (*rc::gen::arbitrary<bool>()) wanted = wanted.parent().value_or(wanted);
  }
  const auto way = end_derivation(aliases, wanted, row, suffixes());
  RC_ASSERT(way.state != State::needs_cname);
  if (way.state == State::unreachable) {
    RC_ASSERT(way.path.empty() && way.steps.empty() && !way.reason.empty());
    return;
  }
  require_sound(way, row);
  RC_ASSERT(way.path.back() == wanted);
  const auto cnames = static_cast<std::size_t>(std::ranges::count(way.steps, AdnStep::cname));
  RC_ASSERT(cnames <= kCnameStepsMax && cnames < aliases.size());
  for (std::size_t i = 0; i <= cnames; ++i) RC_ASSERT(way.path[i] == aliases[i]);
  RC_ASSERT(std::set<DomainName>(aliases.begin(), aliases.end()).size() == aliases.size());
}

// Both agree where no CNAME needs to be followed.
RC_GTEST_PROP(EndDerivation, WithoutCnamesIsTheBeginning, ()) {
  const auto applied_for = *any_name();
  auto row = *any_method();
  RC_PRE(row.method != M::domain_contact);
  const auto wanted = *any_name();
  const auto began = begin_derivation(applied_for, false, wanted, row, suffixes());
  const auto ended = end_derivation({applied_for}, wanted, row, suffixes());
  RC_ASSERT((began.state == State::reached) == (ended.state == State::reached));
  if (began.state == State::reached)
    RC_ASSERT(began.path == ended.path && began.steps == ended.steps);
}

}  // namespace
}  // namespace parallax::dcv
