// SPDX-License-Identifier: Apache-2.0
#include "service/order_request.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "caa/limits.h"
#include "service/limits.h"
#include "service/service_fixture.h"

namespace parallax::service {
namespace {

using testing::suffixes;

Result<orders::Order> parse(std::string_view body) {
  auto request = parse_order_request(body, "generated", suffixes());
  if (!request) return fail(request.error());
  return std::move(request->order);
}

std::string context(const Error& error, std::string_view name) {
  for (const auto& [key, value] : error.context)
    if (key == name) return value;
  return "(none)";
}

struct Bad {
  const char* name;
  std::string body;
  ErrorCode code;
  std::string pointer;
  std::string message;  // a part of it
};

std::string smime(std::string_view names, std::string_view more = "") {
  return fmt::format(R"({{"type":"smime","names":{},"issuers":["ca.example"]{}}})", names, more);
}

std::string tls(std::string_view name) {
  return fmt::format(R"({{"type":"tls","names":["{}"],"issuers":["ca.example"]}})", name);
}

std::string issuers(std::string_view list) {
  return fmt::format(R"({{"type":"smime","names":["a@example.com"],"issuers":{}}})", list);
}

std::string many(std::size_t count) {
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i)
    out += fmt::format("{}\"user{}@example.com\"", i == 0 ? "" : ",", i);
  return out + "]";
}

std::vector<Bad> bad_requests() {
  const auto malformed = ErrorCode::malformed;
  const std::string one = R"(["a@example.com"])";
  return {
      {"empty body", "", malformed, "", "not a JSON document"},
      {"not JSON", "names=a", malformed, "", "not a JSON document"},
      {"not UTF-8", "{\"type\":\"\xff\"}", malformed, "", "not a JSON document"},
      {"deep", std::string(40, '[') + std::string(40, ']'), malformed, "", "not a JSON document"},
      {"array", "[]", malformed, "", "must be a JSON object"},
      {"duplicate key", R"({"type":"tls","type":"smime"})", malformed, "", "stands twice"},
      {"unknown member", smime(one, R"(,"nmaes":[])"), malformed, "/nmaes", "not a known member"},
      {"type missing", R"({"names":["a@example.com"],"issuers":["ca.example"]})", malformed,
       "/type", "required"},
      {"type unknown", R"({"type":"code","names":["a@b.example"],"issuers":["ca.example"]})",
       malformed, "/type", "\"code\" is no certificate type"},
      {"names missing", R"({"type":"tls","issuers":["ca.example"]})", malformed, "/names",
       "required"},
      {"names a string", smime(R"("a@example.com")"), malformed, "/names", "array"},
      {"name a number", smime("[7]"), malformed, "/names/0", "string"},
      {"no names", smime("[]"), malformed, "/names", "holds 0 names"},
      {"101 names", smime(many(101)), malformed, "/names",
       "holds 101 names; an order holds 1 to 100"},
      {"mailbox without domain", smime(R"(["alice@"])"), malformed, "/names/0", ""},
      {"address literal", smime(R"(["alice@[192.0.2.1]"])"), malformed, "/names/0", "literal"},
      {"second name bad", smime(R"(["a@example.com","b@example..com"])"), malformed, "/names/1",
       "empty"},
      {"wildcard for smime", smime(R"(["*.example.com"])"), malformed, "/names/0",
       "\"*.example.com\" is a wildcard name; S/MIME certificates hold mailboxes"},
      {"mailbox for tls", tls("a@example.com"), malformed, "/names/0",
       "a mailbox belongs in an order of type smime"},
      {"empty name", tls(""), malformed, "/names/0", ""},
      {"empty label", tls("example..com"), malformed, "/names/0", "empty"},
      {"300 octets", tls(std::string(60, 'a') + std::string(240, '.')), malformed, "/names/0", ""},
      {"underscore", tls("_dmarc.example.com"), malformed, "/names/0", ""},
      {"IPv4 for CAA", tls("8.8.8.8"), ErrorCode::unsupported, "/names/0", "IP address"},
      {"IPv6 for CAA", tls("2600::1"), ErrorCode::unsupported, "/names/0", "IP address"},
      {"onion", tls("abc.onion"), ErrorCode::unsupported, "/names/0", "onion"},
      {"reverse zone", tls("1.2.0.192.in-addr.arpa"), ErrorCode::forbidden, "/names/0", ""},
      {"single label", tls("localhost"), ErrorCode::forbidden, "/names/0", ""},
      {"wildcard over a public suffix", tls("*.co.uk"), ErrorCode::forbidden, "/names/0", ""},
      {"issuers missing", R"({"type":"smime","names":["a@example.com"]})", malformed, "/issuers",
       "required"},
      {"no issuers", issuers("[]"), malformed, "/issuers", "at least one issuer domain name"},
      {"issuer no domain", issuers(R"(["ca.example","CA Inc."])"), malformed, "/issuers/1", ""},
      {"issuer with parameters", issuers(R"(["ca.example; policy=ev"])"), malformed, "/issuers/0",
       ""},
      {"id empty", smime(one, R"(,"id":"")"), malformed, "/id", "1 to 128"},
      {"id with slash", smime(one, R"(,"id":"a/b")"), malformed, "/id", "1 to 128"},
      {"id reserved", smime(one, R"(,"id":"mpic-1")"), malformed, "/id", "not begin with"},
      {"id too long", smime(one, R"(,"id":")" + std::string(129, 'a') + "\""), malformed, "/id",
       "1 to 128"},
      {"id a number", smime(one, R"(,"id":5)"), malformed, "/id", "string"},
      {"account no URI", smime(one, R"(,"account_uri":"account 5")"), malformed, "/account_uri",
       "RFC 8657"},
      {"account too long", smime(one, ",\"account_uri\":\"acct:" + std::string(600, 'a') + "\""),
       malformed, "/account_uri", "512"},
      {"method unknown", smime(one, R"(,"validation_method":"dns01")"), malformed,
       "/validation_method", "\"dns01\" is no validation method label"},
  };
}

