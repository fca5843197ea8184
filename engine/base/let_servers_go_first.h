#pragma once

namespace pghaul {

/// From now on this thread, and those it starts, wait for a core to be free: a server sends 8 KiB at a time,
/// and on a machine that it shares with us would be interrupted after each. Where the kernel says no, it
/// stays as it was. Source  sched(7), SCHED_BATCH.
void let_servers_go_first() noexcept;

}  // namespace pghaul
