#pragma once

#include <initializer_list>
#include <vector>

namespace pghaul::process {

// Steps of a child that Child::start() has begun: all of them are async-signal-safe.

/// Handles signals as a program expects it: these by default, those not at all. None is blocked any more.
void reset_signals(std::initializer_list<int> by_default, std::initializer_list<int> ignored = {}) noexcept;
void unblock(int signal) noexcept;

/// Makes these the standard input, output and error. False, with errno set: it can't.
[[nodiscard]] bool take_standard(int in, int out, int err) noexcept;
/// Has exec close all but the standard descriptors and `kept`. False, with errno set: it can't.
[[nodiscard]] bool close_on_exec_all_but(const std::vector<int>& kept) noexcept;
/// Closes all but `kept`, or simply all where that is negative: what others wait for to be closed must not
/// stay open here.
void close_all_but(int kept) noexcept;

}  // namespace pghaul::process
