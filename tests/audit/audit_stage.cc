// SPDX-License-Identifier: Apache-2.0
#include "audit/audit_stage.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax::audit::test {
namespace {

namespace desk = orders::test;

constexpr const char* kDomain = "example.com";

// A value at the name itself, or at the mail server that the check leads to.
dcv::ControlObservation control_facts(const dcv::ControlCheck& check) {
  if (!check.mail_server) return desk::saw_txt(dcv::text_of(check.applied_for), desk::kRandomValue);
  dcv::ControlObservation seen = desk::saw_txt(kHost, desk::kRandomValue);
  const std::string preference{'\0', '\x0a'};
  seen.lookups.insert(
      seen.lookups.begin(),
      {desk::looked_up("mx", check.mail_server->mail_domain.text(), dns::RecordType::mx,
                       {preference + desk::wire_name(desk::dns_name(kHost))}),
       desk::looked_up("mx-address", kHost, dns::RecordType::a,
                       {{'\x09', '\x09', '\x09', '\x09'}})});
  seen.smtp_host = desk::dns_name(kHost);
  seen.equal_preference = 1;
  return seen;
}

std::size_t answer(desk::DeskStage& stage, const Script& script) {
  std::size_t answered = 0;
  for (desk::ScriptedPerspective* perspective : stage.everybody())
    for (std::size_t call = 0; call < perspective->asked(); ++call) {
      if (!perspective->waiting(call)) continue;
      auto said = script(perspective->code(), perspective->request(call));
      if (!said) continue;
      perspective->answer(std::move(*said), call);
      ++answered;
    }
  stage.stage.settle();
  return answered;
}

Order smime(std::optional<orders::ControlRequest> request) {
  Order order = desk::order_for({desk::mailbox("alice@example.com")}, caa::CertificateType::smime);
  order.controls = {std::move(request)};
  return order;
}

}  // namespace

const SigningKey& key_of(const std::string& code) {
  static std::map<std::string, SigningKey> keys;
  return keys.try_emplace(code, SigningKey::generate()).first->second;
}

std::string key_lines() {
  const auto line = [](const std::string& code) {
    return fmt::format("{} {}\n", code, base64_encode(key_of(code).verifying_key().raw()));
  };
  const corroborate::Roster roster = corroborate::test::good_roster();
  std::string lines = "# of this test\n\n" + line(roster.primary.code);
  for (const auto& remote : roster.remotes) lines += line(remote.code);
  return lines;
}

PerspectiveKeys keys() { return PerspectiveKeys::parse(key_lines()).value(); }

corroborate::PerspectiveReply reply(const std::string& code,
                                    const observe::ObservationRequest& request,
                                    observe::Seen seen) {
  auto observation = corroborate::test::observation_of(request, code, std::move(seen));
  auto statement = corroborate::test::signed_by(key_of(code), observation);
  return observe::SignedObservation{std::move(observation), std::move(statement)};
}

Script everybody_permits() {
  return [](const std::string& code, const observe::ObservationRequest& request) {
    if (const auto* control = std::get_if<dcv::ControlCheck>(&request.check))
      return reply(code, request, control_facts(*control));
    return reply(code, request, corroborate::test::permitting(observe::subject_of(request.check)));
  };
}

Script but(std::vector<std::string> codes, Script others) {
  return [codes = std::move(codes), others = std::move(others)](
             const std::string& code, const observe::ObservationRequest& request) {
    const bool other = std::find(codes.begin(), codes.end(), code) != codes.end();
    return other ? others(code, request) : everybody_permits()(code, request);
  };
}

Script denies() {
  return [](const std::string& code, const observe::ObservationRequest& request) {
    const std::string subject = observe::subject_of(request.check);
    if (std::holds_alternative<dcv::ControlCheck>(request.check))
      return reply(code, request, desk::saw_txt(subject, "something else"));
    return reply(code, request, corroborate::test::denying(subject));
  };
}

Script fails(corroborate::NonCorroboration kind) {
  return [kind](const std::string&, const observe::ObservationRequest&) {
    return corroborate::test::failed(kind);
  };
}

Script keeps_silent() {
  return [](const std::string&, const observe::ObservationRequest&) {
    return std::optional<corroborate::PerspectiveReply>();
  };
}

std::vector<evidence::Record> decide(Order order, const Script& script, const char* on) {
  desk::DeskStage stage;
  stage.clock.set(parse_instant(on).value());
  desk::Placed placed;
  stage.place(std::move(order), placed);
  while (answer(stage, script) > 0) {
  }
  answer(stage, everybody_permits());  // whoever kept silent, late
  if (!placed || !*placed) std::abort();
  std::vector<evidence::Record> kept = std::move(stage.store.kept);
  for (evidence::Record& record : kept) record.answer = nullptr;
  return kept;
}

Order caa_order(const std::string& id) {
  Order order = desk::order_for({desk::domain(kDomain)});
  order.id = id;
  return order;
}

Order wildcard_order() {
  return desk::order_for({desk::domain(kDomain), desk::wildcard("*.example.com")});
}

Order control_order() { return smime(desk::dns_change(kDomain)); }

Order mail_server_order() {
  orders::ControlRequest request = desk::dns_change(kDomain);
  request.check->mail_server = dcv::MailServerOf{desk::dns_name(kDomain), std::nullopt};
  return smime(std::move(request));
}

Order mailbox_order() {
  return smime(orders::ControlRequest{rules::ControlMethod::mailbox_email, {}});
}

json::value& place(json::value& body, const std::string& pointer) {
  boost::system::error_code missing;
  json::value* found = body.find_pointer(pointer, missing);
  if (found == nullptr) throw std::out_of_range(pointer);
  return *found;
}

void sign_anew(json::value& body, const std::string& report,
               const std::function<void(observe::Observation&)>& change) {
  json::value& place_of_it = place(body, report + "/observation");
  auto observation = observe::read_statement(place_of_it.at("statement").as_string()).value();
  change(observation);
  const std::string code(place(body, report + "/code").as_string());
  place_of_it = observe::to_json(corroborate::test::signed_by(key_of(code), observation));
}

}  // namespace parallax::audit::test
