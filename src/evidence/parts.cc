// SPDX-License-Identifier: Apache-2.0
#include "evidence/parts.h"

#include <fmt/format.h>

#include "base/canonical_json.h"
#include "base/encoding.h"
#include "base/json.h"

namespace parallax::evidence {
namespace {

constexpr std::string_view kDomain("parallax part v1\0", 17);
constexpr std::string_view kMember = "commitment";

json::value* find(json::value& root, std::string_view pointer) {
  boost::system::error_code missing;
  return root.find_pointer(pointer, missing);
}

Result<Part> commit_part(json::value& place, std::string pointer, Random& random) {
  auto text = canonical_json(place);
  if (!text) return fail(std::move(text.error()).with("pointer", std::move(pointer)));
  Part part{std::move(pointer), random.octets(kSaltSize), std::move(*text)};
  place = json::object{{kMember, base64url_encode(commitment(part.salt, part.text))}};
  return part;
}

// The commitment that stands in the place of a part; empty if none does.
std::string_view committed_at(const json::value& place) {
  const json::object* object = place.if_object();
  if (object == nullptr || object->size() != 1) return {};
  const json::value* member = object->if_contains(kMember);
  return member != nullptr && member->is_string() ? std::string_view(member->get_string())
                                                  : std::string_view();
}

}  // namespace

std::string commitment(std::string_view salt, std::string_view text) {
  std::string input;
  input.reserve(kDomain.size() + salt.size() + text.size());
  input += kDomain;
  input += salt;
  input += text;
  return sha256(input);
}

Result<CommittedBody> commit_parts(json::value body, std::span<const std::string> pointers,
                                   Random& random) {
  if (pointers.size() > kPartsMax)
    return fail(ErrorCode::internal, fmt::format("a record has at most {} parts", kPartsMax));
  CommittedBody committed{std::move(body), {}};
  committed.parts.reserve(pointers.size());
  for (const std::string& pointer : pointers) {
    json::value* place = find(committed.leaf, pointer);
    if (place == nullptr)
      return fail(ErrorCode::internal, fmt::format("the record has nothing at {}", pointer));
    auto part = commit_part(*place, pointer, random);
    if (!part) return fail(std::move(part.error()));
    committed.parts.push_back(std::move(*part));
  }
  return committed;
}

Result<json::value> open_parts(json::value leaf, std::span<const Part> parts) {
  for (const Part& part : parts) {
    json::value* place = find(leaf, part.pointer);
    const auto untrusted = [&part](std::string_view what) {
      return fail(ErrorCode::untrusted,
                  fmt::format("the part at {} {}", printable(part.pointer), what));
    };
    if (place == nullptr || committed_at(*place).empty())
      return untrusted("is not one that the record committed to");
    if (part.salt.size() != kSaltSize)
      return fail(ErrorCode::malformed, fmt::format("a salt has {} octets", kSaltSize));
    if (base64url_encode(commitment(part.salt, part.text)) != committed_at(*place))
      return untrusted("is not what the record committed to");
    auto value = parse_json(part.text);
    if (!value) return fail(std::move(value.error()).with("part", part.pointer));
    *place = std::move(*value);
  }
  return leaf;
}

}  // namespace parallax::evidence
