// SPDX-License-Identifier: Apache-2.0
#include "service/mpic_request.h"

#include <algorithm>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "service/limits.h"
#include "service/mpic_schema.h"
#include "service/requested_name.h"

namespace parallax::service {
namespace {

namespace json = boost::json;

// Issues by logic, all of them.
class LogicIssues {
 public:
  void add(std::string_view type, std::string_view message) {
    json::object issue;
    issue["issue_type"] = json::string(type);
    issue["message"] =
        json::string(is_utf8(message) ? std::string(message) : printable(message, message.size()));
    issues_.push_back(std::move(issue));
  }
  [[nodiscard]] bool empty() const { return issues_.empty(); }
  [[nodiscard]] json::array take() { return std::move(issues_); }

 private:
  json::array issues_;
};

// The request as its schema has it.
struct Sent {
  bool dcv = false;
  std::string target;
  std::optional<MpicOrchestration> orchestration;
  MpicCaaParameters caa;
  std::optional<MpicDcvParameters> control;
  std::optional<std::string> trace_identifier;
};

// check_type says what is asked, or else the parameters that are there do.
bool asks_for_dcv(SchemaReader& in, SchemaIssues& issues, const json::value& document) {
  const auto type = in.literal("check_type", {"caa", "dcv"});
  if (type) return *type == "dcv";
  if (!in.has("check_type") && !in.has("caa_check_parameters") && !in.has("dcv_check_parameters"))
    issues.add("missing", in.loc_of("check_type"), "Field required", document);
  return in.has("dcv_check_parameters");
}

tl::expected<Sent, json::array> read_schema(std::string_view body) {
  const auto document = parse_mpic_document(body, {});
  if (!document) return tl::unexpected(document.error());
  SchemaIssues issues;
  SchemaReader in(*document, {}, issues);
  Sent sent;
  if (document->is_object()) sent.dcv = asks_for_dcv(in, issues, *document);
  sent.target = in.required_string("domain_or_ip_target");
  if (in.has("orchestration_parameters")) {
    SchemaReader inner(in.member("orchestration_parameters"), in.loc_of("orchestration_parameters"),
                       issues);
    sent.orchestration = MpicOrchestration{
        inner.integer("perspective_count"), inner.integer("quorum_count"),
        inner.integer("max_attempts"), inner.integer("cohort_for_single_attempt")};
  }
  if (!sent.dcv)
    sent.caa = read_caa_parameters(in.member("caa_check_parameters"),
                                   in.loc_of("caa_check_parameters"), issues);
  else if (!in.has("dcv_check_parameters"))
    issues.add("missing", in.loc_of("dcv_check_parameters"), "Field required", *document);
  else
    sent.control = read_dcv_parameters(in.member("dcv_check_parameters"),
                                       in.loc_of("dcv_check_parameters"), issues);
  sent.trace_identifier = in.string("trace_identifier");
  if (sent.trace_identifier && sent.trace_identifier->size() > kTraceIdentifierSizeMax)
    issues.add("string_too_long", in.loc_of("trace_identifier"),
               fmt::format("String should have at most {} characters", kTraceIdentifierSizeMax),
               in.member("trace_identifier"));
  if (!issues.empty()) return tl::unexpected(issues.take());
  return sent;
}

void apply_orchestration(const MpicOrchestration& sent, const ServiceInfo& info, Date day,
                         orders::Order& order, LogicIssues& issues) {
  const auto roster = static_cast<std::int64_t>(info.remotes().size());
  std::int64_t used = roster;
  if (const auto count = sent.perspective_count) {
    if (*count < 1 || *count > roster) {
      issues.add("invalid-perspective-count", fmt::format("Invalid perspective count: {}", *count));
      return;
    }
    used = std::max<std::int64_t>(*count, info.remotes_required(day));
    order.remote_count = static_cast<unsigned>(used);
  }
  if (const auto count = sent.quorum_count) {
    const std::int64_t least = info.corroborations_required(static_cast<unsigned>(used), day);
    if (*count < least || *count > used)
      issues.add("invalid-quorum-count", fmt::format("Invalid quorum count: {}", *count));
    else
      order.corroborations_required = static_cast<unsigned>(*count);
  }
  if (sent.max_attempts && *sent.max_attempts < 1)
    issues.add("invalid-max-attempts", fmt::format("Invalid max attempts: {}", *sent.max_attempts));
  if (sent.cohort_for_single_attempt && *sent.cohort_for_single_attempt < 1)
    issues.add("invalid-cohort", fmt::format("Invalid cohort for single attempt: {}",
                                             *sent.cohort_for_single_attempt));
}

void apply_target(const Sent& sent, const names::PublicSuffixList& suffixes, orders::Order& order,
                  LogicIssues& issues) {
  constexpr std::string_view kType = "invalid-domain-or-ip-target";
  if (sent.target.find('@') != std::string::npos)
    return issues.add(kType, "the target is a domain name; of a mailbox, send the domain part");
  auto name = parse_requested_name(sent.target, sent.caa.type, suffixes);
  if (!name) return issues.add(kType, name.error().message);
  order.names.push_back(std::move(*name));
}

void apply_issuers(const std::vector<std::string>& texts, orders::Order& order,
                   LogicIssues& issues) {
  constexpr std::string_view kType = "invalid-caa-domains";
  if (texts.empty())
    return issues.add(kType, "caa_domains is empty: no CA could be authorized by any record");
  if (texts.size() > orders::kIssuersPerOrderMax)
    return issues.add(kType, fmt::format("caa_domains holds {} names; at most {} are accepted",
                                         texts.size(), orders::kIssuersPerOrderMax));
  for (const std::string& text : texts) {
    auto issuer = names::DomainName::parse(text);
    if (!issuer) return issues.add(kType, issuer.error().message);
    if (std::find(order.issuers.begin(), order.issuers.end(), *issuer) == order.issuers.end())
      order.issuers.push_back(std::move(*issuer));
  }
}

void apply_caa(const Sent& sent, const Caller& caller, const names::PublicSuffixList& suffixes,
               MpicRequest& request, LogicIssues& issues) {
  request.order.type = sent.caa.type;
  apply_target(sent, suffixes, request.order, issues);
  request.allow_lookup_failure = sent.caa.allow_lookup_failure.value_or(false);
  if (sent.caa.caa_domains) {
    request.caa_domains = *sent.caa.caa_domains;
    apply_issuers(request.caa_domains, request.order, issues);
    return;
  }
  request.order.issuers = caller.issuers;
  for (const auto& issuer : caller.issuers) request.caa_domains.push_back(issuer.text());
}

void apply_dcv(const Sent& sent, const Caller& caller, const ServiceInfo& info, Date day,
               const names::PublicSuffixList& suffixes, MpicRequest& request, LogicIssues& issues) {
  const rules::ControlMethod method = sent.control->method;
  auto asked = mpic_control(*sent.control, sent.target, suffixes, day, info.lab());
  if (!asked)
    return issues.add(mpic_issue_type(asked.error(), method), mpic_sentence(asked.error(), method));
  request.order.type = caa::CertificateType::tls_server;
  request.order.control_alone = true;
  request.order.issuers = caller.issuers;
  request.order.names.push_back(std::move(asked->name));
  request.order.controls.push_back(orders::ControlRequest{method, std::move(asked->check)});
  request.dcv = sent.control;
}

}  // namespace

tl::expected<MpicRequest, json::array> parse_mpic_request(std::string_view body,
                                                          const Caller& caller,
                                                          const ServiceInfo& info, Date day,
                                                          const names::PublicSuffixList& suffixes) {
  auto sent = read_schema(body);
  if (!sent) return tl::unexpected(std::move(sent.error()));
  LogicIssues issues;
  MpicRequest request;
  if (sent->orchestration)
    apply_orchestration(*sent->orchestration, info, day, request.order, issues);
  if (sent->dcv)
    apply_dcv(*sent, caller, info, day, suffixes, request, issues);
  else
    apply_caa(*sent, caller, suffixes, request, issues);
  if (!issues.empty()) return tl::unexpected(issues.take());
  request.orchestration = sent->orchestration;
  request.target = std::move(sent->target);
  request.trace_identifier = sent->trace_identifier;
  request.order.trace_id = sent->trace_identifier.value_or("");
  return request;
}

}  // namespace parallax::service
