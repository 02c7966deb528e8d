// SPDX-License-Identifier: Apache-2.0
#include "baseline/context.h"

#include "dns/trust_anchors.h"
#include "dns/unbound_options.h"

namespace parallax::bench {
namespace {

constexpr int kClassIn = 1;
constexpr int kSecSecure = 2;

}  // namespace

struct Context::Pending {
  bool validates;
  Done done;
};

Result<std::unique_ptr<Context>> Context::make(event_base* base, dns::ResolverSettings settings) {
  ub_ctx* raw = ub_ctx_create_event(base);
  if (raw == nullptr) return fail(ErrorCode::internal, "libunbound gives no context");
  std::unique_ptr<Context> context(new Context(raw, settings.validate));
  ub_ctx_debugout(raw, nullptr);
  for (const auto& [name, value] : dns::unbound_options(settings))
    if (ub_ctx_set_option(raw, name.c_str(), value.c_str()) != 0)
      return fail(ErrorCode::configuration, "libunbound refuses " + name);
  if (!settings.validate) return context;
  const auto anchors = dns::read_trust_anchors(settings.trust_anchor_file, dns::AnchorPolicy::any);
  if (!anchors) return fail(anchors.error());
  for (const std::string& anchor : anchors->records)
    if (ub_ctx_add_ta(raw, anchor.c_str()) != 0)
      return fail(ErrorCode::configuration, "libunbound refuses a trust anchor");
  return context;
}

Context::~Context() { ub_ctx_delete(context_); }

void Context::ask(const std::string& name, dns::RecordType type, Done done) {
  auto pending = std::make_unique<Pending>(Pending{validates_, std::move(done)});
  const int error = ub_resolve_event(context_, name.c_str(), static_cast<int>(type), kClassIn,
                                     pending.get(), &Context::on_result, nullptr);
  if (error == 0)
    static_cast<void>(pending.release());  // on_result has it
  else
    pending->done(false);
}

void Context::on_result(void* argument, int rcode, void* packet, int size, int security,
                        char* /*why_bogus*/, int /*was_ratelimited*/) {
  const std::unique_ptr<Pending> pending(static_cast<Pending*>(argument));
  const bool answered = rcode == 0 && packet != nullptr && size > 0;
  pending->done(answered && (!pending->validates || security == kSecSecure));
}

}  // namespace parallax::bench
