// SPDX-License-Identifier: Apache-2.0
// TLS BR 3.2.2.4.22, DNS TXT Record with Persistent Value, and 3.2.2.5.8, the same in the reverse
// zone of an IP address. The hashed form is that of draft-ietf-acme-dns-persist-02, which knows no
// IP addresses.
//
// Perspectives corroborate by the account alone (TLS BR 3.2.2.9): the remote's record must itself
// prove control, so its issuer is one of the CA's too, but need not be the one the primary saw.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/encoding.h"
#include "caa/parameters.h"
#include "dcv/methods/methods.h"
#include "dcv/methods/persistent_record.h"
#include "dcv/methods/question.h"
#include "dcv/rdata.h"

namespace parallax::dcv {
namespace {

constexpr std::string_view kPurpose = "challenge";
constexpr std::string_view kLabel = "_validation-persist";
constexpr std::string_view kAddressLabel = "_ip-validation-persist";
constexpr std::size_t kThumbprintSize = 32;  // SHA-256 (RFC 7638 s3.4)
constexpr std::string_view kDraft = "draft-ietf-acme-dns-persist-02 s4.1";

std::string_view rule_of(const Target& target) {
  return std::holds_alternative<names::IpAddress>(target) ? "TLS BR 3.2.2.5.8"
                                                          : "TLS BR 3.2.2.4.22";
}

Result<names::DomainName> question_name(const Target& adn) {
  if (const auto* address = std::get_if<names::IpAddress>(&adn))
    return reverse_name(*address).with_label(kAddressLabel);
  return std::get<names::DomainName>(adn).with_label(kLabel);
}

// A URI that the value of an issue-value parameter can hold.
bool fits_in_record(std::string_view uri) {
  return caa::is_uri(uri) && uri.find(';') == std::string_view::npos;
}

Status validate_form(const PersistentValue& value, const Target& target) {
  if (value.form == PersistentForm::plain) {
    if (!fits_in_record(value.account_uri))
      return refuse(ErrorCode::malformed, "the account URI must be a URI without a semicolon",
                    "challenge.account_uri", rule_of(target));
    if (!value.account_hash_prefix.empty() || !value.key_thumbprints.empty() || value.wildcard)
      return refuse(ErrorCode::malformed,
                    "only the hashed form has a prefix, key thumbprints and a policy",
                    "challenge.form", rule_of(target));
    return {};
  }
  if (!std::holds_alternative<names::DomainName>(target))
    return refuse(ErrorCode::unsupported, "the hashed form is defined for domain names only",
                  "challenge.form", kDraft);
  if (!caa::is_uri(value.account_uri))
    return refuse(ErrorCode::malformed, "the account URI is no URI", "challenge.account_uri",
                  kDraft);
  if (!fits_in_record(value.account_hash_prefix))
    return refuse(ErrorCode::malformed, "the hash prefix must be a URI without a semicolon",
                  "challenge.account_hash_prefix", kDraft);
  const auto& keys = value.key_thumbprints;
  const bool thumbprints = std::all_of(keys.begin(), keys.end(), [](const std::string& key) {
    const auto octets = base64url_decode(key);
    return octets && octets->size() == kThumbprintSize;
  });
  if (keys.empty() || keys.size() > kPersistentKeysMax || !thumbprints)
    return refuse(ErrorCode::malformed,
                  fmt::format("the hashed form needs 1 to {} SHA-256 JWK thumbprints in unpadded "
                              "base64url",
                              kPersistentKeysMax),
                  "challenge.key_thumbprints", kDraft);
  return {};
}

Task<void> look(Target adn, Instruments instruments, Deadline deadline, ControlObservation* seen) {
  auto name = question_name(adn);
  if (!name) co_return;  // no such name, no question: assess() says why
  dns::Question question{std::move(*name), dns::RecordType::txt};
  co_await ask(instruments, std::move(question), std::string(kPurpose), deadline, seen);
}

// Whether the record at `adn` has to speak for names below it: of the name applied for, or of all
// those that a wildcard stands for.
bool is_below(const ControlObservation& seen, const ControlCheck& check, const Target& adn) {
  const auto& value = std::get<PersistentValue>(check.challenge);
  if (value.form == PersistentForm::plain) return false;
  if (value.wildcard) return true;
  if (check.mail_server) return !seen.smtp_host || Target(*seen.smtp_host) != adn;
  return check.applied_for != adn;
}

// What the nearest miss among the records has to do with its owner.
std::string explain(PersistentFinding finding) {
  switch (finding) {
    case PersistentFinding::expired: return "its persistUntil has passed";
    case PersistentFinding::bad_expiry:
      return "its persistUntil is no UNIX timestamp in seconds, or is given twice";
    case PersistentFinding::not_below:
      return "it has no policy=wildcard, so it speaks neither for wildcards nor for names below "
             "its own";
    case PersistentFinding::account_differs: return "its accounturi is not this account's";
    case PersistentFinding::account_missing: return "it has no accounturi";
    case PersistentFinding::account_twice: return "it has more than one accounturi";
    case PersistentFinding::other_issuer: return "it is for another issuer";
    case PersistentFinding::malformed:
    case PersistentFinding::usable: break;
  }
  return "it does not follow the issue-value syntax of RFC 8659 section 4.2";
}

// The records judged: the best account that shows control, or the nearest miss.
struct Sight {
  std::size_t account = std::numeric_limits<std::size_t>::max();
  std::string record;
  PersistentFinding finding = PersistentFinding::malformed;
  bool usable = false;
};

Sight sight_of(const std::vector<std::string>& rdata, const PersistentTerms& terms) {
  Sight out;
  bool first = true;
  for (const auto& octets : rdata) {
    const auto text = txt_text(octets);
    const auto judgement =
        text ? judge_persistent(*text, terms) : PersistentJudgement{PersistentFinding::malformed};
    const bool usable = judgement.finding == PersistentFinding::usable;
    const bool better = usable ? judgement.account < out.account
                               : !out.usable && (first || judgement.finding < out.finding);
    if (better)
      out = {usable ? judgement.account : out.account, text.value_or(std::string()),
             judgement.finding, usable};
    first = false;
  }
  return out;
}

class DnsPersistent final : public Method {
 public:
  [[nodiscard]] Status validate(const ControlCheck& check) const override;

