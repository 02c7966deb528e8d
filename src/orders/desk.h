// SPDX-License-Identifier: Apache-2.0
// The life of one order behind one call. The HTTP service and the CLI know nothing else of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/result.h"
#include "orders/order.h"

namespace parallax::orders {

// Renders a decision into the answer that will be sent; the text is stored with the record, so
// that repeating an order id gives the same octets again.
using AnswerWriter = std::function<std::string(const Decision&)>;

// An order that has been answered: now, or earlier under the same id.
struct Answered {
  std::string answer;                // what to send
  std::optional<Decision> decision;  // none when `replayed`
  bool replayed = false;
};

// Implementations run on one worker; awaited on its executor.
class OrderDesk {
 public:
  virtual ~OrderDesk() = default;

  // Decides, records durably, and only then returns. Same client, id and request digest: the
  // stored answer. Errors: conflict (the id was used for another request, or is under way right
  // now), overloaded, storage (not durable, or not in time: then the id stays under way until the
  // record is durable or refused, and later gives the stored answer), forbidden (remote counts
  // below the rules).
  [[nodiscard]] virtual Task<Result<Answered>> place(Order order, AnswerWriter write) = 0;

  // The stored answer to an earlier order of this client. Error: not_found.
  [[nodiscard]] virtual Task<Result<std::string>> recall(std::string client,
                                                         std::string order_id) = 0;
};

}  // namespace parallax::orders
