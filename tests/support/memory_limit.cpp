#include "support/memory_limit.h"

#include <unistd.h>

#include <fstream>

namespace pghaul::support {

MemoryLimit::MemoryLimit(std::size_t more) {
  getrlimit(RLIMIT_AS, &usual_);
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{pages * static_cast<std::size_t>(getpagesize()) + more, usual_.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
}

MemoryLimit::~MemoryLimit() {
  setrlimit(RLIMIT_AS, &usual_);
}

}  // namespace pghaul::support