  [[nodiscard]] Task<void> observe(const ControlCheck* /*check*/, Target adn,
                                   Instruments instruments, Deadline deadline,
                                   ControlObservation* seen) const override {
    return look(std::move(adn), instruments, deadline, seen);
  }

  [[nodiscard]] ControlDetermination assess(const ControlObservation& seen,
                                            const ControlCheck& check, const Target& adn,
                                            Instant at) const override;
};

Status DnsPersistent::validate(const ControlCheck& check) const {
  const std::string_view rule = rule_of(check.applied_for);
  const auto* value = std::get_if<PersistentValue>(&check.challenge);
  if (value == nullptr)
    return refuse(ErrorCode::malformed, "the method needs issuer domain names and an account URI",
                  "challenge", rule);
  if (value->issuers.empty() || value->issuers.size() > kPersistentIssuersMax)
    return refuse(
        ErrorCode::malformed,
        fmt::format("the method needs 1 to {} issuer domain names", kPersistentIssuersMax),
        "challenge.issuers", rule);
  if (value->account_uri.size() > kChallengeSizeMax ||
      value->account_hash_prefix.size() > kChallengeSizeMax)
    return refuse(ErrorCode::malformed,
                  fmt::format("the account URI has more than {} octets", kChallengeSizeMax),
                  "challenge.account_uri", rule);
  return validate_form(*value, check.applied_for);
}

ControlDetermination DnsPersistent::assess(const ControlObservation& seen,
                                           const ControlCheck& check, const Target& adn,
                                           Instant at) const {
  const auto* value = std::get_if<PersistentValue>(&check.challenge);
  if (value == nullptr || value->issuers.empty())
    return undetermined(ControlReason::lookup_failed,
                        "The check names no issuer and no account to look for.",
                        dns::Verdict::indeterminate);
  PersistentTerms terms{value->issuers, account_uris(*value, text_of(adn)),
                        is_below(seen, check, adn), at};
  const std::string account = terms.account_uris.empty() ? "" : terms.account_uris.front();
  Wanted wanted;
  wanted.what = fmt::format("a persistent TXT record for {} with the account {}",
                            terms.issuers.front().text(), quoted(account));
  const auto name = question_name(adn);
  if (!name) return no_such_name(wanted, name.error());
  const std::string text =
      fmt::format("\"{}; accounturi={}{}\"", terms.issuers.front().text(),
                  printable(account, kChallengeSizeMax), terms.below ? "; policy=wildcard" : "");
  wanted.remedy =
      fmt::format("publish{}in the zone", record_text(name->text(), dns::RecordType::txt, text));
  const Answer answer = answer_to(seen, {*name, dns::RecordType::txt}, kPurpose, wanted);
  if (answer.determination) return *answer.determination;

  const Sight sight = sight_of(answer.lookup->rdata, terms);
  const std::string through = through_alias(*answer.lookup);
  if (sight.usable)
    return shown("accounturi=" + terms.account_uris[sight.account],
                 fmt::format("Found the persistent TXT record {} at {}{}.", quoted(sight.record),
                             name->text(), through),
                 answer.lookup->verdict);
  const bool other = sight.finding == PersistentFinding::other_issuer;
  return not_shown(
      other ? ControlReason::challenge_differs : ControlReason::record_unusable,
      fmt::format("Looked for {} at {}{}, but found {} instead: {}; {}.", wanted.what, name->text(),
                  through, quoted(sight.record), explain(sight.finding), wanted.remedy),
      answer.lookup->verdict);
}

}  // namespace

const Method& dns_persistent_method() {
  static const DnsPersistent method;
  return method;
}

}  // namespace parallax::dcv
