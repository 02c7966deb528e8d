// SPDX-License-Identifier: Apache-2.0
// One libunbound context on libevent, as a program that used libunbound and nothing else would have
// it. The options are those of the product's resolver.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <event2/event.h>
#include <unbound-event.h>
#include <unbound.h>

#include "base/result.h"
#include "dns/record.h"
#include "dns/settings.h"

namespace parallax::bench {

class Context {
 public:
  // Told for each question whether an answer came, and validated if the context validates.
  using Done = std::function<void(bool good)>;

  [[nodiscard]] static Result<std::unique_ptr<Context>> make(event_base* base,
                                                             dns::ResolverSettings settings);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // `done` runs inside libunbound and must not ask again from there.
  void ask(const std::string& name, dns::RecordType type, Done done);

 private:
  struct Pending;
  explicit Context(ub_ctx* context, bool validates) : context_(context), validates_(validates) {}
  static void on_result(void* argument, int rcode, void* packet, int size, int security,
                        char* why_bogus, int was_ratelimited);

  ub_ctx* context_;
  bool validates_;
};

}  // namespace parallax::bench
