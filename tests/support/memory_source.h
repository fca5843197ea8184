#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "pipeline/source.h"
#include "support/rows.h"

namespace pghaul::support {

/// Gives the rows of a set; on request it fails on the way.
///
/// Ownership  the rows stay with the caller.
class MemorySource : public pipeline::Source {
 public:
  explicit MemorySource(const RowSet& rows) : rows_(rows) {}

  /// fill() gives `rows` rows, and then this failure.
  void fail_after(std::size_t rows, Error failure);

  Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override { cancelled_ = true; }
  void abandon() override { abandoned_ = true; }

  [[nodiscard]] bool cancelled() const noexcept { return cancelled_; }
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_; }

 private:
  const RowSet& rows_;
  std::size_t next_ = 0;
  std::size_t fails_at_ = 0;
  std::optional<Error> failure_;
  std::atomic<bool> cancelled_{false};
  bool abandoned_ = false;
};

}  // namespace pghaul::support
