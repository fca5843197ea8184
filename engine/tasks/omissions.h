#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace pghaul::tasks {

/// Objects that could not be handled while working, which is no reason to stop: for the report.
///
/// Threads    any.
class Omissions {
 public:
  struct One {
    std::string object;
    std::string reason;
  };
  void add(std::string object, std::string reason) {
    const std::lock_guard lock(mutex_);
    all_.push_back({std::move(object), std::move(reason)});
  }
  [[nodiscard]] std::vector<One> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<One> all_;
};

}  // namespace pghaul::tasks
