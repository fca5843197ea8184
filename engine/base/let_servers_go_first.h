#pragma once

namespace pghaul {

/// Makes this thread, and those it starts, wait for a free core: a server sends 8 KiB at a time, and on a
/// machine that it shares with us it would be interrupted after each. Changes nothing where the kernel
/// refuses. Source  sched(7), SCHED_BATCH.
void let_servers_go_first() noexcept;

}  // namespace pghaul
