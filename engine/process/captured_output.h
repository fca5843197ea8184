#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/units.h"

namespace pghaul::process {

/// Holds what a program has written, however much: its first and its last MiB.
class CapturedOutput {
 public:
  void append(std::string_view bytes) {
    const std::size_t room = kKept - first_.size();
    first_.append(bytes.substr(0, room));
    if (bytes.size() > room) last_.append(bytes.substr(room));
    if (last_.size() > 2 * kKept) drop_all_but(kKept);
  }

  [[nodiscard]] std::string text() {
    if (last_.size() > kKept) drop_all_but(kKept);
    if (dropped_ == 0) return first_ + last_;
    return first_ + "\n[" + std::to_string(dropped_) + " bytes left out]\n" + last_;
  }

 private:
  static constexpr std::size_t kKept = 1_MiB;

  void drop_all_but(std::size_t kept) {
    dropped_ += last_.size() - kept;
    last_.erase(0, last_.size() - kept);
  }

  std::string first_;
  std::string last_;
  std::size_t dropped_ = 0;
};

}  // namespace pghaul::process
