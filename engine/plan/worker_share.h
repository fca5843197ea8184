#pragma once

namespace pghaul::plan {

/// Returns how many workers a database gets that is copied beside others: its part of the work that is left,
/// at least one of those that are free. `work`, `left`: in the same unit; `left` includes it and what other
/// databases have under way.
[[nodiscard]] int worker_share(double work, double left, int workers, int free) noexcept;

/// Returns how many workers databases may share whose copies each need connections of their own besides:
/// `free` is how many connections the server with fewer of them could still open.
[[nodiscard]] int workers_for_databases(int wanted, int free) noexcept;

}  // namespace pghaul::plan
