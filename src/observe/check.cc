// SPDX-License-Identifier: Apache-2.0
#include "observe/check.h"

#include "base/canonical_json.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"

namespace parallax::observe {

json::value to_json(const Check& check) {
  return json::object{
      {"kind", "caa"}, {"domain", check.domain.text()}, {"prove_insecure", check.prove_insecure}};
}

Result<Check> check_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  if (in.string("kind") != "caa")
    in.reject("kind", "the only kind of check is \"caa\"", ErrorCode::unsupported);
  const bool prove_insecure = in.boolean("prove_insecure");
  auto domain = names::DomainName::parse(in.string("domain"));
  if (!domain) in.reject("domain", domain.error().message);
  if (auto end = in.finish(); !end) return fail(end.error());
  return Check{std::move(*domain), prove_insecure};
}

std::string digest(const Check& check) {
  // Only plain ASCII strings and a boolean: it always has a canonical form.
  return hex_encode(sha256(canonical_json(to_json(check)).value()));
}

}  // namespace parallax::observe
