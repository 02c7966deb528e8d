// SPDX-License-Identifier: Apache-2.0
#include "audit/read.h"
#include "evidence/record.h"

namespace parallax::audit {
namespace {

using corroborate::RemoteState;

constexpr std::int64_t kCountMax = 1000;

template <class Name>
Result<names::CertificateName> lift(Result<Name> parsed) {
  if (!parsed) return fail(std::move(parsed.error()));
  return names::CertificateName(std::move(*parsed));
}

// Records hold canonical texts, in which the kinds of name cannot be mistaken for one another.
Result<names::CertificateName> parse_name(std::string_view text, caa::CertificateType type) {
  if (type == caa::CertificateType::smime && text.find('@') != std::string_view::npos)
    return lift(names::MailboxAddress::parse(text));
  if (names::looks_like_wildcard(text)) return lift(names::WildcardName::parse(text));
  if (auto address = names::IpAddress::parse(text)) return lift(std::move(address));
  return lift(names::DomainName::parse(text));
}

Result<RemoteState> parse_state(std::string_view text) {
  for (int state = 0; state <= static_cast<int>(RemoteState::bad_signature); ++state)
    if (to_string(static_cast<RemoteState>(state)) == text) return static_cast<RemoteState>(state);
  return fail(ErrorCode::malformed, "no state that a remote can be in");
}

Result<RemoteState> read_state(const json::value& value, const std::string& pointer) {
  auto state = parse_state(value.is_string() ? std::string_view(value.get_string()) : "");
  if (!state) return fail(std::move(state.error()).with("pointer", pointer));
  return state;
}

Result<RecordedQuorum> read_quorum(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  RecordedQuorum quorum;
  quorum.text = in.string("text");
  quorum.corroborated = static_cast<unsigned>(in.integer("corroborated", 0, kCountMax));
  quorum.used = static_cast<unsigned>(in.integer("used", 0, kCountMax));
  quorum.needed = static_cast<unsigned>(in.integer("needed", 0, kCountMax));
  quorum.rirs = in.strings("rirs");
  auto remotes = read_list(in, "remotes", corroborate::kRemotesMax, read_state);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!remotes) return fail(std::move(remotes.error()));
  quorum.remotes = std::move(*remotes);
  return quorum;
}

Result<RecordedRequest> read_request(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  const auto method = in.parsed("method", rules::parse_control_method);
  auto check = read_optional(in, "check", dcv::control_check_from_json);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!check) return fail(std::move(check.error()));
  return RecordedRequest{*method, std::move(*check)};
}

Result<rules::ControlMethod> read_method(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  const auto method = in.parsed("method", rules::parse_control_method);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return *method;
}

Result<RecordedControl> read_control(const json::value& value, std::string pointer,
                                     std::size_t checks) {
  RecordReader in(value, std::move(pointer));
  RecordedControl control;
  control.check = in.optional_position("check", checks);
  const auto method = in.parsed("method", rules::parse_control_method);
  auto name_method = read_optional(in, "name_method", read_method);
  control.outcome = in.outcome("outcome");
  control.reason = in.string("reason");
  control.smtp_host = in.optional_string("smtp_host");
  control.reuse_until = in.optional_instant("reuse_until");
  auto quorum = read_optional(in, "quorum", read_quorum);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!name_method) return fail(std::move(name_method.error()));
  if (!quorum) return fail(std::move(quorum.error()));
  control.method = *method;
  control.name_method = *name_method;
  control.quorum = std::move(*quorum);
  return control;
}

Result<RecordedQuestion> read_question(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  RecordedQuestion question{in.boolean("wildcard"), in.optional_string("validation_method")};
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return question;
}

}  // namespace

Result<RecordedName> read_name(const json::value& value, std::string pointer,
                               caa::CertificateType type, std::size_t checks) {
  RecordReader in(value, std::move(pointer));
  auto parsed = in.parsed("name", [type](std::string_view text) { return parse_name(text, type); });
  auto asked = read_optional(in, "asked", read_request);
  auto control = read_optional(in, "control", [checks](const json::value& each, std::string at) {
    return read_control(each, std::move(at), checks);
  });
  auto question = read_optional(in, "question", read_question);
  auto quorum = read_optional(in, "quorum", read_quorum);
  std::string caa = in.string("caa");
  if (caa != "checked" && caa != "not-asked" && caa != "not-applicable")
    in.reject("caa", "CAA is checked, not-asked or not-applicable");
  const auto check = in.optional_position("check", checks);
  const Outcome outcome = in.outcome("outcome");
  std::string reason = in.string("reason");
  std::string dnssec = in.string("dnssec");
  const auto permission_expires = in.optional_instant("permission_expires");
  auto decided_by = in.optional_string("decided_by");
  auto rules = in.strings("rules");
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!asked) return fail(std::move(asked.error()));
  if (!control) return fail(std::move(control.error()));
  if (!question) return fail(std::move(question.error()));
  if (!quorum) return fail(std::move(quorum.error()));
  return RecordedName{std::move(*parsed),
                      std::move(*asked),
                      std::move(*control),
                      std::move(*question),
                      std::move(caa),
                      check,
                      outcome,
                      std::move(reason),
                      std::move(dnssec),
                      permission_expires,
                      std::move(*quorum),
                      std::move(decided_by),
                      std::move(rules)};
}

}  // namespace parallax::audit
