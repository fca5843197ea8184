#pragma once

#include <cstddef>
#include <cstdint>

#include "transport/compression.h"

namespace pghaul::transport {

/// Chooses the level of the next frame by how the lane spent its time on the last ones.
///
/// When it spends it on writing, the disk or link is the limit, and a higher level is tried, which is kept
/// where it does make less to write. When it spends it on compressing, and little on writing, this CPU is the
/// limit, and a lower level gets more through. When it waits for rows, hardly writes, and that lasts, the
/// line is faster than the source, and compression would only take cores from others: a lower level is tried,
/// down to the lowest, and left for the usual one where writing then takes long. Data that has proved to be
/// incompressible is stored, and tried again now and then.
///
/// Threads    one at a time.
class LevelChooser {
 public:
  struct Frame {
    double waited = 0;  // seconds, for rows
    double packed = 0;  // seconds, compressing
    double wrote = 0;   // seconds, writing
    std::size_t raw_bytes = 0;
    std::size_t stored_bytes = 0;
    bool shrunk = false;
  };
  /// `lowest`: the level that an automatic choice may come down to; FrameEncoder::kStore where only time
  /// counts.
  LevelChooser(const Compression& compression, int lowest);

  [[nodiscard]] int level() const noexcept;
  void saw(const Frame& frame) noexcept;

 private:
  void decide() noexcept;
  void rise() noexcept;
  [[nodiscard]] bool has_risen_in_vain() noexcept;
  void notice_incompressible(bool shrunk) noexcept;

  Compression compression_;
  std::size_t lowest_;  // step
  std::size_t step_;
  Frame sum_;                      // of the frames since the last decision
  std::uint32_t idle_ = 0;         // decisions in a row that saw hardly any writing
  std::uint32_t until_lower_ = 0;  // decisions until a lower level is tried
  std::uint32_t wait_for_lower_ = 4;
  std::uint32_t until_higher_ = 0;  // decisions until a higher one is tried
  std::uint32_t wait_for_higher_ = 4;
  double stored_before_ = 0;  // fraction of each byte, at the level below the one that is tried; 0: none is
  std::uint32_t not_shrunk_ = 0;    // frames in a row
  std::uint32_t store_frames_ = 0;  // number of frames still to be stored untried
};

}  // namespace pghaul::transport
