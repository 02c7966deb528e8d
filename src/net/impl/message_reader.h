// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 message after another out of a stream of octets, without a socket: Beast's parser
// behind the guards it lacks, so that tests and the fuzzer drive exactly what the server runs.
//
// Refused here, whatever Beast thinks of it (RFC 9112 s6.1, s6.3, s11.2 on request smuggling): any
// Transfer-Encoding but exactly `chunked`, any in HTTP/1.0, Content-Length beside it,
// Content-Length twice or as a list, a request without exactly one Host (HTTP/1.1), a response
// without a length (unless single_response says otherwise).
// Counted here, since Beast 345 lets trailers and chunk extensions outgrow its own limits: the
// octets of the head, of each piece of chunk framing, and of the whole message.
// Trailers are parsed and dropped: they never become headers (RFC 9110 s6.5.1).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "net/http.h"

namespace parallax::net::impl {

struct MessageLimits {
  std::size_t header_bytes_max = 8 * 1024;  // start line and fields; also a chunk's framing
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t message_bytes_max = 1024 * 1024 + 64 * 1024;
  // For the one response of a connection that carries no other (RFC 9112 s6.3 item 8): its body
  // may end with the connection, and one beyond body_bytes_max is cut there and marked instead of
  // refused.
  bool single_response = false;
};

// What advance() came to.
enum class ReadStep {
  need_more,  // read more octets and advance again
  head,       // the head is whole and a body follows; advance again
  complete,   // take() the message
  refused,    // refusal() says why; nothing more can be read from this stream
};

struct Refusal {
  unsigned status = 400;  // what a server answers
  std::string detail;
};

struct Message {
  std::string method;   // requests only
  std::string target;   // requests only, as sent
  unsigned status = 0;  // responses only
  bool http_1_0 = false;
  HttpHeaders headers;  // names in lower case
  std::string body;
  bool body_truncated = false;  // single_response only
};

enum class MessageKind { request, response };

// Not thread safe. Holds at most header_bytes_max or 16 KiB (the larger) of input that is not yet
// parsed, and one message.
class MessageReader {
 public:
  MessageReader(MessageKind kind, MessageLimits limits);
  ~MessageReader();
  MessageReader(MessageReader&&) noexcept;
  MessageReader& operator=(MessageReader&&) noexcept;

  // Room to read into; never empty unless the last step was `refused`. Invalidated by commit().
  [[nodiscard]] std::span<char> prepare();
  // The first `octets` of prepare() now hold input.
  void commit(std::size_t octets);
  [[nodiscard]] ReadStep advance();
  // After `need_more`: the peer ended the stream in order. Either `complete`, if that is where the
  // body ends (single_response), or `refused`.
  [[nodiscard]] ReadStep end_of_input();

  // True if an octet of the current message has come.
  [[nodiscard]] bool started() const;
  // After `head` or `complete`: the peer allows another message after this one.
  [[nodiscard]] bool keep_alive() const;
  // After `head`: the client waits for 100 Continue (RFC 9110 s10.1.1).
  [[nodiscard]] bool expects_continue() const;
  // After `head`: the message, its body still to come.
  [[nodiscard]] const Message& head() const;
  // Octets of the current message parsed so far.
  [[nodiscard]] std::size_t consumed() const;
  // The coming response has no body whatever its head says (it answers HEAD).
  void skip_body();
  // After `complete`: hands over the message and begins the next.
  [[nodiscard]] Message take();
  [[nodiscard]] const Refusal& refusal() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parallax::net::impl
