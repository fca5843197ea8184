#pragma once

#include <cstddef>
#include <functional>

#include "base/error.h"

namespace pghaul {

/// Runs `work` for each number below `count`, in a thread each; returns when all have ended.
/// Errors  the first by number; that of a thread that could not be had.
[[nodiscard]] Status side_by_side(const char* doing, std::size_t count,
                                  const std::function<Status(std::size_t)>& work);

}  // namespace pghaul
