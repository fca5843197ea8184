#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "crew/work_queue.h"
#include "crew/worker.h"

namespace pghaul::crew {

/// Workers, each in a thread of its own, over one queue of work. Decisions are made under one plain mutex:
/// they are few, and bytes don't pass here.
///
/// Ownership  owns the workers; the queue must outlive it.
/// Threads    run() by one.
/// Waiting    a worker that has found nothing to do for 5 s leaves its sessions to others.
/// Errors     the first failure of an item that the queue does not postpone stops the others: their
///            statements are cancelled, and run() returns that failure; interrupted when `stop` was
///            requested.
class Crew {
 public:
  /// Does an item. The token asks it to give up waiting: the run is to end.
  using Execute = std::function<Status(Worker&, ItemId, const std::stop_token&)>;
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  /// `now`: measures how long it has waited; called by any of its threads.
  Crew(WorkQueue& queue, int workers, const Worker::Endpoints& ends, Execute execute,
       Now now = &std::chrono::steady_clock::now);

  /// Returns those of the workers' connections to one server. From any thread.
  [[nodiscard]] std::vector<std::shared_ptr<postgres::Lifeline>> lifelines(postgres::Side side) const;

  /// Retires a worker that a server has no session for, where another one has a session there; returns
  /// whether there is one. Then its item is given back when `execute` fails. From the worker's thread.
  [[nodiscard]] bool retire(Worker& worker);
  /// Returns when the queue is done. `tick` is called a few times a second meanwhile.
  [[nodiscard]] Status run(const std::stop_token& stop, const std::function<void()>& tick);
  /// Stops the run as if an item had failed so. From any thread.
  void fail_with(Error failure);

 private:
  void work(Worker& worker) noexcept;
  [[nodiscard]] Status work_off(Worker& worker);
  [[nodiscard]] std::optional<ItemId> next_item(Worker& worker);
  void watch(const std::stop_token& stop, const std::function<void()>& tick);

  Execute execute_;
  Now now_;
  std::vector<std::unique_ptr<Worker>> workers_;

  std::mutex mutex_;  // guards all below
  std::condition_variable item_may_be_ready_;
  std::condition_variable something_ended_;
  WorkQueue* queue_;
  std::optional<Error> failure_;
  bool stopping_ = false;
  std::stop_source give_up_;
  std::size_t at_work_ = 0;  // threads that have not returned
  std::size_t staying_ = 0;  // workers that have not retired
};

}  // namespace pghaul::crew
