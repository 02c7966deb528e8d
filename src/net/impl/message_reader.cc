// SPDX-License-Identifier: Apache-2.0
#include "net/impl/message_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <variant>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

#include "net/impl/text.h"

namespace parallax::net::impl {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kInputBytesMax = 16 * 1024;   // one TLS record
constexpr std::size_t kInputBytesFirst = 4 * 1024;  // hundreds of connections hold one each
constexpr std::size_t kBodyReserveMax = 64 * 1024;  // what a Content-Length alone may make us take
// "0\r\n\r\n". Beast 345 asserts on four octets of it, so it is not shown fewer.
constexpr std::size_t kLastChunkBytes = 5;

bool is_decimal(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <bool is_request>
class Parser final : public http::basic_parser<is_request> {
 public:
  Message message;
  std::optional<Refusal> refusal;
  std::uint64_t chunk_left = 0;  // octets of the current chunk still to come
  bool chunked = false;
  bool wants_continue = false;
  bool no_body = false;
  // Where a body is cut (MessageLimits::single_response); without it, Beast's own limit holds.
  std::optional<std::size_t> cut_at;

  [[nodiscard]] bool between_chunks() const {
    return this->is_header_done() && chunked && chunk_left == 0;
  }

 private:
  void refuse(unsigned status, std::string detail, error_code& ec) {
    refusal = Refusal{status, std::move(detail)};
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override {
    message.method.assign(method.data(), method.size());
    message.target.assign(target.data(), target.size());
    message.http_1_0 = version == 10;
  }

  void on_response_impl(int code, beast::string_view, int version, error_code& ec) override {
    message.status = static_cast<unsigned>(code);
    message.http_1_0 = version == 10;
    if (code < 100 || code > 599) refuse(400, "the status code is not in 100-599", ec);
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     error_code& ec) override {
    if (head_done_) return;  // a trailer
    const std::string_view text(value.data(), value.size());
    switch (field) {
      case http::field::transfer_encoding: on_transfer_encoding(text, ec); break;
      case http::field::content_length: on_content_length(text, ec); break;
      case http::field::host: ++hosts_; break;
      case http::field::expect: on_expect(text, ec); break;
      default: break;
    }
    if (ec) return;
    auto& [added_name, added_value] =
        message.headers.emplace_back(std::string(name.size(), '\0'), std::string(text));
    std::transform(name.begin(), name.end(), added_name.begin(), ascii_lower);
  }

  void on_transfer_encoding(std::string_view value, error_code& ec) {
    if (message.http_1_0) return refuse(400, "Transfer-Encoding has no place in HTTP/1.0", ec);
    if (has_length_) return refuse(400, "both Content-Length and Transfer-Encoding", ec);
    if (chunked) return refuse(400, "Transfer-Encoding is given more than once", ec);
    if (!equals_ignoring_case(value, "chunked"))
      return refuse(400, "the only Transfer-Encoding understood is chunked", ec);
    chunked = true;
  }

  void on_content_length(std::string_view value, error_code& ec) {
    if (chunked) return refuse(400, "both Content-Length and Transfer-Encoding", ec);
    if (has_length_) return refuse(400, "Content-Length is given more than once", ec);
    if (!is_decimal(value)) return refuse(400, "Content-Length is not one decimal number", ec);
    has_length_ = true;
  }

  void on_expect(std::string_view value, error_code& ec) {
    if (!is_request || message.http_1_0) return;
    if (!equals_ignoring_case(value, "100-continue"))
      return refuse(417, "the only expectation understood is 100-continue", ec);
    wants_continue = true;
  }

  void on_header_impl(error_code& ec) override {
    head_done_ = true;
    if (is_request) {
      if (hosts_ > 1 || (hosts_ == 0 && !message.http_1_0))
        refuse(400, "a request names exactly one Host", ec);
      return;
    }
    const bool bodiless =
        no_body || message.status / 100 == 1 || message.status == 204 || message.status == 304;
    if (!bodiless && !has_length_ && !chunked && !cut_at)
      refuse(400, "the response has neither Content-Length nor Transfer-Encoding", ec);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (!length) return;
    message.body.reserve(std::min<std::uint64_t>(*length, kBodyReserveMax));
    declared_ = *length;
  }

  // Returns how much of it was taken: where the body is cut, the rest stays unparsed, so that how
  // the octets came does not matter.
  std::size_t append(beast::string_view body) {
    std::size_t taken = body.size();
    if (cut_at) taken = std::min(taken, *cut_at - message.body.size());
    message.body.append(body.data(), taken);
    if (taken < body.size() || (cut_at && message.body.size() == *cut_at && declared_ > *cut_at))
      message.body_truncated = true;
    return taken;
  }

  std::size_t on_body_impl(beast::string_view body, error_code&) override { return append(body); }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code&) override {
    chunk_left = size;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    const std::size_t taken = append(body);
    chunk_left -= taken;
    return taken;
  }

  void on_finish_impl(error_code&) override {}

  std::uint64_t declared_ = 0;  // Content-Length of the body under way
  unsigned hosts_ = 0;
  bool has_length_ = false;
  bool head_done_ = false;
};

}  // namespace

struct MessageReader::Impl {
  Impl(MessageKind the_kind, MessageLimits the_limits)
      : kind(the_kind),
        limits(the_limits),
        capacity_max(std::max(kInputBytesMax, the_limits.header_bytes_max + 1)) {
    begin_message();
  }

