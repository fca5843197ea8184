#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "crew/worker.h"
#include "plan/scheduler.h"
#include "plan/task_graph.h"

namespace pghaul::crew {

/// Workers, each in a thread of its own, over one graph of tasks. Decisions are made under one plain mutex:
/// they are few, and bytes don't pass here.
///
/// Ownership  of the workers; the graph must outlive it.
/// Threads    run() by one.
/// Errors     the first failure of a task stops the others: their statements are cancelled, and run() returns
///            that failure; interrupted when `stop` was requested. A task that reads what others make is done
///            again when these are done, and fails if it fails then.
class Crew {
 public:
  /// The token asks to give up waiting: the run is to end.
  using Execute = std::function<Status(Worker&, const plan::Task&, const std::stop_token&)>;

  Crew(const plan::TaskGraph& graph, int workers, const Worker::Ends& ends, Execute execute);

  /// Of the workers' connections to one server. From any thread.
  [[nodiscard]] std::vector<std::shared_ptr<postgres::Lifeline>> lifelines(postgres::Side side) const;

  /// Retires a worker that a server has no session for, where another one has a session there: gives whether.
  /// Then its task is given back when `execute` fails. From the worker's thread.
  [[nodiscard]] bool retire(Worker& worker);
  /// Returns when every task has been executed. `tick` is called a few times a second meanwhile.
  [[nodiscard]] Status run(const std::stop_token& stop, const std::function<void()>& tick);
  /// As if a task had failed so. From any thread.
  void fail_with(Error failure);

 private:
  void work(Worker& worker) noexcept;
  [[nodiscard]] Status work_off(Worker& worker);
  [[nodiscard]] std::optional<plan::TaskId> next_task(Worker& worker);
  void watch(const std::stop_token& stop, const std::function<void()>& tick);

  const plan::TaskGraph* graph_;
  Execute execute_;
  std::vector<std::unique_ptr<Worker>> workers_;

  std::mutex mutex_;  // guards all below
  std::condition_variable task_may_be_ready_;
  std::condition_variable something_ended_;
  plan::Scheduler scheduler_;
  std::optional<Error> failure_;
  bool stopping_ = false;
  std::stop_source give_up_;
  std::size_t at_work_ = 0;  // threads that have not returned
  std::size_t staying_ = 0;  // workers that have not retired
};

}  // namespace pghaul::crew
