#pragma once

#include <cstddef>
#include <functional>

#include "base/error.h"

namespace pghaul {

/// Runs `work` for each number below `count`, in a thread each; returns when all have ended.
/// Errors  the failure with the lowest number; a thread that could not be created counts as one.
[[nodiscard]] Status side_by_side(const char* doing, std::size_t count,
                                  const std::function<Status(std::size_t)>& work);

}  // namespace pghaul
