// SPDX-License-Identifier: Apache-2.0
// The Baseline Requirements as dated data: what may be cited, since when, until when, and where
// it stands in the documents.
//
// "TLS BR" are the CA/Browser Forum's Baseline Requirements for TLS server certificates, "SBR"
// those for S/MIME certificates. Where they are silent and Parallax chooses, the rule is marked
// `house`. All dates are days that begin at 00:00:00 UTC. Everything here is pure; the text views
// point at constants and live for ever.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace parallax::rules {

enum class Document { tls_br, sbr };
[[nodiscard]] std::string_view to_string(Document document);  // "TLS BR", "SBR"

// RFC 2119. A SHOULD is reported, and never the ground of a refusal.
enum class Force { should, must };
[[nodiscard]] std::string_view to_string(Force force);  // "SHOULD", "MUST"

// Which certificates a rule speaks of.
enum class Scope { tls, smime, both };
[[nodiscard]] std::string_view to_string(Scope scope);  // "tls", "smime", "both"

// One rule as it stands on one day. Ids are stable: they are in answers, records and metrics.
struct Rule {
  std::string_view id;  // "mpic.remotes-minimum"
  Document document = Document::tls_br;
  // Where it stands: the section, and the version of the document that put it there. It stands
  // there in every later version until it moves.
  std::string_view version;   // "2.0.7"
  std::string_view section;   // "3.2.2.9"
  std::string_view ballot;    // the ballot that made it; for a house rule, the one it fills in
  Date from{};                // first day
  std::optional<Date> until;  // first day on which it no longer holds, if one is known
  Force force = Force::must;
  Scope scope = Scope::both;
  bool house = false;
  std::optional<int> value;  // the figure it sets, in the unit its text names
  std::string_view text;     // one or two sentences, in our words
};

// The rule `id` as it holds on `at`; nullopt if it does not (or no such rule is known).
[[nodiscard]] std::optional<Rule> rule(std::string_view id, Date at);

// All rules that hold on `at`, ordered by id.
[[nodiscard]] std::vector<Rule> rules_in_force(Date at);

// The ids of the rules that bear on a CAA decision made on `at` for one kind of certificate (tls
// or smime): MPIC, CAA, DNSSEC and evidence. Ordered by id; what a record cites.
[[nodiscard]] std::vector<std::string_view> decision_rules(Scope scope, Date at);

// All rule ids ever, ordered, each once.
[[nodiscard]] std::vector<std::string_view> rule_ids();

enum class ChangeKind {
  begins,   // a rule that did not hold before
  changes,  // another figure, force or wording
  moves,    // the same rule in another section
  ends,     // a rule that no longer holds, and nothing in its place
};
[[nodiscard]] std::string_view to_string(ChangeKind kind);  // "begins", ...

struct Change {
  Date on{};
  ChangeKind kind = ChangeKind::begins;
  Rule rule;  // as it stands from `on`; for `ends`, as it stood the day before
};

// Every change known after `at`, the earliest first, by id within a day.
[[nodiscard]] std::vector<Change> next_changes(Date at);

}  // namespace parallax::rules
