#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/left_out.h"

namespace pghaul::tasks {

/// Objects that could not be handled while working, which is no reason to stop: for the report.
///
/// Threads    any.
class Omissions {
 public:
  void add(std::string object, std::string reason) {
    const std::lock_guard lock(mutex_);
    all_.push_back({std::move(object), std::move(reason)});
  }
  [[nodiscard]] LeftOuts all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  LeftOuts all_;
};

}  // namespace pghaul::tasks
