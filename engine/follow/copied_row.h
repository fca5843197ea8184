#pragma once

#include <cstddef>
#include <memory_resource>

#include "changes/message.h"

namespace pghaul::follow {

/// Copies a row with its texts into one piece of `memory`, where it is good for as long as that is. Adds its
/// size to `bytes`.
[[nodiscard]] changes::Row copied_row(changes::Row row, std::pmr::memory_resource& memory,
                                      std::size_t& bytes);

}  // namespace pghaul::follow
