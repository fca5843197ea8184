#include "plan/forecast.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "plan/scheduler.h"

namespace pghaul::plan {

double forecast(const TaskGraph& graph, int workers, double cores) {
  assert(workers > 0 && cores > 0);
  // All running tasks are served alike, so one meter of service tells when each of them ends.
  using Ending = std::pair<double, TaskId>;  // the meter's reading then
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> running;
  Scheduler scheduler(graph);
  double now = 0;
  double served = 0;
  while (!scheduler.done()) {
    while (running.size() < static_cast<std::size_t>(workers)) {
      const std::optional<TaskId> task = scheduler.next();
      if (!task) break;
      running.emplace(served + graph.tasks[*task].seconds, *task);
    }
    assert(!running.empty());
    const double speed = std::min(1.0, cores / static_cast<double>(running.size()));
    const double ending = running.top().first;
    now += (ending - served) / speed;
    served = ending;
    while (!running.empty() && running.top().first == ending) {
      scheduler.finished(running.top().second);
      running.pop();
    }
  }
  return now;
}

}  // namespace pghaul::plan
