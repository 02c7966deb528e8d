// SPDX-License-Identifier: Apache-2.0
#include "dns/unbound_resolver.h"

#include <deque>
#include <fstream>
#include <unordered_map>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "dns/insecurity_walk.h"
#include "dns/lookup_operation.h"
#include "dns/trust_anchors.h"
#include "names/ip_address.h"

namespace parallax::dns {
namespace {

// Lookups that wait for a slot, as a multiple of the slots.
constexpr std::size_t kWaitingFactor = 4;

Status check_settings(const ResolverSettings& settings) {
  const auto refuse = [](std::string message) {
    return fail(ErrorCode::configuration, std::move(message));
  };
  if (settings.lookup_timeout < kLookupTimeoutMin || settings.lookup_timeout > kLookupTimeoutMax) {
    return refuse(fmt::format("lookup_timeout must be {} to {} ms", kLookupTimeoutMin.count(),
                              kLookupTimeoutMax.count()));
  }
  if (settings.cache_max_ttl.count() < 0 || settings.cache_max_ttl > kCacheMaxTtlMax) {
    return refuse(fmt::format("cache_max_ttl must be 0 to {} s", kCacheMaxTtlMax.count()));
  }
  if (settings.concurrent_lookups_max < 1 ||
      settings.concurrent_lookups_max > kConcurrentLookupsMax) {
    return refuse(fmt::format("concurrent_lookups_max must be 1 to {}", kConcurrentLookupsMax));
  }
  if (!settings.ipv4 && !settings.ipv6) {
    return refuse("ipv4 and ipv6 cannot both be off");
  }
  if (settings.outgoing_interfaces.size() > kOutgoingInterfacesMax) {
    return refuse(fmt::format("at most {} outgoing_interfaces", kOutgoingInterfacesMax));
  }
  for (const std::string& address : settings.outgoing_interfaces) {
    if (!names::IpAddress::parse(address)) {
      return refuse(fmt::format("outgoing interface \"{}\" is no IP address", address));
    }
  }
  // libunbound would notice a missing file at the first question only, and without a name.
  if (!std::ifstream(settings.root_hints_file)) {
    return refuse(fmt::format("the root hints file {} cannot be read", settings.root_hints_file));
  }
  return {};
}

}  // namespace

// Shared with deliveries that are posted and look whether it is still there.
class UnboundResolver::Impl final : public OperationHost,
                                    public LoopListener,
                                    public Asker,
                                    public std::enable_shared_from_this<Impl> {
 public:
  Impl(boost::asio::any_io_executor executor, ResolverSettings settings, const Clock& clock)
      : executor_(std::move(executor)), settings_(std::move(settings)), clock_(clock) {}
  ~Impl();

  [[nodiscard]] Status open(const TrustAnchors& anchors);
  [[nodiscard]] Task<Outcome> ask(std::string name, RecordType type, Deadline deadline) override;

  UnboundContext& context(std::size_t number) override { return *contexts_[number]; }
  EventLoop& loop() override { return *loop_; }
  const Clock& clock() override { return clock_; }
  bool validating() const override { return settings_.validate; }
  void on_finished(LookupOperation& operation) override;
  void after_dispatch() override;
  bool wants_events() const override;

 private:
  std::shared_ptr<LookupOperation> admit(std::string name, RecordType type, Deadline deadline,
                                         LookupOperation::Handler handler);
  void start_waiting();
  void post_deliveries();

  boost::asio::any_io_executor executor_;
  ResolverSettings settings_;
  const Clock& clock_;
  std::shared_ptr<EventLoop> loop_;
  std::array<std::unique_ptr<UnboundContext>, kContexts> contexts_;
  std::unordered_map<LookupOperation*, std::shared_ptr<LookupOperation>> operations_;
  std::deque<std::shared_ptr<LookupOperation>> waiting_;
  std::size_t running_ = 0;
  bool starting_ = false;
};

UnboundResolver::Impl::~Impl() {
  if (loop_) {
    loop_->close();
  }
  waiting_.clear();
  for (auto& [key, operation] : operations_) {
    operation->abandon();
  }
}

Status UnboundResolver::Impl::open(const TrustAnchors& anchors) {
  Result<std::shared_ptr<EventLoop>> loop = EventLoop::make(executor_, *this);
  if (!loop) {
    return fail(std::move(loop.error()));
  }
  loop_ = std::move(*loop);
  for (unsigned number = 0; number < kContexts; ++number) {
    Result<std::unique_ptr<UnboundContext>> context =
        UnboundContext::make(loop_, settings_, anchors, number);
    if (!context) {
      return fail(std::move(context.error()));
    }
    contexts_[number] = std::move(*context);
  }
  return {};
}

Task<Outcome> UnboundResolver::Impl::ask(std::string name, RecordType type, Deadline deadline) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Outcome)>(
      [this](auto handler, std::string asked, RecordType asked_type, Deadline until) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        const std::weak_ptr<LookupOperation> operation =
            admit(std::move(asked), asked_type, until.within(settings_.lookup_timeout),
                  std::move(handler));
        if (slot.is_connected()) {
          slot.assign([operation](boost::asio::cancellation_type) {
            if (const auto live = operation.lock()) {
              live->cancel();
            }
          });
        }
      },
      boost::asio::use_awaitable, std::move(name), type, deadline);
}

