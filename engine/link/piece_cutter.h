#pragma once

#include <cstddef>
#include <span>

namespace pghaul::link {

/// Cuts what comes from a connection into pieces for frames, so that rows of COPY's binary format come in
/// pieces of nothing else, which can be arranged by column. It tracks where messages begin, and changes none
/// of them.
///
/// Threads    one at a time.
class PieceCutter {
 public:
  struct Piece {
    std::size_t bytes = 0;
    bool rows = false;  // whole CopyData messages that appear to hold whole rows
  };

  /// `most`: bytes in a piece.
  explicit PieceCutter(std::size_t most) : most_(most) {}

  /// Returns the first piece of `bytes`, no more than `most`; the next call begins where it ends. It is empty
  /// where they are only the beginning of a message that is better sent whole, and that is of no use to
  /// anybody before.
  [[nodiscard]] Piece next(std::span<const std::byte> bytes) noexcept;

 private:
  std::size_t most_;
  std::size_t left_ = 0;  // what is left of a message whose beginning is in the last piece
};

}  // namespace pghaul::link
