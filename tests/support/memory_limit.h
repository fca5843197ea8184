#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace pghaul::support {

/// Limits in its lifetime how much more memory this process may take.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::size_t more);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit usual_{};
};

}  // namespace pghaul::support
