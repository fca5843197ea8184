#pragma once

#include <cstddef>

#include "pipeline/tap.h"

namespace pghaul::support {

/// Counts the rows it sees.
class CountingTap : public pipeline::Tap {
 public:
  void see(const pipeline::Chunk& chunk) override {
    rows_ += chunk.rows();
    bytes_ += chunk.bytes().size();
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace pghaul::support
