#pragma once

namespace pghaul::process {

/// Has `start` become another program, in a child of the calling process, waits for that one's end, and ends
/// as it did. Whatever it has left behind then ends too, apart from what has made a session of its own, as a
/// daemon does. SIGTERM ends the program, a second one kills it and all that it has started.
///
/// A process group could not do this: the program would be in the background of our terminal, on which it may
/// have to ask for a password.
///
/// Threads  for a child between fork and exec, in which nothing may allocate or lock.
/// Source   prctl(2), PR_SET_CHILD_SUBREAPER; proc(5), /proc/PID/task/TID/children.
[[noreturn]] void supervise(void (*start)(const void*), const void* context) noexcept;

}  // namespace pghaul::process