TEST(OrderRequest, RefusesBadInputWithPlaceAndReason) {
  for (const Bad& bad : bad_requests()) {
    SCOPED_TRACE(bad.name);
    const auto order = parse(bad.body);
    ASSERT_FALSE(order.has_value());
    EXPECT_EQ(to_string(order.error().code), to_string(bad.code)) << order.error().message;
    EXPECT_EQ(context(order.error(), "pointer"), bad.pointer);
    EXPECT_NE(order.error().message.find(bad.message), std::string::npos) << order.error().message;
    if (bad.code == ErrorCode::forbidden) {
      EXPECT_NE(context(order.error(), "rule"), "(none)");
    }
  }
}

TEST(OrderRequest, ReadsEveryMember) {
  const auto order = parse(R"({"id":"order:1.a_b-c","type":"tls",
      "names":["WWW.Example.com","*.example.com"],"issuers":["CA.example"],
      "account_uri":"https://ca.example/acct/1","validation_method":"ca-tbr-7"})");
  ASSERT_TRUE(order.has_value()) << describe(order.error());
  EXPECT_EQ(order->id, "order:1.a_b-c");
  EXPECT_FALSE(order->fresh_id);
  EXPECT_EQ(order->type, caa::CertificateType::tls_server);
  ASSERT_EQ(order->names.size(), 2u);
  EXPECT_EQ(names::text_of(order->names[0]), "www.example.com");
  EXPECT_EQ(names::text_of(order->names[1]), "*.example.com");
  EXPECT_EQ(order->issuers, std::vector{testing::domain("ca.example")});
  EXPECT_EQ(order->account_uri, "https://ca.example/acct/1");
  EXPECT_EQ(order->validation_method, "ca-tbr-7");
}

TEST(OrderRequest, TakesTheGeneratedIdWhereNoneOrNullIsGiven) {
  for (const char* more : {"", R"(,"id":null,"account_uri":null)"}) {
    const auto order = parse(smime(R"(["a@example.com"])", more));
    ASSERT_TRUE(order.has_value()) << describe(order.error());
    EXPECT_EQ(order->id, "generated");
    EXPECT_TRUE(order->fresh_id);
    EXPECT_FALSE(order->account_uri.has_value());
  }
}

