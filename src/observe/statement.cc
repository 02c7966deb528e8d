// SPDX-License-Identifier: Apache-2.0
#include "observe/statement.h"

#include <algorithm>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/merkle.h"

namespace parallax::observe {
namespace {

constexpr std::string_view kStatementType = "parallax-observation/1";
constexpr std::size_t kOrderIdMax = 256;
constexpr std::int64_t kAttemptMax = 1000;

std::string signed_message(std::string_view root, std::uint64_t size) {
  std::string message = "parallax observation batch v1";
  message += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) message += static_cast<char>(size >> shift & 0xff);
  message += root;
  return message;
}

Instant instant_member(ObjectReader& in, std::string_view key) {
  const auto instant = parse_instant(in.string(key));
  if (instant) return *instant;
  in.reject(key, instant.error().message);
  return {};
}

// The facts stand under the name of their kind.
Result<Seen> read_seen(ObjectReader& in) {
  if (in.has("control")) {
    auto control = dcv::control_observation_from_json(in.value("control"), "/control");
    if (!control) return fail(control.error());
    return Seen{std::move(*control)};
  }
  auto caa = caa::observation_from_json(in.value("caa"), "/caa");
  if (!caa) return fail(caa.error());
  return Seen{std::move(*caa)};
}

}  // namespace

Result<std::string> write_statement(const Observation& observation, bool packets) {
  json::object out{
      {"type", kStatementType},
      {"order", observation.order_id},
      {"attempt", observation.attempt},
      {"nonce", observation.nonce},
      {"check_digest", observation.check_digest},
      {"perspective", observation.perspective},
      {"software", observation.software},
      {"lab", observation.lab},
      {"started", format_instant(observation.started)},
      {"finished", format_instant(observation.finished)},
  };
  if (const auto* caa = std::get_if<caa::CaaObservation>(&observation.seen))
    out["caa"] = caa::to_json(*caa, packets);
  else
    out["control"] = dcv::to_json(std::get<dcv::ControlObservation>(observation.seen), packets);
  return canonical_json(out);
}

Result<Observation> read_statement(std::string_view statement) {
  const auto value = parse_json(statement);
  if (!value) return fail(value.error());
  ObjectReader in(*value, "");
  if (in.string("type") != kStatementType)
    in.reject("type", "not a statement of this version", ErrorCode::unsupported);
  std::string order_id = in.string("order");
  const auto attempt = static_cast<unsigned>(in.integer("attempt", 1, kAttemptMax));
  std::string nonce = in.string("nonce");
  std::string check_digest = in.string("check_digest");
  std::string perspective = in.string("perspective");
  std::string software = in.string("software");
  const bool lab = in.boolean("lab");
  const Instant started = instant_member(in, "started");
  const Instant finished = instant_member(in, "finished");
  auto seen = read_seen(in);
  if (auto end = in.finish(); !end) return fail(end.error());
  if (!seen) return fail(seen.error());
  return Observation{std::move(order_id),
                     attempt,
                     std::move(nonce),
                     std::move(check_digest),
                     std::move(perspective),
                     std::move(software),
                     lab,
                     started,
                     finished,
                     std::move(*seen)};
}

json::value to_json(const SignedStatement& statement) {
  json::array path;
  for (const std::string& node : statement.batch_path) path.emplace_back(base64_encode(node));
  return json::object{{"statement", statement.statement},
                      {"batch_index", statement.batch_index},
                      {"batch_size", statement.batch_size},
                      {"batch_path", std::move(path)},
                      {"signature", base64_encode(statement.signature)}};
}

Result<SignedStatement> signed_statement_from_json(const json::value& value, std::string pointer) {
  ObjectReader in(value, std::move(pointer));
  SignedStatement out;
  out.statement = in.string("statement");
  out.batch_index = static_cast<std::uint64_t>(in.integer("batch_index", 0, kBatchSizeMax - 1));
  out.batch_size = static_cast<std::uint64_t>(in.integer("batch_size", 1, kBatchSizeMax));
  for (const std::string& text : in.strings("batch_path")) {
    auto node = base64_decode(text);
    if (!node) in.reject("batch_path", node.error().message);
    if (node) out.batch_path.push_back(std::move(*node));
  }
  auto signature = base64_decode(in.string("signature"));
  if (!signature) in.reject("signature", signature.error().message);
  if (auto end = in.finish(); !end) return fail(end.error());
  out.signature = std::move(*signature);
  return out;
}

std::vector<SignedStatement> sign_batch(std::vector<std::string> statements,
                                        const SigningKey& key) {
  std::vector<std::string> leaves;
  leaves.reserve(statements.size());
  for (const std::string& statement : statements) leaves.push_back(merkle::leaf_hash(statement));
  const std::string signature = key.sign(signed_message(merkle::root(leaves), leaves.size()));
  std::vector<SignedStatement> out;
  out.reserve(statements.size());
  for (std::size_t i = 0; i < statements.size(); ++i)
    out.push_back(
        {std::move(statements[i]), i, leaves.size(), merkle::inclusion_path(leaves, i), signature});
  return out;
}

bool StatementVerifier::holds(const SignedStatement& statement) {
  const std::string root =
      merkle::root_from_path(merkle::leaf_hash(statement.statement), statement.batch_index,
                             statement.batch_size, statement.batch_path);
  if (root.empty()) return false;
  const std::string message = signed_message(root, statement.batch_size);
  std::string proof = message + statement.signature;
  if (std::find(recent_.begin(), recent_.end(), proof) != recent_.end()) return true;
  if (!key_.verify(message, statement.signature)) return false;
  recent_[next_] = std::move(proof);
  next_ = (next_ + 1) % recent_.size();
  return true;
}

Binding check_binding(const Observation& observation, const ObservationRequest& request,
                      std::string_view perspective) {
  if (observation.perspective != perspective) return Binding::wrong_identity;
  const bool same = observation.order_id == request.order_id &&
                    observation.attempt == request.attempt && observation.nonce == request.nonce &&
                    observation.check_digest == digest(request.check) &&
                    answers(observation.seen, request.check);
  return same ? Binding::holds : Binding::wrong_request;
}

json::value to_json(const ObservationRequest& request) {
  return json::object{{"order", request.order_id},
                      {"attempt", request.attempt},
                      {"nonce", request.nonce},
                      {"check", to_json(request.check)}};
}

Result<ObservationRequest> request_from_json(const json::value& value, const std::string& pointer) {
  ObjectReader in(value, pointer);
  std::string order_id = in.string("order");
  if (order_id.size() > kOrderIdMax || !is_utf8(order_id))
    in.reject("order", "an order id has at most 256 octets of UTF-8");
  const auto attempt = static_cast<unsigned>(in.integer("attempt", 1, kAttemptMax));
  std::string nonce = in.string("nonce");
  if (const auto octets = base64url_decode(nonce); !octets || octets->size() != 16)
    in.reject("nonce", "a nonce is 16 octets in base64url");
  auto check = check_from_json(in.value("check"), pointer + "/check");
  if (auto end = in.finish(); !end) return fail(end.error());
  if (!check) return fail(check.error());
  return ObservationRequest{std::move(order_id), attempt, std::move(nonce), std::move(*check)};
}

}  // namespace parallax::observe
