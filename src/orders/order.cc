// SPDX-License-Identifier: Apache-2.0
#include "orders/order.h"

namespace parallax::orders {

std::string_view to_string(CaaPart part) {
  switch (part) {
    case CaaPart::checked: return "checked";
    case CaaPart::not_asked: return "not-asked";
    case CaaPart::not_applicable: return "not-applicable";
  }
  return "not-asked";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::permitted: return "permitted";
    case Outcome::refused: return "refused";
    case Outcome::undetermined: return "undetermined";
  }
  return "undetermined";
}

}  // namespace parallax::orders
