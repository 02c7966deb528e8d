// SPDX-License-Identifier: Apache-2.0
#include "evidence/tile.h"

#include <algorithm>

#include <fmt/format.h>

#include "evidence/checkpoint.h"
#include "evidence/decimal.h"

namespace parallax::evidence {
namespace {

constexpr std::string_view kEntries = "entries";
constexpr std::string_view kPartial = ".p/";
constexpr std::size_t kGroup = 3;  // digits in an element of a path

bool is_group(std::string_view text) {
  return text.size() == kGroup &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "x001/x234/067": groups of three digits, all but the last behind an x, none needlessly zero.
std::optional<std::uint64_t> parse_index(std::string_view text) {
  std::string digits;
  while (text.starts_with('x')) {
    if (text.size() < kGroup + 2 || text[kGroup + 1] != '/') return std::nullopt;
    const std::string_view group = text.substr(1, kGroup);
    if (!is_group(group) || (digits.empty() && group == "000")) return std::nullopt;
    digits += group;
    text.remove_prefix(kGroup + 2);
  }
  if (!is_group(text)) return std::nullopt;
  digits += text;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return parse_decimal(digits, kTreeSizeMax);
}

std::string format_index(std::uint64_t index) {
  std::string text = fmt::format("{:03}", index % 1000);
  while ((index /= 1000) > 0) text = fmt::format("x{:03}/{}", index % 1000, text);
  return text;
}

}  // namespace

std::string format_tile(const TileAddress& tile) {
  std::string path = tile.level ? fmt::format("{}/", *tile.level) : fmt::format("{}/", kEntries);
  path += format_index(tile.index);
  if (tile.width < kTileWidth) path += fmt::format("{}{}", kPartial, tile.width);
  return path;
}

Result<TileAddress> parse_tile(std::string_view path) {
  const auto malformed = [] { return fail(ErrorCode::malformed, "this is no path of a tile"); };
  TileAddress tile;
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return malformed();
  if (path.substr(0, slash) != kEntries) {
    const auto level = parse_decimal(path.substr(0, slash), kTileLevelMax);
    if (!level) return malformed();
    tile.level = static_cast<unsigned>(*level);
  }
  path.remove_prefix(slash + 1);
  if (const std::size_t partial = path.find(kPartial); partial != std::string_view::npos) {
    const auto width = parse_decimal(path.substr(partial + kPartial.size()), kTileWidth - 1);
    if (!width || *width == 0) return malformed();
    tile.width = static_cast<unsigned>(*width);
    path = path.substr(0, partial);
  }
  const auto index = parse_index(path);
  if (!index) return malformed();
  tile.index = *index;
  return tile;
}

bool tile_exists(const TileAddress& tile, std::uint64_t size) {
  const std::uint64_t hashes = size >> (kTileHeight * tile.level.value_or(0));
  // Not index * width + width, which may be too large to be a number.
  return tile.index < hashes / kTileWidth ||
         (tile.index == hashes / kTileWidth && tile.width <= hashes % kTileWidth);
}

void append_to_bundle(std::string& bundle, std::string_view leaf) {
  bundle += static_cast<char>(leaf.size() >> 8);
  bundle += static_cast<char>(leaf.size() & 0xFF);
  bundle += leaf;
}

}  // namespace parallax::evidence