std::shared_ptr<LookupOperation> UnboundResolver::Impl::admit(std::string name, RecordType type,
                                                              Deadline deadline,
                                                              LookupOperation::Handler handler) {
  const auto operation =
      std::make_shared<LookupOperation>(*this, std::move(name), type, deadline, std::move(handler));
  operations_.emplace(operation.get(), operation);
  if (waiting_.size() >= settings_.concurrent_lookups_max * kWaitingFactor) {
    operation->refuse("too many lookups are waiting");
    return operation;
  }
  waiting_.push_back(operation);
  start_waiting();
  loop_->wake();
  post_deliveries();
  return operation;
}

void UnboundResolver::Impl::start_waiting() {
  if (starting_) {
    return;  // an operation that ends while it starts comes back here: the loop below goes on
  }
  starting_ = true;
  while (running_ < settings_.concurrent_lookups_max && !waiting_.empty()) {
    const std::shared_ptr<LookupOperation> next = std::move(waiting_.front());
    waiting_.pop_front();
    if (!next->finished()) {
      ++running_;
      next->start();
    }
  }
  starting_ = false;
}

void UnboundResolver::Impl::on_finished(LookupOperation& operation) {
  auto owned = operations_.extract(&operation);
  if (operation.started()) {
    --running_;
  }
  boost::asio::post(executor_,
                    boost::asio::append(operation.take_handler(), operation.take_outcome()));
  start_waiting();
  loop_->rest();
}

void UnboundResolver::Impl::after_dispatch() {
  // What a sink asks anew may be answered from a cache at once; two attempts bound the rounds.
  for (std::size_t round = 0; round < kContexts; ++round) {
    for (const auto& context : contexts_) {
      context->deliver();
    }
  }
  post_deliveries();
}

bool UnboundResolver::Impl::wants_events() const {
  if (!operations_.empty()) {
    return true;
  }
  return std::any_of(contexts_.begin(), contexts_.end(),
                     [](const auto& context) { return context->outstanding() > 0; });
}

void UnboundResolver::Impl::post_deliveries() {
  const bool any = std::any_of(contexts_.begin(), contexts_.end(),
                               [](const auto& context) { return context->has_deliveries(); });
  if (!any) {
    return;
  }
  boost::asio::post(executor_, [weak = weak_from_this()] {
    if (const auto impl = weak.lock()) {
      impl->after_dispatch();
      impl->loop_->rest();
    }
  });
}

UnboundResolver::UnboundResolver(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
UnboundResolver::~UnboundResolver() = default;

Result<std::unique_ptr<UnboundResolver>> UnboundResolver::make(
    boost::asio::any_io_executor executor, ResolverSettings settings, const Clock& clock) {
  Status checked = check_settings(settings);
  if (!checked) {
    return fail(std::move(checked.error()));
  }
  Result<TrustAnchors> anchors = read_trust_anchors(
      settings.trust_anchor_file, settings.lab ? AnchorPolicy::any : AnchorPolicy::iana);
  if (!anchors) {
    return fail(std::move(anchors.error()));
  }
  auto impl = std::make_shared<Impl>(std::move(executor), std::move(settings), clock);
  Status opened = impl->open(*anchors);
  if (!opened) {
    return fail(std::move(opened.error()));
  }
  return std::unique_ptr<UnboundResolver>(new UnboundResolver(std::move(impl)));
}

Task<Lookup> UnboundResolver::lookup(Question question, Deadline deadline) {
  Outcome outcome = co_await impl_->ask(question.name.text(), question.type, deadline);
  co_return Lookup{
      .question = std::move(question),
      .status = outcome.status,
      .rcode = outcome.answer.rcode,
      .verdict = outcome.verdict,
      .records = std::move(outcome.answer.records),
      .ttl_s = outcome.answer.ttl_s,
      .alias_chain = std::move(outcome.answer.alias_chain),
      .reason = std::move(outcome.reason),
      .packet = std::move(outcome.packet),
      .attempts = outcome.attempts,
      .started = outcome.started,
      .elapsed = outcome.elapsed,
  };
}

Task<InsecurityProof> UnboundResolver::prove_insecure(names::DomainName name, Deadline deadline) {
  if (!impl_->validating()) {
    InsecurityProof unproved;
    unproved.reason = "this resolver does not validate";
    co_return unproved;
  }
  InsecurityProof proof =
      co_await walk_to_insecurity(*impl_, impl_->clock(), std::move(name), deadline);
  co_return proof;
}

Task<Status> UnboundResolver::check_root(Deadline deadline) {
  const Outcome outcome = co_await impl_->ask(".", RecordType::dnskey, deadline);
  const bool arrived = outcome.status == LookupStatus::answered && !outcome.answer.records.empty();
  if (arrived && (!impl_->validating() || outcome.verdict == Verdict::secure)) {
    co_return Status{};
  }
  co_return fail(Error{ErrorCode::untrusted,
                       "the root's DNSKEY set does not validate under the trust anchors",
                       {}}
                     .with("status", std::string(to_string(outcome.status)))
                     .with("verdict", std::string(to_string(outcome.verdict)))
                     .with("reason", outcome.reason));
}

}  // namespace parallax::dns
