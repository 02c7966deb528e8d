// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.19 (ACME http-01, RFC 8555 s8.3) and 3.2.2.5.6 (RFC 8738 on an IP address): the
// key authorization, and nothing else, at /.well-known/acme-challenge/<token> on port 80.
#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/ascii.h"
#include "dcv/methods/http_document.h"
#include "dcv/methods/methods.h"
#include "dcv/methods/question.h"
#include "dcv/random_value.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.4.19";
constexpr std::string_view kAcmeRule = "RFC 8555 s8.3";
constexpr std::string_view kFolder = "/.well-known/acme-challenge/";
constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

bool is_base64url(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return caa::is_alphanumeric(c) || c == '-' || c == '_';
  });
}

// RFC 8555 s8.1: keyAuthorization = token || '.' || base64url(Thumbprint(accountKey)).
Status check_key_authorization(const HttpValue& value) {
  const std::string_view text = value.value;
  if (text.empty())
    return refuse(ErrorCode::malformed, "the key authorization is empty", "challenge.value",
                  kAcmeRule);
  const auto dot = text.find('.');
  const auto token = text.substr(0, dot);
  if (text.size() > kChallengeSizeMax || dot == std::string_view::npos || !is_base64url(token) ||
      !is_base64url(text.substr(dot + 1)))
    return refuse(ErrorCode::malformed,
                  "a key authorization is a token, a dot and a thumbprint of the account key, both "
                  "in base64url",
                  "challenge.value", "RFC 8555 s8.1");
  if (auto random = check_random_value(token, true, "challenge.value"); !random) return random;
  const auto path_token = std::string_view(value.path).substr(kFolder.size());
  if (path_token == token) return {};
  return refuse(ErrorCode::malformed,
                fmt::format("the path ends in {}, but the key authorization begins with another "
                            "token",
                            quoted(path_token)),
                "challenge.path", kAcmeRule);
}

std::string_view without_trailing_white_space(std::string_view body) {
  const auto last = body.find_last_not_of(kWhiteSpace);
  return last == std::string_view::npos ? std::string_view() : body.substr(0, last + 1);
}

class AcmeHttp final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    const auto& value = std::get<HttpValue>(check.challenge);
    if (value.scheme != Scheme::http)
      return refuse(ErrorCode::forbidden, "http-01 starts with http on port 80", "challenge.scheme",
                    kAcmeRule);
    if (value.pattern)
      return refuse(ErrorCode::malformed,
                    "http-01 compares the whole document; it takes no regular expression",
                    "challenge.pattern", kAcmeRule);
    if (auto request = check_request(value, kFolder, kRule); !request) return request;
    return check_key_authorization(value);
  }

  [[nodiscard]] Task<void> observe(const ControlCheck* check, Target adn, Instruments instruments,
                                   Deadline deadline, ControlObservation* seen) const override {
    return fetch_document(&std::get<HttpValue>(check->challenge), std::move(adn), instruments,
                          deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant /*at*/) const override {
    const auto& value = std::get<HttpValue>(check.challenge);
    const std::string sought = fmt::format("Looked for the key authorization {} at {}",
                                           quoted(value.value), net::text_of(url_of(value, adn)));
    const Document document = find_document(seen, value, adn, sought);
    if (document.failure) return *document.failure;
    const SeenHttp& http = *document.http;
    const auto body = without_trailing_white_space(http.body);
    if (!value.value.empty() && body == value.value && http.whole())
      return shown(value.value, sought + ", and found it.", document.verdict);
    // Of a longer document only the beginning is kept: it is not the key authorization alone.
    const bool cut = !http.whole() && body.starts_with(value.value);
    return not_shown(
        body.empty() && http.whole() ? ControlReason::challenge_missing
                                     : ControlReason::challenge_differs,
        fmt::format("{}, but {}: {}. Serve the key authorization there, with nothing before or "
                    "behind it.",
                    sought,
                    cut            ? fmt::format("more than {} octets stand there",
                                                 http.body_before + http.body.size())
                    : body.empty() ? "the document is empty"
                                   : "something else is there",
                    quoted(body)),
        document.verdict);
  }
};

}  // namespace

const Method& acme_http_method() {
  static const AcmeHttp method;
  return method;
}

}  // namespace parallax::dcv
