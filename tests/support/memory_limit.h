#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace pghaul::support {

/// While it lives, this process may take so much more memory than it has, and no more.
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