  // Moves what is not yet parsed to the front, into twice the room if there was none left.
  void make_room() {
    const std::size_t kept = pending();
    if (first > 0 && kept > 0) std::memmove(input.get(), input.get() + first, kept);
    first = 0;
    end = kept;
    if (kept < capacity) return;
    capacity = std::min(capacity_max, std::max(kInputBytesFirst, capacity * 2));
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (kept > 0) std::memcpy(larger.get(), input.get(), kept);
    input = std::move(larger);
  }

  // A message that needed more room than most does not keep it.
  void give_back_room() {
    if (pending() > 0 || capacity <= kInputBytesFirst) return;
    input.reset();
    first = end = capacity = 0;
  }

  void begin_message() {
    octets = 0;
    head_reported = false;
    if (kind == MessageKind::request)
      begin(parser.emplace<Parser<true>>());
    else
      begin(parser.emplace<Parser<false>>());
  }

  template <class P>
  void begin(P& fresh) const {
    fresh.eager(false);  // one part per call, so that each can be counted
    fresh.header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(limits.header_bytes_max + 1, UINT32_MAX)));
    if (!limits.single_response) return fresh.body_limit(limits.body_bytes_max);
    fresh.body_limit(boost::none);
    fresh.cut_at = limits.body_bytes_max;
  }

  template <class F>
  decltype(auto) visit(F&& use) {
    if (kind == MessageKind::request) return use(std::get<Parser<true>>(parser));
    return use(std::get<Parser<false>>(parser));
  }

  [[nodiscard]] std::size_t pending() const { return end - first; }

  ReadStep refuse(unsigned status, std::string detail) {
    refusal = Refusal{status, std::move(detail)};
    return ReadStep::refused;
  }

  ReadStep refuse_head() {
    return refuse(431, fmt::format("the head of the message is larger than {} octets",
                                   limits.header_bytes_max));
  }
  ReadStep refuse_framing() {
    return refuse(413, fmt::format("chunk extensions or trailers are larger than {} octets",
                                   limits.header_bytes_max));
  }
  ReadStep refuse_message() {
    return refuse(413,
                  fmt::format("the message is larger than {} octets", limits.message_bytes_max));
  }

  template <class P>
  ReadStep refuse_parse(const P& current, const error_code& ec) {
    if (current.refusal) return refuse(current.refusal->status, current.refusal->detail);
    if (ec == http::error::header_limit) return refuse_head();
    if (ec == http::error::body_limit)
      return refuse(413, fmt::format("the body is larger than {} octets", limits.body_bytes_max));
    return refuse(400, "not an HTTP/1.1 message: " + ec.message());
  }

  // More input is wanted: is there room for it within the limits?
  template <class P>
  ReadStep starve(const P& current) {
    if (octets + pending() > limits.message_bytes_max) return refuse_message();
    if (!current.is_header_done() && octets + pending() > limits.header_bytes_max)
      return refuse_head();
    if (current.between_chunks() && pending() > limits.header_bytes_max) return refuse_framing();
    return ReadStep::need_more;
  }

  template <class P>
  ReadStep advance(P& current) {
    for (;;) {
      if (current.is_done() || current.message.body_truncated) return ReadStep::complete;
      if (pending() == 0 || (current.between_chunks() && pending() < kLastChunkBytes))
        return starve(current);
      const bool had_head = current.is_header_done();
      const std::size_t body_before = current.message.body.size();
      error_code ec;
      const std::size_t used = current.put({input.get() + first, pending()}, ec);
      first += used;
      octets += used;
      if (ec && ec != http::error::need_more) return refuse_parse(current, ec);
      if (octets > limits.message_bytes_max) return refuse_message();
      if (current.message.body_truncated) return ReadStep::complete;
      if (!had_head && octets > limits.header_bytes_max) return refuse_head();
      if (had_head && used - (current.message.body.size() - body_before) > limits.header_bytes_max)
        return refuse_framing();
      if (ec || used == 0) return starve(current);
      if (current.is_header_done() && !current.is_done() && !head_reported) {
        head_reported = true;
        return ReadStep::head;
      }
    }
  }

  template <class P>
  ReadStep finish(P& current) {
    if (!current.is_header_done())
      return refuse(400, "the connection was closed before the head of the message was whole");
    error_code ec;
    current.put_eof(ec);
    if (current.is_done()) return ReadStep::complete;
    return refuse(400, "the connection was closed before the body was whole");
  }

  MessageKind kind;
  MessageLimits limits;
  std::size_t capacity_max;
  std::size_t capacity = 0;
  std::unique_ptr<char[]> input;
  std::size_t first = 0;  // input[first, end) is not yet parsed
  std::size_t end = 0;
  std::size_t octets = 0;  // of the current message, parsed
  bool head_reported = false;
  std::optional<Refusal> refusal;
  std::variant<std::monostate, Parser<true>, Parser<false>> parser;
};

