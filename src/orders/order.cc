// SPDX-License-Identifier: Apache-2.0
#include "orders/order.h"

namespace parallax::orders {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::permitted: return "permitted";
    case Outcome::refused: return "refused";
    case Outcome::undetermined: return "undetermined";
  }
  return "undetermined";
}

}  // namespace parallax::orders
