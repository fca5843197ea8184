#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/model.h"
#include "verify/digest.h"

namespace pghaul::verify {

/// The extent of verification: nothing, numbers of rows, or digests of all rows.
enum class Mode { none, counts, checksums };
[[nodiscard]] const char* mode_name(Mode mode) noexcept;

/// Digests of what left the source and what the target gave back, for each relation. A table that is copied
/// in page ranges has several parts, whose digests add up.
///
/// Threads    any.
class Ledger {
 public:
  struct Tally {
    Digest sent;
    Digest came_back;
    std::uint32_t sent_parts = 0;
    std::uint32_t came_back_parts = 0;
    double seconds = 0;  // spent copying, over all parts
  };
  /// Makes one line for each of the catalog's relations.
  explicit Ledger(std::size_t relations) : lines_(relations), computed_(relations) {}

  /// Returns the number of parts sent so far, this one included.
  std::uint32_t sent(catalog::Place relation, const Digest& digest, double seconds);
  void came_back(catalog::Place relation, const Digest& digest);
  // These do so for contents that the target computes anew.
  void computed_sent(catalog::Place relation, const Digest& digest);
  void computed_came_back(catalog::Place relation, const Digest& digest);
  void large_objects_sent(const Digest& digest);
  void large_objects_came_back(const Digest& digest);

  [[nodiscard]] Tally tally(catalog::Place relation) const;
  [[nodiscard]] Tally computed(catalog::Place relation) const;
  [[nodiscard]] Tally large_objects() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Tally> lines_;
  std::vector<Tally> computed_;
  Tally large_objects_;
};

/// Describes what differs, for people; empty when nothing does.
[[nodiscard]] std::string difference(const Digest& source, const Digest& target, Mode mode);

}  // namespace pghaul::verify
