#pragma once

#include <cstddef>
#include <span>

namespace pghaul::link {

/// Cuts what comes from a connection into pieces for frames, so that rows of COPY's binary format come in
/// pieces of nothing else, which can be arranged by column. It follows where messages begin, and leaves all
/// of them as they are.
///
/// Threads    one at a time.
class PieceCutter {
 public:
  struct Piece {
    std::size_t bytes = 0;
    bool rows = false;  // whole CopyData messages, which look as if they held whole rows
  };

  /// `most`: bytes of a piece.
  explicit PieceCutter(std::size_t most) : most_(most) {}

  /// The first of `bytes`, no more than `most`; the next call begins where it ends. No bytes where they are
  /// only the beginning of a message that is better whole, and which nobody could make anything of before.
  [[nodiscard]] Piece next(std::span<const std::byte> bytes) noexcept;

 private:
  std::size_t most_;
  std::size_t left_ = 0;  // of a message whose beginning is in the last piece
};

}  // namespace pghaul::link
