// SPDX-License-Identifier: Apache-2.0
#include "audit/record.h"

#include "audit/read.h"
#include "evidence/record.h"

namespace parallax::audit {
namespace {

constexpr std::size_t kIssuersMax = 1000;

Status check_version(RecordReader& in, evidence::RecordKind kind) {
  const std::int64_t version = in.integer("version", 0, INT64_MAX);
  if (version != kRecordVersion)
    in.reject(
        "version",
        fmt::format("a record of version {}, where {} is understood", version, kRecordVersion),
        ErrorCode::unsupported);
  if (in.string("kind") != evidence::to_string(kind))
    in.reject("kind", fmt::format("not a {}", evidence::to_string(kind)));
  return in.finish();
}

Result<names::DomainName> read_issuer(const json::value& value, const std::string& pointer) {
  const auto* text = value.if_string();
  auto name = names::DomainName::parse(text == nullptr ? std::string_view() : *text,
                                       names::Underscores::allow);
  if (!name) return fail(std::move(name.error()).with("pointer", pointer));
  return name;
}

Result<RecordedOrder> read_order(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  RecordedOrder order;
  order.id = in.string("id");
  order.client = in.string("client");
  order.request_digest = in.string("request_digest");
  const auto type = in.parsed("type", caa::parse_certificate_type);
  auto issuers = read_list(in, "issuers", kIssuersMax, read_issuer);
  order.account_uri = in.optional_string("account_uri");
  order.validation_method = in.optional_string("validation_method");
  const auto required = in.optional_integer("corroborations_required", 0, corroborate::kRemotesMax);
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (!issuers) return fail(std::move(issuers.error()));
  order.type = *type;
  order.issuers = std::move(*issuers);
  if (required) order.corroborations_required = static_cast<unsigned>(*required);
  return order;
}

Result<caa::AssessmentSettings> read_settings(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  caa::AssessmentSettings settings;
  settings.permit_insecure_lookup_failure = in.boolean("permit_insecure_lookup_failure");
  settings.flag_one_is_critical = in.boolean("flag_one_is_critical");
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return settings;
}

Result<RecordedRule> read_rule(const json::value& value, std::string pointer) {
  RecordReader in(value, std::move(pointer));
  RecordedRule rule{in.string("id"), in.string("document"), in.string("version"),
                    in.string("section"), in.string("ballot")};
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  return rule;
}

// Order, settings, rules, checks and names; the rest has been read.
Status read_lists(RecordReader& in, RecordedDecision& decision) {
  auto order = read_order(in.value("order"), "/order");
  if (!order) return fail(std::move(order.error()));
  auto settings = read_settings(in.value("settings"), "/settings");
  if (!settings) return fail(std::move(settings.error()));
  auto rules = read_list(in, "rules", kRulesMax, read_rule);
  if (!rules) return fail(std::move(rules.error()));
  auto checks = read_list(in, "checks", kChecksMax, read_check);
  if (!checks) return fail(std::move(checks.error()));
  const auto name = [&](const json::value& each, std::string pointer) {
    return read_name(each, std::move(pointer), order->type, checks->size());
  };
  auto names = read_list(in, "names", evidence::kRecordNamesMax, name);
  if (!names) return fail(std::move(names.error()));
  decision.order = std::move(*order);
  decision.settings = *settings;
  decision.rules = std::move(*rules);
  decision.checks = std::move(*checks);
  decision.names = std::move(*names);
  return in.finish();
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::permitted: return "permitted";
    case Outcome::undetermined: return "undetermined";
    case Outcome::refused: return "refused";
  }
  return "undetermined";
}

Outcome RecordReader::outcome(std::string_view key) {
  const std::string text = string(key);
  for (const Outcome each : {Outcome::permitted, Outcome::undetermined, Outcome::refused})
    if (text == to_string(each)) return each;
  reject(key, "an outcome is permitted, refused or undetermined");
  return Outcome::undetermined;
}

std::optional<std::size_t> RecordReader::optional_position(std::string_view key, std::size_t size) {
  const auto position = optional_integer(key, 0, INT64_MAX);
  if (!position) return std::nullopt;
  if (static_cast<std::uint64_t>(*position) < size) return static_cast<std::size_t>(*position);
  reject(key, fmt::format("there are {} checks", size));
  return std::nullopt;
}

Result<RecordedDecision> read_decision(const json::value& body) {
  RecordReader in(body, "");
  if (auto known = check_version(in, evidence::RecordKind::decision); !known)
    return fail(std::move(known.error()));
  RecordedDecision decision;
  decision.received = in.instant("received");
  decision.decided = in.instant("decided");
  decision.outcome = in.outcome("outcome");
  decision.permission_expires = in.optional_instant("permission_expires");
  decision.lab = in.boolean("lab");
  if (auto read = read_lists(in, decision); !read) return fail(std::move(read.error()));
  return decision;
}

Result<RecordedLate> read_late(const json::value& body) {
  RecordReader in(body, "");
  if (auto known = check_version(in, evidence::RecordKind::late_observation); !known)
    return fail(std::move(known.error()));
  RecordedLate late;
  late.recorded = in.instant("recorded");
  RecordReader inner(in.value("late"), "/late");
  late.client = inner.string("client");
  late.order_id = inner.string("order");
  late.check_digest = inner.string("check_digest");
  auto report = read_report(inner.value("report"), "/late/report");
  if (auto end = in.finish(); !end) return fail(std::move(end.error()));
  if (auto end = inner.finish(); !end) return fail(std::move(end.error()));
  if (!report) return fail(std::move(report.error()));
  late.report = std::move(*report);
  return late;
}

}  // namespace parallax::audit
