#include "rows/large_object_pieces.h"

#include <xxhash.h>

#include <algorithm>
#include <string_view>

#include "rows/fields.h"

namespace pghaul::rows {
namespace {

std::uint64_t number_in(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

/// Returns the offset of the first piece that differs or that only one side has.
std::int64_t first_difference(const std::map<std::int64_t, LargeObjectPieces::Hash>& source,
                              const std::map<std::int64_t, LargeObjectPieces::Hash>& target) {
  const auto [here, there] = std::ranges::mismatch(source, target);
  if (here == source.end()) return there->first;
  return there == target.end() ? here->first : std::min(here->first, there->first);
}

}  // namespace

Status LargeObjectPieces::add(pipeline::Source& rows, pipeline::Chunk& buffer) {
  std::vector<std::string_view> fields;
  do {
    buffer.clear();
    if (Status filled = rows.fill(buffer); !filled) return filled;
    for (std::size_t i = 0; i < buffer.rows(); ++i) {
      split(as_text(buffer.row(i)), postgres::CopyFormat::binary, fields);
      if (fields.size() != 3)
        return fail(ErrorCode::server_error, "the server sent a piece of a large object that is none");
      const auto oid = static_cast<catalog::Oid>(number_in(value_of_binary(fields[0])));
      const auto start = static_cast<std::int64_t>(number_in(value_of_binary(fields[1])));
      const XXH128_hash_t hash = XXH3_128bits(fields[2].data(), fields[2].size());
      objects_[oid][start] = {hash.low64, hash.high64};
    }
  } while (!buffer.empty());
  return {};
}

std::vector<LargeObjectDifference> differences(const LargeObjectPieces::Objects& source,
                                               const LargeObjectPieces::Objects& target) {
  using Kind = LargeObjectDifference::Kind;
  std::vector<LargeObjectDifference> all;
  for (const auto& [oid, pieces] : source) {
    const auto there = target.find(oid);
    if (there == target.end()) {
      all.push_back({Kind::missing, oid});
    } else if (pieces != there->second) {
      all.push_back({Kind::changed, oid, first_difference(pieces, there->second)});
    }
  }
  for (const auto& [oid, pieces] : target) {
    if (!source.contains(oid)) all.push_back({Kind::extra, oid});
  }
  std::ranges::sort(all, {}, &LargeObjectDifference::oid);
  return all;
}

}  // namespace pghaul::rows
