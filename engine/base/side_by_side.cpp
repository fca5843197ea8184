#include "base/side_by_side.h"

#include <thread>
#include <utility>
#include <vector>

#include "base/guard.h"

namespace pghaul {

Status side_by_side(const char* doing, std::size_t count, const std::function<Status(std::size_t)>& work) {
  std::vector<Status> outcomes(count);
  Status started;
  {
    std::vector<std::jthread> threads;
    started = guarded(doing, [&]() -> Status {
      threads.reserve(count);
      for (std::size_t i = 0; i < count; ++i) {
        threads.push_back(guarded_thread(
            doing, [&, i](const std::stop_token&) { return work(i); },
            [&, i](Error failure) { outcomes[i] = fail(std::move(failure)); }));
      }
      return {};
    });
  }
  if (!started) return started;
  for (Status& outcome : outcomes) {
    if (!outcome) return std::move(outcome);
  }
  return {};
}

}  // namespace pghaul
