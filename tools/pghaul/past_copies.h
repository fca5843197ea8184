#pragma once

#include <string>
#include <vector>

namespace pghaul::command {

/// Where copies note how they were foretold: $XDG_STATE_HOME/pghaul/history.jsonl, or the same below
/// ~/.local/state; empty when there is no home.
[[nodiscard]] std::string history_path();

/// The latest lines of the history that tell of a copy that was foretold, oldest first. A file that isn't
/// there, or lines that are something else, are no error.
[[nodiscard]] std::vector<std::string> past_copies(const std::string& path);

}  // namespace pghaul::command
