#pragma once

namespace pghaul::command {

/// The half of a link that --source-via and --target-via start, on standard input and output; for no one
/// else. Gives the exit status.
[[nodiscard]] int serve_link();

}  // namespace pghaul::command