MessageReader::MessageReader(MessageKind kind, MessageLimits limits)
    : impl_(std::make_unique<Impl>(kind, limits)) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

std::span<char> MessageReader::prepare() {
  Impl& in = *impl_;
  in.make_room();
  return {in.input.get() + in.end, in.capacity - in.end};
}

void MessageReader::commit(std::size_t octets) { impl_->end += octets; }

ReadStep MessageReader::advance() {
  if (impl_->refusal) return ReadStep::refused;
  return impl_->visit([this](auto& parser) { return impl_->advance(parser); });
}

ReadStep MessageReader::end_of_input() {
  if (impl_->refusal) return ReadStep::refused;
  return impl_->visit([this](auto& parser) { return impl_->finish(parser); });
}

bool MessageReader::started() const { return impl_->octets > 0 || impl_->pending() > 0; }

bool MessageReader::keep_alive() const {
  return impl_->visit([](auto& parser) { return !parser.message.http_1_0 && parser.keep_alive(); });
}

bool MessageReader::expects_continue() const {
  return impl_->visit([](auto& parser) { return parser.wants_continue; });
}

const Message& MessageReader::head() const {
  return impl_->visit([](auto& parser) -> const Message& { return parser.message; });
}

std::size_t MessageReader::consumed() const { return impl_->octets; }

void MessageReader::skip_body() {
  impl_->visit([](auto& parser) {
    parser.skip(true);
    parser.no_body = true;
  });
}

Message MessageReader::take() {
  Message message = impl_->visit([](auto& parser) { return std::move(parser.message); });
  impl_->begin_message();
  impl_->give_back_room();
  return message;
}

const Refusal& MessageReader::refusal() const { return *impl_->refusal; }

}  // namespace parallax::net::impl
