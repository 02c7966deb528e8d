// SPDX-License-Identifier: Apache-2.0
#include "observe/check.h"

#include "base/canonical_json.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"

namespace parallax::observe {

namespace {

constexpr std::string_view kCaa = "caa";
constexpr std::string_view kControl = "control";

Result<Check> read_control(ObjectReader& in) {
  auto check = dcv::control_check_from_json(in.value("control"), in.pointer_to("control"));
  if (auto end = in.finish(); !end) return fail(end.error());
  if (!check) return fail(check.error());
  return Check{std::move(*check)};
}

}  // namespace

std::string subject_of(const Check& check) {
  if (const auto* caa = std::get_if<CaaCheck>(&check)) return caa->domain.text();
  return dcv::text_of(std::get<dcv::ControlCheck>(check).applied_for);
}

bool answers(const Seen& seen, const Check& check) {
  const auto* caa = std::get_if<CaaCheck>(&check);
  const auto* seen_caa = std::get_if<caa::CaaObservation>(&seen);
  if ((caa == nullptr) != (seen_caa == nullptr)) return false;
  // What a control observation is about stands in its lookups; dcv::assess() holds it against them.
  return caa == nullptr || seen_caa->domain == caa->domain;
}

bool validated(const Seen& seen) {
  return std::visit([](const auto& each) { return each.validating; }, seen);
}

json::value to_json(const Check& check) {
  if (const auto* control = std::get_if<dcv::ControlCheck>(&check))
    return json::object{{"kind", kControl}, {"control", dcv::to_json(*control)}};
  const auto& caa = std::get<CaaCheck>(check);
  return json::object{
      {"kind", kCaa}, {"domain", caa.domain.text()}, {"prove_insecure", caa.prove_insecure}};
}

Result<Check> check_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  const std::string kind = in.string("kind");
  if (kind == kControl) return read_control(in);
  if (kind != kCaa)
    in.reject("kind", "the kinds of check are \"caa\" and \"control\"", ErrorCode::unsupported);
  const bool prove_insecure = in.boolean("prove_insecure");
  auto domain = names::DomainName::parse(in.string("domain"));
  if (!domain) in.reject("domain", domain.error().message);
  if (auto end = in.finish(); !end) return fail(end.error());
  return Check{CaaCheck{std::move(*domain), prove_insecure}};
}

std::string digest(const Check& check) {
  // Valid UTF-8, booleans and no fractions: it always has a canonical form.
  return hex_encode(sha256(canonical_json(to_json(check)).value()));
}

}  // namespace parallax::observe
