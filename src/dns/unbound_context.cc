// SPDX-License-Identifier: Apache-2.0
#include "dns/unbound_context.h"

#include <fmt/format.h>
#include <unbound.h>

#include "dns/packet.h"
#include "dns/unbound_options.h"

namespace parallax::dns {
namespace {

constexpr int kClassIn = 1;
constexpr int kSecBogus = 1;  // of libunbound's callback
constexpr int kSecSecure = 2;
// libunbound goes on for up to half a minute with what nobody waits for any more; so many times
// the lookups at once may pile up there.
constexpr std::size_t kAbandonedFactor = 4;
constexpr std::size_t kReasonSizeMax = 1024;

Status configure(ub_ctx* context, const ResolverSettings& settings, const TrustAnchors& anchors) {
  ub_ctx_debugout(context, nullptr);  // its messages have no structure; ours carry the reasons
  for (const auto& [name, value] : unbound_options(settings)) {
    const int error = ub_ctx_set_option(context, name.c_str(), value.c_str());
    if (error != 0) {
      return fail(ErrorCode::configuration,
                  fmt::format("libunbound refuses {} {}: {}", name, value, ub_strerror(error)));
    }
  }
  if (!settings.validate) {
    return {};
  }
  for (const std::string& anchor : anchors.records) {
    const int error = ub_ctx_add_ta(context, anchor.c_str());
    if (error != 0) {
      return fail(ErrorCode::configuration,
                  fmt::format("libunbound refuses a trust anchor: {}", ub_strerror(error)));
    }
  }
  return {};
}

}  // namespace

// What libunbound carries for a question. Freed by its callback, which libunbound calls exactly
// once, at the latest when the context is deleted.
struct UnboundContext::Pending {
  UnboundContext* context;
  std::shared_ptr<ReplySink> sink;
};

Result<std::unique_ptr<UnboundContext>> UnboundContext::make(std::shared_ptr<EventLoop> loop,
                                                             const ResolverSettings& settings,
                                                             const TrustAnchors& anchors,
                                                             unsigned number) {
  ub_ctx* raw = ub_ctx_create_ub_event(loop->base());
  if (raw == nullptr) {
    return fail(ErrorCode::internal, "libunbound gives no context");
  }
  std::unique_ptr<UnboundContext> context(new UnboundContext(
      std::move(loop), raw, number, settings.concurrent_lookups_max * kAbandonedFactor));
  Status configured = configure(raw, settings, anchors);
  if (!configured) {
    return fail(std::move(configured.error()));
  }
  return context;
}

UnboundContext::UnboundContext(std::shared_ptr<EventLoop> loop, ub_ctx* context, unsigned number,
                               std::size_t outstanding_max)
    : loop_(std::move(loop)),
      context_(context),
      number_(number),
      outstanding_max_(outstanding_max) {}

UnboundContext::~UnboundContext() { ub_ctx_delete(context_); }

Status UnboundContext::ask(const std::string& name, RecordType type,
                           std::shared_ptr<ReplySink> sink) {
  if (outstanding_ >= outstanding_max_) {
    return fail(ErrorCode::overloaded, "too many questions are outstanding");
  }
  auto pending = std::make_unique<Pending>(this, std::move(sink));
  ++outstanding_;
  const int error = ub_resolve_event(context_, name.c_str(), static_cast<int>(type), kClassIn,
                                     pending.get(), &UnboundContext::on_result, nullptr);
  if (error != 0) {
    --outstanding_;
    return fail(ErrorCode::internal,
                fmt::format("libunbound takes no question: {}", ub_strerror(error)));
  }
  static_cast<void>(pending.release());  // on_result has it, or has freed it already
  return {};
}

void UnboundContext::on_result(void* argument, int rcode, void* packet, int packet_size,
                               int security, char* why_bogus, int /*was_ratelimited*/) {
  const std::unique_ptr<Pending> pending(static_cast<Pending*>(argument));
  UnboundContext& self = *pending->context;
  --self.outstanding_;
  if (!pending->sink->wants_reply()) {
    return;
  }
  Reply reply;
  reply.error = rcode;
  reply.security = security == kSecSecure  ? ReplySecurity::secure
                   : security == kSecBogus ? ReplySecurity::bogus
                                           : ReplySecurity::unsigned_or_unknown;
  if (rcode == 0 && packet != nullptr && packet_size > 0) {
    reply.packet.assign(static_cast<const char*>(packet), static_cast<std::size_t>(packet_size));
  }
  if (why_bogus != nullptr) {
    reply.why_bogus = std::string_view(why_bogus).substr(0, kReasonSizeMax);
  }
  self.arrived_.push_back({std::move(pending->sink), std::move(reply)});
}

void UnboundContext::deliver() {
  std::vector<Arrival> arrived = std::exchange(arrived_, {});
  for (Arrival& arrival : arrived) {
    arrival.sink->on_reply(number_, std::move(arrival.reply));
  }
}

}  // namespace parallax::dns
