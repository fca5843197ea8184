#include "job/crew.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/let_servers_go_first.h"

namespace pghaul::job {
namespace {

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::milliseconds kUntilLeftOnStop{1'000};
constexpr std::chrono::milliseconds kUntilLeftOnFailure{10'000};

/// The server refused it, perhaps because what its functions or its query read is not there yet.
bool may_pass_later(const plan::Task& task, const Error& error) {
  return task.reads_others && error.code == ErrorCode::server_error;
}

}  // namespace

Crew::Crew(const plan::TaskGraph& graph, int workers, const Worker::Ends& ends, Execute execute)
    : graph_(&graph), execute_(std::move(execute)), scheduler_(graph) {
  for (int number = 0; number < workers; ++number) workers_.push_back(std::make_unique<Worker>(number, ends));
}

std::vector<std::shared_ptr<postgres::Lifeline>> Crew::lifelines(postgres::Side side) const {
  std::vector<std::shared_ptr<postgres::Lifeline>> all;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (auto line = worker->lifeline(side)) all.push_back(std::move(line));
  }
  return all;
}

Status Crew::run(const std::stop_token& stop, const std::function<void()>& tick) {
  at_work_ = workers_.size();
  const std::stop_callback wake(stop, [this] { something_ended_.notify_all(); });
  std::vector<std::jthread> threads;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    threads.emplace_back([this, &worker] { work(*worker); });
  }
  watch(stop, tick);
  threads.clear();  // joins
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (failure_) return fail(*failure_);
  return {};
}

void Crew::work(Worker& worker) {
  let_servers_go_first();
  while (const std::optional<plan::TaskId> task = next_task()) {
    const Status done = execute_(worker, graph_->tasks[*task], give_up_.get_token());
    const std::lock_guard lock(mutex_);
    if (done) {
      scheduler_.finished(*task);
    } else if (!may_pass_later(graph_->tasks[*task], done.error()) || !scheduler_.postpone(*task)) {
      if (!failure_) failure_ = done.error();
      stopping_ = true;
      give_up_.request_stop();
      something_ended_.notify_all();
    }
    task_may_be_ready_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  --at_work_;
  something_ended_.notify_all();
}

/// Waits for a task that may start; nothing when there will be none.
std::optional<plan::TaskId> Crew::next_task() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopping_ || scheduler_.done()) return std::nullopt;
    if (const std::optional<plan::TaskId> task = scheduler_.next()) return task;
    task_may_be_ready_.wait(lock);
  }
}

/// Until all threads have returned. A cancel request reaches only a statement that runs at that moment, so it
/// is repeated for as long as somebody is still at work; a server that does not listen is left.
void Crew::watch(const std::stop_token& stop, const std::function<void()>& tick) {
  std::unique_lock lock(mutex_);
  std::chrono::milliseconds stopping_for{0};
  while (at_work_ > 0) {
    something_ended_.wait_for(lock, kTick);
    if (stop.stop_requested() && !stopping_) {
      stopping_ = true;
      give_up_.request_stop();
      task_may_be_ready_.notify_all();
    }
    const bool cancel = stopping_ && at_work_ > 0;
    lock.unlock();
    if (cancel) {
      stopping_for += kTick;
      const bool patient = stopping_for < (stop.stop_requested() ? kUntilLeftOnStop : kUntilLeftOnFailure);
      for (const std::unique_ptr<Worker>& worker : workers_) patient ? worker->cancel() : worker->sever();
    }
    tick();
    lock.lock();
  }
}

}  // namespace pghaul::job
