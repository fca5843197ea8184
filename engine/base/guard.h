#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/error.h"

namespace pghaul {

/// Returns the failure that the exception being handled stands for: memory or a thread that could not be had,
/// another failure of this machine, or a defect. For catch blocks only. `doing`: "reading rows".
[[nodiscard]] Error caught_error(std::string_view doing) noexcept;

/// Runs `work`, which returns a Status or a Result, and turns an exception into a failure.
template <typename Work>
[[nodiscard]] auto guarded(std::string_view doing, Work&& work) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    return fail(caught_error(doing));
  }
}

/// Starts a thread that runs `work(stop)`, which returns a Status. Passes a failure or an exception of it to
/// `failed`, in that thread; neither ends the process.
///
/// Errors  throws std::system_error when no thread can be created: the caller has to be guarded.
template <typename Work, typename Failed>
[[nodiscard]] std::jthread guarded_thread(std::string doing, Work work, Failed failed) {
  return std::jthread([doing = std::move(doing), work = std::move(work),
                       failed = std::move(failed)](const std::stop_token& stop) mutable noexcept {
    Status done = guarded(doing, [&]() -> Status { return work(stop); });
    if (done) return;
    try {
      failed(std::move(done.error()));
    } catch (...) {  // not even its failure can be passed on; `failed` has done what it could
    }
  });
}

}  // namespace pghaul
