#include "transport/level_chooser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/units.h"
#include "transport/frame_encoder.h"

namespace pghaul::transport {
namespace {

/// Levels, each about half as fast as the one before it.
constexpr std::array<int, 7> kLevels = {FrameEncoder::kStore, -4, 1, 3, 5, 7, 9};
/// Index of level 1. Levels 3 and 5 take twice and four times its time, and make many kinds of rows no
/// smaller.
constexpr std::size_t kUsual = 2;

constexpr std::size_t kDecisionBytes = 8_MiB;  // with fewer, chance would decide
constexpr double kWorthRising = 0.97;          // fraction of what was stored before
constexpr std::uint32_t kSteady = 4;           // decisions: buffers along a line make it look fast at first
constexpr std::uint32_t kLongestWait = 1024;   // number of decisions
constexpr std::uint32_t kGiveUpAfter = 4;      // frames in a row that did not shrink
constexpr std::uint32_t kTryAgainAfter = 16;   // frames

std::size_t step_of(int level) {
  const auto* const found = std::ranges::find(kLevels, level);
  return found == kLevels.end() ? 0 : static_cast<std::size_t>(found - kLevels.begin());
}

}  // namespace

LevelChooser::LevelChooser(const Compression& compression, int lowest)
    : compression_(compression), lowest_(step_of(lowest)), step_(std::max(lowest_, kUsual)) {}

int LevelChooser::level() const noexcept {
  if (compression_.level) return *compression_.level;
  return store_frames_ > 0 ? FrameEncoder::kStore : kLevels[step_];
}

void LevelChooser::saw(const Frame& frame) noexcept {
  if (compression_.level) return;
  if (store_frames_ > 0) {
    --store_frames_;
    return;
  }
  if (kLevels[step_] != FrameEncoder::kStore) notice_incompressible(frame.shrunk);
  sum_.waited += frame.waited;
  sum_.packed += frame.packed;
  sum_.wrote += frame.wrote;
  sum_.raw_bytes += frame.raw_bytes;
  sum_.stored_bytes += frame.stored_bytes;
  if (sum_.raw_bytes >= kDecisionBytes) decide();
}

void LevelChooser::notice_incompressible(bool shrunk) noexcept {
  not_shrunk_ = shrunk ? 0 : not_shrunk_ + 1;
  if (not_shrunk_ < kGiveUpAfter) return;
  store_frames_ = kTryAgainAfter;
  not_shrunk_ = kGiveUpAfter - 1;  // a single one more that doesn't shrink is enough
}

void LevelChooser::decide() noexcept {
  const double all = sum_.waited + sum_.packed + sum_.wrote;
  idle_ = sum_.wrote < all / 20 ? idle_ + 1 : 0;
  if (until_lower_ > 0) --until_lower_;
  if (until_higher_ > 0) --until_higher_;
  if (has_risen_in_vain()) {
    --step_;
  } else if (sum_.wrote > all / 2 || (sum_.wrote > all / 4 && step_ < kUsual)) {
    rise();
  } else if (sum_.packed > all / 2 && sum_.wrote < all / 8) {
    if (step_ > lowest_) --step_;
  } else if (idle_ >= kSteady && step_ > lowest_ && step_ <= kUsual && until_lower_ == 0) {
    --step_;
  }
  sum_ = {};
}

/// Tries the next level. After each attempt in vain the wait for another one becomes longer.
void LevelChooser::rise() noexcept {
  if (until_higher_ > 0 || step_ + 1 == kLevels.size()) return;
  if (step_ < kUsual) {  // a single step, to a level that hardly compresses, might be in vain
    until_lower_ = wait_for_lower_ = std::min(wait_for_lower_ * 4, kLongestWait);
    step_ = kUsual;
    return;
  }
  stored_before_ = static_cast<double>(sum_.stored_bytes) / static_cast<double>(sum_.raw_bytes);
  ++step_;
}

bool LevelChooser::has_risen_in_vain() noexcept {
  const double before = std::exchange(stored_before_, 0);
  const bool in_vain = before > 0 && static_cast<double>(sum_.stored_bytes) >
                                         kWorthRising * before * static_cast<double>(sum_.raw_bytes);
  if (in_vain) until_higher_ = wait_for_higher_ = std::min(wait_for_higher_ * 4, kLongestWait);
  return in_vain;
}

}  // namespace pghaul::transport
