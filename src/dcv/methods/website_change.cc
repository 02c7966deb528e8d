// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.18 (Agreed-Upon Change to Website v2) and 3.2.2.5.1 (the same on an IP address): a
// Random Value or Request Token in a file under /.well-known/pki-validation/. The value must not
// appear in the request, or a server that echoes requests would show control of itself.
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/encoding.h"
#include "caa/ascii.h"
#include "dcv/methods/http_document.h"
#include "dcv/methods/methods.h"
#include "dcv/methods/question.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kRule = "TLS BR 3.2.2.4.18";
constexpr std::string_view kFolder = "/.well-known/pki-validation/";
// Of the compiled pattern and its automaton, octets. RE2 runs a pattern whose automaton outgrows
// that in another way, whose time is the size of the program times that of the document: both are
// bounded, so that no pattern keeps others waiting.
constexpr int kPatternMemoryMax = 1 << 20;
constexpr int kPatternProgramMax = 1000;  // instructions, forwards and backwards
// Times that a URL is percent-decoded in search of the value: servers hand on what they decoded.
constexpr int kDecodingsMax = 16;

RE2::Options pattern_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryMax);
  return options;
}

// The pattern compiled; the last one of each thread is kept, since a check is judged once for every
// perspective. The reference holds until the next call on this thread.
const RE2& compiled(const std::string& pattern) {
  static thread_local std::optional<RE2> last;
  if (!last || last->pattern() != pattern) last.emplace(pattern, pattern_options());
  return *last;
}

bool is_cheap(const RE2& pattern) {
  const int backwards = pattern.ReverseProgramSize();
  return pattern.ProgramSize() <= kPatternProgramMax && backwards >= 0 &&
         backwards <= kPatternProgramMax;
}

// What a pattern says of a document; one that is broken or dear says no, however it got here.
bool matches(const std::string& pattern, std::string_view body) {
  const RE2& regex = compiled(pattern);
  return regex.ok() && is_cheap(regex) && RE2::PartialMatch(body, regex);
}

// Servers and names compare without case, so an echo may have changed it.
bool holds_ignoring_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
           return caa::to_lower(a) == caa::to_lower(b);
         }) != text.end();
}

// `text` with every escape replaced by its octet, once (RFC 3986 s2.1). What is no escape stays.
std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? hex_decode(text.substr(i + 1, 2)) : Result<std::string>();
    const bool escape = octet && octet->size() == 1;
    out += escape ? octet->front() : text[i];
    if (escape) i += 2;
  }
  return out;
}

// Whether the value stands in `text` as it is, or after decoding as often as a chain of servers
// might. A text that can still be decoded after that is taken to hold it: nobody needs such a URL.
bool carries(std::string_view text, std::string_view value) {
  std::string decoded(text);
  for (int i = 0; i < kDecodingsMax; ++i) {
    if (holds_ignoring_case(decoded, value)) return true;
    // In a query a plus sign may stand for a space.
    std::string spaced = decoded;
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    if (holds_ignoring_case(spaced, value)) return true;
    std::string further = percent_decoded(decoded);
    if (further == decoded) return false;
    decoded = std::move(further);
  }
  return true;
}

Status check_not_in_request(const ControlCheck& check, const HttpValue& value) {
  const auto bad = [](std::string_view where, std::string_view field) {
    return refuse(ErrorCode::forbidden,
                  fmt::format("the expected value appears in the {} of the request, where a server "
                              "could take it from",
                              where),
                  std::string(field), kRule);
  };
  if (holds_ignoring_case(value.path, value.value)) return bad("path", "challenge.path");
  for (const auto& [name, text] : value.headers)
    if (carries(text, value.value)) return bad("headers", "challenge.headers");
  if (holds_ignoring_case(text_of(check.applied_for), value.value) ||
      (check.adn && holds_ignoring_case(check.adn->text(), value.value)))
    return bad("host name", "challenge.value");
  return {};
}

Status check_pattern(const HttpValue& value) {
  if (!value.pattern) return {};
  const auto bad = [](std::string message) {
    return refuse(ErrorCode::malformed, std::move(message), "challenge.pattern", "RE2 syntax");
  };
  if (value.pattern->empty() || value.pattern->size() > kPatternSizeMax)
    return bad(fmt::format("a regular expression has 1 to {} octets", kPatternSizeMax));
  const RE2& pattern = compiled(*value.pattern);
  if (!pattern.ok())
    return bad("not a regular expression that RE2 accepts: " + printable(pattern.error()));
  if (!is_cheap(pattern))
    return bad(
        fmt::format("the regular expression compiles to more than {} instructions; repeat "
                    "less",
                    kPatternProgramMax));
  return {};
}

// "the value "abc" in http://..."
std::string sought_in(const HttpValue& value, const Target& adn) {
  return fmt::format("Looked for the value {} in {}", quoted(value.value),
                     net::text_of(url_of(value, adn)));
}

// A redirect that carries the value puts it into the next request.
bool value_in_redirect(const SeenHttp& http, const std::string& value) {
  return std::any_of(http.hops.begin(), http.hops.end(),
                     [&](const SeenHop& hop) { return carries(hop.url, value); });
}

class WebsiteChange final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override {
    const auto& value = std::get<HttpValue>(check.challenge);
    if (auto request = check_request(value, kFolder, kRule); !request) return request;
    if (auto hidden = check_not_in_request(check, value); !hidden) return hidden;
    return check_pattern(value);
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
    const std::string sought = sought_in(value, adn);
    const Document document = find_document(seen, value, adn, sought);
    if (document.failure) return *document.failure;
    if (value_in_redirect(*document.http, value.value))
      return not_shown(ControlReason::redirect_refused,
                       sought +
                           ", but a redirect carries that value in its URL, so that it stood in "
                           "the request. Redirect to a URL without it.",
                       document.verdict);
    return judge_body(*document.http, value, sought, document.verdict);
  }

 private:
  static ControlDetermination judge_body(const SeenHttp& http, const HttpValue& value,
                                         const std::string& sought, dns::Verdict verdict) {
    // An empty value is in every body; validate() refuses it, but facts are judged by themselves.
    if (value.value.empty() || http.body.find(value.value) == std::string::npos)
      return not_shown(
          http.body.empty() ? ControlReason::challenge_missing : ControlReason::challenge_differs,
          fmt::format("{}, but {} does not hold it: {}. Put the value into that file.", sought,
                      http.body_truncated
                          ? fmt::format("the first {} octets of the answer", http.body_size())
                          : fmt::format("the answer of {} octets", http.body_size()),
                      quoted(http.body)),
          verdict);
    if (value.pattern && !http.whole())
      return not_shown(
          ControlReason::challenge_differs,
          fmt::format("{} and found it, but in a document of more than {} octets, of which a "
                      "regular expression cannot be held against the whole. Serve a shorter file.",
                      sought, http.body_truncated ? http.body_size() : kSeenBodyMax),
          verdict);
    if (value.pattern && !matches(*value.pattern, http.body))
      return not_shown(
          ControlReason::challenge_differs,
          fmt::format("{} and found it, but the answer does not match the regular expression {}: "
                      "{}. Serve the file as it was agreed upon.",
                      sought, quoted(*value.pattern), quoted(http.body)),
          verdict);
    return shown(value.value, sought + ", and found it.", verdict);
  }
};

}  // namespace

const Method& website_change_method() {
  static const WebsiteChange method;
  return method;
}

}  // namespace parallax::dcv
