// SPDX-License-Identifier: Apache-2.0
// A record's body (docs/evidence.md) read back into values, so that it can be judged again. Pure.
// Nothing is believed here: what is read is what the record says.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "base/time.h"
#include "caa/assess.h"
#include "corroborate/client.h"
#include "corroborate/quorum.h"
#include "corroborate/roster.h"
#include "names/certificate_name.h"
#include "observe/check.h"
#include "observe/statement.h"
#include "rules/method.h"

namespace parallax::audit {

// The version of records that is understood. Members may join without a new one, and are ignored.
inline constexpr std::int64_t kRecordVersion = 2;
inline constexpr std::size_t kChecksMax = 2048;
inline constexpr std::size_t kRulesMax = 1000;

// In the order of what is worst.
enum class Outcome { permitted, undetermined, refused };
[[nodiscard]] std::string_view to_string(Outcome outcome);

// What one perspective brought. Neither observation nor failure: it had not answered.
struct RecordedReport {
  std::string code;
  bool asked = false;
  std::optional<observe::SignedStatement> observation;
  bool left_out = false;  // there was an observation, of which the record kept no more than a hash
  std::optional<corroborate::NonCorroboration> failure;
};

struct RecordedCheck {
  observe::Check check;
  std::string digest;
  bool carried_out = false;                                // the rest is empty otherwise
  std::vector<corroborate::PerspectiveInfo> perspectives;  // the primary first, then as `remotes`
  std::optional<RecordedReport> primary;
  std::vector<RecordedReport> remotes;
};

struct RecordedQuorum {
  std::string text;
  unsigned corroborated = 0;
  unsigned used = 0;
  unsigned needed = 0;
  std::vector<std::string> rirs;
  std::vector<corroborate::RemoteState> remotes;
};

// How control of a name was to be shown.
struct RecordedRequest {
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  std::optional<dcv::ControlCheck> check;  // none: the caller says that it was shown
};

struct RecordedControl {
  std::optional<std::size_t> check;  // position in the record's checks
  rules::ControlMethod method = rules::ControlMethod::dns_change;
  std::optional<rules::ControlMethod> name_method;
  Outcome outcome = Outcome::undetermined;
  std::string reason;
  std::optional<std::string> smtp_host;
  std::optional<Instant> reuse_until;
  std::optional<RecordedQuorum> quorum;
};

// What a name's CAA set was held against, besides what the order says.
struct RecordedQuestion {
  bool wildcard = false;
  std::optional<std::string> validation_method;
};

struct RecordedName {
  names::CertificateName name;
  std::optional<RecordedRequest> asked;
  std::optional<RecordedControl> control;
  std::optional<RecordedQuestion> question;
  std::string caa;                   // "checked", "not-asked", "not-applicable"
  std::optional<std::size_t> check;  // the CAA check: position in the record's checks
  Outcome outcome = Outcome::undetermined;
  std::string reason;
  std::string dnssec;
  std::optional<Instant> permission_expires;
  std::optional<RecordedQuorum> quorum;
  std::optional<std::string> decided_by;
  std::vector<std::string> rules;
};

struct RecordedRule {
  std::string id;
  std::string document;
  std::string version;
  std::string section;
  std::string ballot;
};

struct RecordedOrder {
  std::string id;
  std::string client;
  std::string request_digest;
  caa::CertificateType type = caa::CertificateType::smime;
  std::vector<names::DomainName> issuers;
  std::optional<std::string> account_uri;
  std::optional<std::string> validation_method;
  std::optional<unsigned> corroborations_required;
};

struct RecordedDecision {
  RecordedOrder order;
  Instant received{};
  Instant decided{};
  Outcome outcome = Outcome::undetermined;
  std::optional<Instant> permission_expires;
  bool lab = false;
  caa::AssessmentSettings settings;
  std::vector<RecordedRule> rules;
  std::vector<RecordedCheck> checks;
  std::vector<RecordedName> names;
};

struct RecordedLate {
  Instant recorded{};
  std::string client;
  std::string order_id;
  std::string check_digest;
  RecordedReport report;
};

// Reads a body of the kind "decision" whose parts are all open. Every position of a check is one
// that the record has. Errors: malformed or unsupported, with the JSON pointer.
[[nodiscard]] Result<RecordedDecision> read_decision(const boost::json::value& body);
// The same of a "late-observation".
[[nodiscard]] Result<RecordedLate> read_late(const boost::json::value& body);

}  // namespace parallax::audit
