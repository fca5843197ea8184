#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "pipeline/chunk.h"
#include "pipeline/source.h"

namespace pghaul::rows {

/// Hashes of large objects' pieces, by OID and offset.
class LargeObjectPieces {
 public:
  struct Hash {
    std::uint64_t low = 0, high = 0;
    friend bool operator==(const Hash&, const Hash&) = default;
  };

  /// Adds rows (oid, offset, bytes) of COPY BINARY.
  [[nodiscard]] Status add(pipeline::Source& rows, pipeline::Chunk& buffer);

  using Objects = std::map<catalog::Oid, std::map<std::int64_t, Hash>>;
  [[nodiscard]] const Objects& objects() const noexcept { return objects_; }

 private:
  Objects objects_;
};

/// A large object that differs.
struct LargeObjectDifference {
  enum class Kind { missing, extra, changed };
  Kind kind = Kind::changed;
  catalog::Oid oid = 0;
  std::int64_t piece = 0;  // of a changed one: the offset of the first piece that differs

  friend bool operator==(const LargeObjectDifference&, const LargeObjectDifference&) = default;
};

/// Returns those that differ, by OID.
[[nodiscard]] std::vector<LargeObjectDifference> differences(const LargeObjectPieces::Objects& source,
                                                             const LargeObjectPieces::Objects& target);

}  // namespace pghaul::rows
