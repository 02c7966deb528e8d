// SPDX-License-Identifier: Apache-2.0
// What may show control of which name on which day.
#include "orders/plan_control.h"

#include <gmock/gmock.h>

#include "orders/control_samples.h"

namespace parallax::orders {
namespace {

using rules::ControlMethod;
using test::dns_change;
using test::dns_name;
using test::http_01;
using testing::HasSubstr;

names::CertificateName any_name(std::string_view text) {
  if (text.starts_with("*.")) return names::WildcardName::parse(text).value();
  if (text.find('@') != std::string_view::npos) return names::MailboxAddress::parse(text).value();
  if (const auto address = names::IpAddress::parse(text)) return *address;
  return names::DomainName::parse(text).value();
}

Result<ControlPlan> plan(std::string_view name, const ControlRequest& request,
                         std::string_view at = "2026-11-22T12:00:00Z",
                         bool refuse_discouraged = false, bool registrar = false) {
  return plan_control(any_name(name), request, parse_instant(at).value(),
                      {false, true, refuse_discouraged, &test::suffixes(), registrar});
}

ControlRequest with_adn(ControlRequest request, std::string_view adn) {
  request.check->adn = dns_name(adn);
  return request;
}

ControlRequest of_mail_server(ControlRequest request, std::string_view domain) {
  request.check->mail_server = dcv::MailServerOf{dns_name(domain), std::nullopt};
  return request;
}

ControlRequest by_caller(ControlMethod method, const char* adn = nullptr) {
  ControlRequest request{.method = method};
  if (adn != nullptr) request.adn = dns_name(adn);
  return request;
}

ControlRequest by_contact(std::string_view confirmed_at) {
  ControlRequest request = dns_change("example.com");
  request.method = request.check->method = ControlMethod::contact_email_txt;
  request.check->challenge = dcv::ContactValue{"a@example.com"};
  request.confirmed_at = parse_instant(confirmed_at).value();
  return request;
}

TEST(PlanControl, Refuses) {
  struct Case {
    const char* title;
    std::string name;
    ControlRequest request;
    ErrorCode code;
    std::string says;
  };
  for (const Case& each : {
           Case{"WildcardByHttp", "*.example.com", http_01(dns_name("example.com")),
                ErrorCode::forbidden, "wildcard"},
           Case{"RetiredIpAddress", "example.com", by_caller(ControlMethod::ip_address),
                ErrorCode::forbidden, "2026-03-15"},
           Case{"MethodOfAnotherTarget", "192.0.2.1", by_caller(ControlMethod::mailbox_email),
                ErrorCode::unsupported, "shows no control"},
           Case{"AdnBesideTheName", "www.example.com",
                with_adn(http_01(dns_name("www.example.com")), "example.org"), ErrorCode::forbidden,
                "example.org"},
           Case{"AdnBelowTheName", "example.com",
                with_adn(http_01(dns_name("example.com")), "www.example.com"), ErrorCode::forbidden,
                "www.example.com"},
           Case{"AdnAboveTheBaseDomain", "www.example.com",
                with_adn(dns_change("www.example.com"), "com"), ErrorCode::forbidden, "com"},
           Case{"HttpDoesNotPrune", "www.example.com",
                with_adn(http_01(dns_name("www.example.com")), "example.com"), ErrorCode::forbidden,
                "example.com"},
           Case{"NothingToLookFor", "example.com", by_caller(ControlMethod::dns_change),
                ErrorCode::malformed, "what to look for"},
           Case{"PublicSuffixBehindAnAddress", "9.9.9.9", test::reverse_lookup("9.9.9.9", "co.uk"),
                ErrorCode::forbidden, "public suffix"},
           Case{"ReverseZoneBehindAnAddress", "9.9.9.9",
                test::reverse_lookup("9.9.9.9", "9.9.9.9.in-addr.arpa"), ErrorCode::forbidden,
                "reverse zone"},
           Case{"CallersMethodBehindAnAddress", "9.9.9.9",
                test::reverse_lookup("9.9.9.9", "host.example.com",
                                     ControlMethod::constructed_email),
                ErrorCode::unsupported, "no perspective looks"},
           Case{"DomainContactOfACaThatIsNoRegistrar", "example.com",
                by_caller(ControlMethod::domain_contact), ErrorCode::forbidden, "registrar"},
           Case{"CallersAdnBesideTheName", "www.example.com",
                by_caller(ControlMethod::constructed_email, "example.org"), ErrorCode::forbidden,
                "no CNAME record is looked up"},
           Case{"CallersAdnAboveTheBaseDomain", "www.example.com",
                by_caller(ControlMethod::constructed_email, "com"), ErrorCode::forbidden, "com"},
           Case{"CallersAdnBesideAWildcard", "*.example.com",
                by_caller(ControlMethod::constructed_email, "example.org"), ErrorCode::forbidden,
                "no CNAME step"},
           Case{"CallersAdnOfAnAddress", "9.9.9.9",
                by_caller(ControlMethod::ip_contact_email, "example.org"), ErrorCode::malformed,
                "no ADN"},
           Case{"ConfirmationInTheFuture", "example.com", by_contact("2026-11-22T12:02:00Z"),
                ErrorCode::forbidden, "future"},
           Case{"ConfirmationOlderThanItsRandomValueLives", "example.com",
                by_contact("2026-10-23T11:59:59Z"), ErrorCode::forbidden, "30 days"},
           Case{"AdnOfAMailServer", "alice@example.com",
                with_adn(of_mail_server(dns_change("example.com"), "example.com"), "example.com"),
                ErrorCode::malformed, "mail server"},
       }) {
    SCOPED_TRACE(each.title);
    const auto planned = plan(each.name, each.request);
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().code, each.code) << describe(planned.error());
    EXPECT_THAT(describe(planned.error()), HasSubstr(each.says));
  }
}

TEST(PlanControl, PrunesToTheAdnWithoutLooking) {
  const auto planned =
      plan("a.b.example.co.uk", with_adn(dns_change("a.b.example.co.uk"), "example.co.uk"));
  ASSERT_TRUE(planned) << describe(planned.error());
  EXPECT_EQ(planned->derivation.state, dcv::AdnDerivation::State::reached);
  EXPECT_EQ(planned->derivation.path.size(), 3u);
  EXPECT_FALSE(planned->check->follow_cnames);
}

TEST(PlanControl, CnamesAreFollowedOnlyWhereTheWayNeedsThem) {
  const auto at_itself = plan("www.example.com", dns_change("www.example.com"));
  ASSERT_TRUE(at_itself) << describe(at_itself.error());
  EXPECT_FALSE(at_itself->check->follow_cnames);
  const auto wildcard = plan("*.example.com", with_adn(dns_change("example.com"), "example.net"));
  EXPECT_FALSE(wildcard) << "no CNAME step for a wildcard";
}

TEST(PlanControl, DiscouragedMethodsAreMarkedAndCanBeSwitchedOff) {
  const ControlRequest request = by_caller(ControlMethod::constructed_email);
  const auto allowed = plan("example.com", request);
  ASSERT_TRUE(allowed) << describe(allowed.error());
  EXPECT_EQ(allowed->method.standing, rules::MethodStanding::discouraged);
  const auto refused = plan("example.com", request, "2026-11-22T12:00:00Z", true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
}

TEST(PlanControl, TheNameOfAnAddressIsTheAdnAndHasAMethodOfItsOwn) {
  const auto planned = plan("9.9.9.9", test::reverse_lookup("9.9.9.9", "host.example.com"));
  ASSERT_TRUE(planned) << describe(planned.error());
  EXPECT_EQ(planned->derivation.path, std::vector{dns_name("host.example.com")});
  EXPECT_TRUE(planned->derivation.steps.empty());
  ASSERT_TRUE(planned->name_method);
  EXPECT_EQ(planned->name_method->rule.section, "3.2.2.4.7");
  EXPECT_EQ(planned->method.rule.section, "3.2.2.5.3");
}

TEST(PlanControl, TheMethodBehindAnAddressMayBeSwitchedOffToo) {
  ControlRequest request = test::reverse_lookup("9.9.9.9", "host.example.com");
  std::get<dcv::ReverseValue>(request.check->challenge).control =
      dcv::NameControl{ControlMethod::contact_email_txt, dcv::ContactValue{"a@example.com"}};
  const auto allowed = plan("9.9.9.9", request);
  ASSERT_TRUE(allowed) << describe(allowed.error());
  EXPECT_EQ(allowed->name_method->standing, rules::MethodStanding::discouraged);
  EXPECT_FALSE(plan("9.9.9.9", request, "2026-11-22T12:00:00Z", true));
}

TEST(PlanControl, AWildcardAsksTheHashedFormForItsPolicy) {
  dcv::PersistentValue value{.issuers = {dns_name("ca.example")},
                             .account_uri = "https://ca.example/acct/1",
                             .form = dcv::PersistentForm::hashed,
                             .account_hash_prefix = "https://ca.example/h/",
                             .key_thumbprints = {std::string(43, 'A')}};
  ControlRequest request = dns_change("example.com");
  request.method = request.check->method = ControlMethod::dns_persistent;
  request.check->challenge = value;
  for (const auto& [name, wildcard] :
       {std::pair("example.com", false), std::pair("*.example.com", true)}) {
    SCOPED_TRACE(name);
    const auto planned = plan(name, request);
    ASSERT_TRUE(planned) << describe(planned.error());
    EXPECT_EQ(std::get<dcv::PersistentValue>(planned->check->challenge).wildcard, wildcard);
  }
  value.form = dcv::PersistentForm::plain;
  value.account_hash_prefix.clear();
  value.key_thumbprints.clear();
  request.check->challenge = value;
  const auto plain = plan("*.example.com", request);
  ASSERT_TRUE(plain) << describe(plain.error());
  EXPECT_FALSE(std::get<dcv::PersistentValue>(plain->check->challenge).wildcard);
}

TEST(PlanControl, TheAdnThatTheCallerUsedIsDerived) {
  const struct {
    const char* title;
    const char* name;
    ControlRequest request;
    std::vector<std::string> path;
  } cases[] = {
      {"the name itself",
       "www.example.com",
       by_caller(ControlMethod::constructed_email),
       {"www.example.com"}},
      {"a parent",
       "a.www.example.com",
       by_caller(ControlMethod::constructed_email, "example.com"),
       {"a.www.example.com", "www.example.com", "example.com"}},
      {"of a wildcard",
       "*.www.example.com",
       by_caller(ControlMethod::constructed_email, "example.com"),
       {"www.example.com", "example.com"}},
      {"of a Domain Contact the Base Domain Name",
       "www.example.co.uk",
       by_caller(ControlMethod::domain_contact),
       {"www.example.co.uk", "example.co.uk"}},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    const auto planned = plan(each.name, each.request, "2026-11-22T12:00:00Z", false, true);
    ASSERT_TRUE(planned) << describe(planned.error());
    EXPECT_EQ(planned->derivation.state, dcv::AdnDerivation::State::reached);
    std::vector<std::string> path;
    for (const auto& name : planned->derivation.path) path.push_back(name.text());
    EXPECT_EQ(path, each.path);
    EXPECT_EQ(planned->derivation.steps.size() + 1, path.size());
  }
  EXPECT_FALSE(plan("www.example.com", by_caller(ControlMethod::domain_contact, "www.example.com"),
                    "2026-11-22T12:00:00Z", false, true))
      << "the Domain Contact is that of the Base Domain Name alone";
}

TEST(PlanControl, AContactIsOpenUntilItConfirmed) {
  for (const char* at : {"2026-11-22T12:00:00Z", "2026-11-22T12:00:30Z", "2026-10-23T12:00:00Z"}) {
    SCOPED_TRACE(at);
    const auto planned = plan("example.com", by_contact(at));
    ASSERT_TRUE(planned) << describe(planned.error());
    EXPECT_FALSE(planned->contact_open);
  }
  ControlRequest unconfirmed = by_contact("2026-11-22T12:00:00Z");
  unconfirmed.confirmed_at.reset();
  EXPECT_TRUE(plan("example.com", unconfirmed)->contact_open);
  EXPECT_FALSE(plan("example.com", dns_change("example.com"))->contact_open);
}

// RFC 8657 s4: a method without a label satisfies no validationmethods, and no other method's label
// stands in for it.
TEST(PlanControl, CaaIsAskedWithTheLabelOfTheMethodOfThatName) {
  const struct {
    const char* title;
    const char* name;
    std::optional<ControlRequest> request;
    std::optional<std::string> label;
  } cases[] = {
      {"without control", "example.com", std::nullopt, "http-01"},
      {"an ACME method", "example.com", http_01(dns_name("example.com")), "http-01"},
      {"a method of the TLS BR", "example.com", dns_change("example.com"), "ca-tbr-7"},
      {"a mailbox by mail", "a@example.com", by_caller(ControlMethod::mailbox_email), std::nullopt},
      {"a mailbox by ACME", "a@example.com", by_caller(ControlMethod::mailbox_acme),
       "email-reply-00"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.title);
    Order order;
    order.names = {any_name(each.name)};
    order.controls = {each.request};
    order.issuers = {dns_name("ca.example")};
    order.validation_method = "http-01";
    const auto planned = plan_order(order, parse_instant("2026-11-22T12:00:00Z").value(),
                                    {false, true, false, &test::suffixes()});
    ASSERT_TRUE(planned) << describe(planned.error());
    const PlannedCheck& caa = planned->checks.at(*planned->names.at(0).caa);
    EXPECT_EQ(caa.questions.at(0).validation_method, each.label);
  }
}

TEST(PlanControl, TheCallersOwnMethodsNeedNoCheck) {
  const auto mail = plan("alice@example.com", by_caller(ControlMethod::mailbox_email));
  ASSERT_TRUE(mail) << describe(mail.error());
  EXPECT_FALSE(mail->check);
  EXPECT_EQ(mail->method.target, rules::TargetKind::mailbox);
}

TEST(PlanControl, TheJudgeHoldsWhatWasSeenAgainstTheCheck) {
  const auto planned = plan("example.com", dns_change("example.com"));
  ASSERT_TRUE(planned) << describe(planned.error());
  EXPECT_EQ(
      planned->judge(*planned->check, test::saw_txt("example.com", test::kRandomValue)).outcome,
      dcv::ControlOutcome::shown);
  EXPECT_EQ(planned->judge(*planned->check, test::saw_txt("example.com", "something else")).outcome,
            dcv::ControlOutcome::not_shown);
  EXPECT_EQ(
      planned->judge(*planned->check, test::saw_txt("example.org", test::kRandomValue)).outcome,
      dcv::ControlOutcome::undetermined)
      << "an answer to another question";
}

}  // namespace
}  // namespace parallax::orders
