// SPDX-License-Identifier: Apache-2.0
#include "base/canonical_json.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.h"

namespace parallax {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSafeIntegerMax = 9'007'199'254'740'991;  // 2^53 - 1

// UTF-16 order differs from octet order only where a surrogate pair (U+10000 and up, UTF-8 lead
// 0xF0..0xF4) meets U+E000..U+FFFF (lead 0xEE, 0xEF): the pair sorts first.
int utf16_rank(unsigned char lead) {
  if (lead >= 0xF0) return lead - 2;                            // 0xEE..0xF2, in their own order
  if (lead == 0xEE || lead == 0xEF) return lead - 0xEE + 0xF3;  // behind them
  return lead;
}

bool utf16_less(std::string_view a, std::string_view b) {
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_b == b.end()) return false;
  if (at_a == a.end()) return true;
  return utf16_rank(static_cast<unsigned char>(*at_a)) <
         utf16_rank(static_cast<unsigned char>(*at_b));
}

bool must_be_escaped(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// The same of eight octets at once: true if any of them must be escaped.
bool any_must_be_escaped(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  constexpr std::uint64_t kHigh = 0x8080'8080'8080'8080;
  const auto any_below = [](std::uint64_t octets, std::uint64_t bound) {
    return ((octets - kOnes * bound) & ~octets & kHigh) != 0;
  };
  return any_below(word, 0x20) || any_below(word ^ kOnes * '"', 1) ||
         any_below(word ^ kOnes * '\\', 1);
}

// How many octets at the front need no escape.
std::size_t plain_prefix(std::string_view text) {
  std::size_t size = 0;
  std::uint64_t word = 0;
  for (; size + sizeof word <= text.size(); size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if (any_must_be_escaped(word)) break;
  }
  while (size < text.size() && !must_be_escaped(text[size])) ++size;
  return size;
}

class Writer {
 public:
  std::string out;

  Status write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null: out += "null"; return {};
      case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return {};
      case json::kind::int64: return integer(value.get_int64());
      case json::kind::uint64:
        if (value.get_uint64() > static_cast<std::uint64_t>(kSafeIntegerMax))
          return fail(ErrorCode::unsupported, "a number is beyond the safe integers");
        return integer(static_cast<std::int64_t>(value.get_uint64()));
      case json::kind::double_:
        return fail(ErrorCode::unsupported, "a fraction has no place in canonical JSON here");
      case json::kind::string: return string(value.get_string());
      case json::kind::array: return array(value.get_array());
      case json::kind::object: return object(value.get_object());
    }
    return fail(ErrorCode::internal, "unknown JSON kind");
  }

 private:
  Status integer(std::int64_t number) {
    if (number > kSafeIntegerMax || number < -kSafeIntegerMax)
      return fail(ErrorCode::unsupported, "a number is beyond the safe integers");
    fmt::format_to(std::back_inserter(out), "{}", number);
    return {};
  }

  Status string(std::string_view text) {
    if (!is_utf8(text)) return fail(ErrorCode::unsupported, "a string is not UTF-8");
    out += '"';
    while (!text.empty()) {
      const std::size_t plain = plain_prefix(text);
      out.append(text, 0, plain);
      text.remove_prefix(plain);
      if (text.empty()) break;
      escape(text.front());
      text.remove_prefix(1);
    }
    out += '"';
    return {};
  }

  void escape(char c) {  // one that must be
    switch (c) {
      case '"': out += "\\\""; return;
      case '\\': out += "\\\\"; return;
      case '\b': out += "\\b"; return;
      case '\f': out += "\\f"; return;
      case '\n': out += "\\n"; return;
      case '\r': out += "\\r"; return;
      case '\t': out += "\\t"; return;
      default: break;
    }
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }

  Status array(const json::array& elements) {
    out += '[';
    for (const json::value& element : elements) {
      if (out.back() != '[') out += ',';
      if (auto done = write(element); !done) return done;
    }
    out += ']';
    return {};
  }

  Status object(const json::object& members) {
    std::vector<const json::key_value_pair*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return utf16_less(a->key(), b->key()); });
    out += '{';
    for (const auto* member : sorted) {
      if (out.back() != '{') out += ',';
      if (auto done = string(member->key()); !done) return done;
      out += ':';
      if (auto done = write(member->value()); !done) return done;
    }
    out += '}';
    return {};
  }
};

}  // namespace

Result<std::string> canonical_json(const json::value& value) {
  Writer writer;
  if (auto done = writer.write(value); !done) return fail(done.error());
  return std::move(writer.out);
}

}  // namespace parallax