TEST(OrderRequest, CollapsesEqualNamesAndIssuers) {
  const auto order = parse(R"({"type":"smime","issuers":["ca.example","CA.EXAMPLE"],
      "names":["Alice@Example.com","Alice@example.COM","alice@example.com","\"Alice\"@example.com",
               "bücher@bücher.example","bücher@xn--bcher-kva.example"]})");
  ASSERT_TRUE(order.has_value()) << describe(order.error());
  std::vector<std::string> texts;
  for (const auto& name : order->names) texts.push_back(names::text_of(name));
  EXPECT_EQ(texts, (std::vector<std::string>{"Alice@example.com", "alice@example.com",
                                             "bücher@xn--bcher-kva.example"}));
  EXPECT_EQ(order->issuers.size(), 1u);
}

TEST(OrderRequest, AcceptsAHundredNames) {
  const auto order = parse(smime(many(100)));
  ASSERT_TRUE(order.has_value()) << describe(order.error());
  EXPECT_EQ(order->names.size(), 100u);
}

// Every character as an escape of six.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("\\u{:04x}", c);
  return out;
}

// The bound on bodies is below what anybody could hold against us, and above all that a caller may
// need.
TEST(OrderRequest, TheLargestOrderFitsIntoABody) {
  const auto label = [](char c, std::size_t size) { return std::string(size, c); };
  const std::string domain = label('b', 63) + "." + label('c', 63) + "." + label('d', 57) + ".com";
  std::string names;
  for (unsigned i = 0; i < orders::kNamesPerOrderMax; ++i)
    names += fmt::format("{}\"{}\"", i == 0 ? "" : ",",
                         escaped(fmt::format("{}{:02}@{}", label('a', 62), i, domain)));
  std::string issuers;
  for (unsigned i = 0; i < orders::kIssuersPerOrderMax; ++i)
    issuers += fmt::format("{}\"{}\"", i == 0 ? "" : ",",
                           escaped(fmt::format("{}{:02}.{}", label('e', 61), i, domain)));
  const std::string body =
      fmt::format(R"({{"id":"{}","type":"smime","names":[{}],"issuers":[{}],"account_uri":"{}",)"
                  R"("validation_method":"{}"}})",
                  escaped(std::string(orders::kOrderIdSizeMax, 'i')), names, issuers,
                  escaped("acct:" + std::string(kAccountUriSizeMax - 5, 'u')),
                  escaped("ca-" + std::string(caa::kMethodLabelSizeMax - 3, 'm')));
  EXPECT_LT(body.size(), kRequestBodySizeMax);
  const auto order = parse(body);
  ASSERT_TRUE(order.has_value()) << describe(order.error());
  EXPECT_EQ(order->names.size(), orders::kNamesPerOrderMax);
  EXPECT_EQ(names::text_of(order->names[0]).size(), 254u);
  EXPECT_EQ(order->issuers.size(), orders::kIssuersPerOrderMax);
  EXPECT_EQ(order->issuers[0].text().size(), 253u);
}

TEST(OrderRequest, DomainInSmimeOrderStandsForItsMailboxes) {
  const auto order = parse(smime(R"(["example.com"])"));
  ASSERT_TRUE(order.has_value()) << describe(order.error());
  EXPECT_EQ(names::text_of(order->names.at(0)), "example.com");
}

TEST(RequestDigest, IsThatOfTheMeaningNotOfTheText) {
  const auto digest = [](std::string_view body, std::string client = "portal") {
    auto order = parse(body).value();
    order.client = std::move(client);
    return request_digest(order);
  };
  const std::string first = smime(R"(["a@example.com","b@example.com"])");
  EXPECT_EQ(digest(first), digest(smime(R"([ "b@Example.com", "a@example.com" ])")));
  EXPECT_EQ(digest(first), digest(smime(R"(["a@example.com","b@example.com"])", R"(,"id":"x")")));
  EXPECT_NE(digest(first), digest(smime(R"(["a@example.com"])")));
  EXPECT_NE(digest(first), digest(first, "other"));
  EXPECT_NE(digest(first), digest(smime(R"(["a@example.com","b@example.com"])",
                                        R"(,"validation_method":"dns-01")")));
  EXPECT_EQ(digest(first).size(), 64u);
}

}  // namespace
}  // namespace parallax::service
