#pragma once

#include <string>
#include <vector>

#include "progress.h"
#include "style.h"

namespace pghaul::command {

/// Renders the display that is rewritten in place: a few lines, none wider than `columns`.
[[nodiscard]] std::vector<std::string> progress_lines(const Progress& progress, std::size_t columns,
                                                      const Style& style);

/// Renders the same in one line, for a log.
[[nodiscard]] std::string progress_line(const Progress& progress, const Style& style);

/// Returns a phase's name for people.
[[nodiscard]] std::string phase_title(const std::string& phase);

}  // namespace pghaul::command
