#include "plan/forecast.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "plan/scheduler.h"

namespace pghaul::plan {
namespace {

constexpr double kRounding = 1e-12;  // seconds of work that count as none

/// The tasks that run at one moment, with their speeds.
class Running {
 public:
  Running(const TaskGraph& graph, const Machines& machines) : graph_(&graph), machines_(&machines) {}

  [[nodiscard]] std::size_t size() const noexcept { return tasks_.size(); }
  void start(TaskId task) { tasks_.push_back({task, graph_->tasks[task].seconds, 1}); }

  /// Lets time pass until the next task ends; returns how long that was, and in `ended` what ended, in the
  /// order of ids.
  double pass(std::vector<TaskId>& ended) {
    set_speeds();
    double step = std::numeric_limits<double>::infinity();
    for (const One& one : tasks_) step = std::min(step, one.left / one.speed);
    ended.clear();
    for (One& one : tasks_) {
      // The task that ends first has exactly nothing left, however the multiplication rounds.
      one.left = one.left / one.speed <= step ? 0 : one.left - step * one.speed;
      if (one.left <= kRounding) ended.push_back(one.task);
    }
    std::erase_if(tasks_, [](const One& one) { return one.left <= kRounding; });
    std::ranges::sort(ended);
    return step;
  }

 private:
  struct One {
    TaskId task;
    double left;  // seconds of work
    double speed;
  };

  void set_speeds() {
    std::array<double, kParties> wanted{};
    for (const One& one : tasks_) {
      const auto load = graph_->tasks[one.task].load.each();
      for (std::size_t party = 0; party < kParties; ++party) wanted[machines_->place[party]] += load[party];
    }
    std::array<double, kParties> speeds{};
    for (std::size_t machine = 0; machine < kParties; ++machine) {
      const double cores = machines_->cores[machine];
      speeds[machine] = wanted[machine] > cores ? cores / wanted[machine] : 1;
    }
    for (One& one : tasks_) {
      const auto load = graph_->tasks[one.task].load.each();
      one.speed = 1;
      for (std::size_t party = 0; party < kParties; ++party) {
        if (load[party] > 0) one.speed = std::min(one.speed, speeds[machines_->place[party]]);
      }
    }
  }

  const TaskGraph* graph_;
  const Machines* machines_;
  std::vector<One> tasks_;
};

}  // namespace

Forecast forecast(const TaskGraph& graph, int workers, const Machines& machines) {
  assert(workers > 0);
  Forecast done;
  done.spans.resize(graph.tasks.size());
  Scheduler scheduler(graph);
  Running running(graph, machines);
  std::vector<TaskId> ended;
  const auto cause_of = [&](TaskId task) -> std::optional<TaskId> {
    if (ended.empty()) return std::nullopt;
    const std::vector<TaskId>& after = graph.tasks[task].after;
    for (const TaskId one : ended) {
      if (std::ranges::binary_search(after, one)) return one;
    }
    return ended.front();
  };
  while (!scheduler.done()) {
    while (running.size() < static_cast<std::size_t>(workers)) {
      const std::optional<TaskId> task = scheduler.next();
      if (!task) break;
      done.spans[*task] = {done.seconds, done.seconds, cause_of(*task)};
      running.start(*task);
    }
    assert(running.size() > 0);
    done.seconds += running.pass(ended);
    for (const TaskId task : ended) {
      done.spans[task].end = done.seconds;
      scheduler.finished(task);
    }
  }
  return done;
}

std::vector<TaskId> Forecast::critical_chain() const {
  if (spans.empty()) return {};
  const auto last = std::ranges::max_element(spans, {}, &Span::end);
  return critical_chain(static_cast<TaskId>(last - spans.begin()));
}

std::vector<TaskId> Forecast::critical_chain(TaskId last) const {
  std::vector<TaskId> chain;
  for (std::optional<TaskId> task = last; task; task = spans[*task].cause) chain.push_back(*task);
  std::ranges::reverse(chain);
  return chain;
}

}  // namespace pghaul::plan
