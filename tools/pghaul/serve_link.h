#pragma once

namespace pghaul::command {

/// Runs the half of a link that --source-via and --target-via start, on standard input and output; not for
/// other use. Returns the exit status.
[[nodiscard]] int serve_link();

}  // namespace pghaul::command
