// SPDX-License-Identifier: Apache-2.0
#include "rules/digest.h"

#include "base/canonical_json.h"
#include "base/crypto.h"
#include "base/encoding.h"
#include "rules/render.h"

namespace parallax::rules {

std::string digest(Date at) {
  // Strings, whole numbers, booleans and null of our own making: it has a canonical form.
  return hex_encode(sha256(canonical_json(render_json(at).at("rules")).value()));
}

}  // namespace parallax::rules
