// SPDX-License-Identifier: Apache-2.0
// One libunbound context with its own caches, driven by an EventLoop.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/event_loop.h"
#include "dns/record.h"
#include "dns/settings.h"
#include "dns/trust_anchors.h"

struct ub_ctx;

namespace parallax::dns {

// The validator's word on a reply. `unsigned_or_unknown` is all that libunbound says about
// everything that is neither: it does not by itself mean insecure.
enum class ReplySecurity { unsigned_or_unknown, bogus, secure };

// What a context made of a question.
struct Reply {
  int error = 0;  // an rcode by which libunbound says that there is no packet; 0: there is
  ReplySecurity security = ReplySecurity::unsigned_or_unknown;
  std::string packet;  // wire octets
  std::string why_bogus;
};

// Who asked. Held by the context until libunbound lets go of the question.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  // False once the result is of no interest any more: it is then dropped uncopied.
  [[nodiscard]] virtual bool wants_reply() const = 0;
  virtual void on_reply(unsigned context, Reply reply) = 0;
};

// Not thread safe; lives on the loop's executor. libunbound keeps `cache_max_ttl` per process: all
// contexts of a process share the value set last.
class UnboundContext {
 public:
  // `number` is told to sinks. Error: configuration when libunbound refuses an option.
  [[nodiscard]] static Result<std::unique_ptr<UnboundContext>> make(
      std::shared_ptr<EventLoop> loop, const ResolverSettings& settings,
      const TrustAnchors& anchors, unsigned number);
  // Outstanding questions are dropped without a reply.
  ~UnboundContext();
  UnboundContext(const UnboundContext&) = delete;
  UnboundContext& operator=(const UnboundContext&) = delete;

  // Asks (name, type, IN). The reply, which libunbound may have at once, is kept until deliver().
  // Never call it from inside libunbound. Errors: overloaded, internal.
  [[nodiscard]] Status ask(const std::string& name, RecordType type,
                           std::shared_ptr<ReplySink> sink);
  // Hands over what has arrived; sinks may ask again.
  void deliver();
  [[nodiscard]] bool has_deliveries() const { return !arrived_.empty(); }
  // Questions libunbound still works on, those nobody waits for included.
  [[nodiscard]] std::size_t outstanding() const { return outstanding_; }

 private:
  struct Pending;
  struct Arrival {
    std::shared_ptr<ReplySink> sink;  // shared: a lookup may have ended before its reply
    Reply reply;
  };
  UnboundContext(std::shared_ptr<EventLoop> loop, ub_ctx* context, unsigned number,
                 std::size_t outstanding_max);
  static void on_result(void* argument, int rcode, void* packet, int packet_size, int security,
                        char* why_bogus, int was_ratelimited);

  std::shared_ptr<EventLoop> loop_;  // shared: outlives the context that holds its events
  ub_ctx* context_;
  unsigned number_;
  std::size_t outstanding_max_;
  std::size_t outstanding_ = 0;
  std::vector<Arrival> arrived_;
};

}  // namespace parallax::dns
