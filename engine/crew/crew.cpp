#include "crew/crew.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/guard.h"
#include "base/let_servers_go_first.h"

namespace pghaul::crew {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::seconds kUntilIdle{5};
constexpr std::chrono::milliseconds kUntilLeftOnStop{1'000};
constexpr std::chrono::milliseconds kUntilLeftOnFailure{10'000};

}  // namespace

Crew::Crew(WorkQueue& queue, int workers, const Worker::Endpoints& ends, Execute execute, Now now)
    : execute_(std::move(execute)), now_(std::move(now)), queue_(&queue) {
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
  staying_ = workers_.size();
  const std::stop_callback wake(stop, [this] {
    const std::lock_guard lock(mutex_);  // so that watch() waits already, or will see that it was requested
    something_ended_.notify_all();
  });
  std::vector<std::jthread> threads;
  Status started = guarded("starting workers", [&]() -> Status {
    threads.reserve(workers_.size());
    for (const std::unique_ptr<Worker>& worker : workers_) {
      threads.emplace_back([this, &worker] { work(*worker); });
      const std::lock_guard lock(mutex_);
      ++at_work_;
    }
    return {};
  });
  if (!started) fail_with(std::move(started.error()));
  watch(stop, tick);
  threads.clear();  // joins
  if (stop.stop_requested()) return fail(ErrorCode::interrupted, "stopped on request");
  if (failure_) return fail(*failure_);
  return {};
}

void Crew::fail_with(Error failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(failure);
  stopping_ = true;
  give_up_.request_stop();
  something_ended_.notify_all();
  item_may_be_ready_.notify_all();
}

void Crew::work(Worker& worker) noexcept {
  Status done = guarded("working", [&] { return work_off(worker); });
  if (!done) fail_with(std::move(done.error()));
  const std::lock_guard lock(mutex_);
  --at_work_;
  something_ended_.notify_all();
}

Status Crew::work_off(Worker& worker) {
  let_servers_go_first();
  while (const std::optional<ItemId> item = next_item(worker)) {
    Status done = execute_(worker, *item, give_up_.get_token());
    if (worker.retired()) worker.reconnect();  // its session on the other server is for others
    const std::lock_guard lock(mutex_);
    if (done) {
      queue_->finished(*item);
    } else if (worker.retired() && !stopping_) {
      queue_->give_back(*item);
      item_may_be_ready_.notify_all();
      break;
    } else if (!queue_->postpone(*item, done.error())) {
      return done;
    }
    item_may_be_ready_.notify_all();
  }
  return {};
}

bool Crew::retire(Worker& worker) {
  const std::optional<postgres::Side> side = worker.locked_out();
  if (!side || lifelines(*side).empty()) return false;
  const std::lock_guard lock(mutex_);
  if (stopping_ || staying_ <= 1) return false;
  --staying_;
  worker.retire();
  return true;
}

/// Waits for an item that may start; nothing when there will be none. Who waits for long leaves its sessions
/// to others: the server, or a pooler before it, may have few.
std::optional<ItemId> Crew::next_item(Worker& worker) {
  std::unique_lock lock(mutex_);
  for (Time idle_since = now_();;) {
    if (stopping_ || queue_->done()) return std::nullopt;
    if (const std::optional<ItemId> item = queue_->next()) return item;
    if (now_() - idle_since < kUntilIdle) {
      item_may_be_ready_.wait(lock);
      continue;
    }
    lock.unlock();
    worker.reconnect();
    lock.lock();
    idle_since = now_();
  }
}

/// Returns when all threads have. Whoever waits for an item looks again at each tick. A cancel request
/// reaches only a statement that runs at that moment, so it is repeated for as long as somebody is still at
/// work; a server that does not listen is left.
void Crew::watch(const std::stop_token& stop, const std::function<void()>& tick) {
  std::optional<Time> stopping_since;
  const auto something_has_ended = [&] {
    return at_work_ == 0 || (!stopping_since && (stopping_ || stop.stop_requested()));
  };
  std::unique_lock lock(mutex_);
  while (at_work_ > 0) {
    something_ended_.wait_for(lock, kTick, something_has_ended);
    if (stop.stop_requested() && !stopping_) {
      stopping_ = true;
      give_up_.request_stop();
    }
    item_may_be_ready_.notify_all();
    const bool cancel = stopping_ && at_work_ > 0;
    lock.unlock();
    if (cancel) {
      if (!stopping_since) stopping_since = now_();
      const bool cancels =
          now_() - *stopping_since < (stop.stop_requested() ? kUntilLeftOnStop : kUntilLeftOnFailure);
      for (const std::unique_ptr<Worker>& worker : workers_) cancels ? worker->cancel() : worker->sever();
    }
    Status reported = guarded("reporting progress", [&]() -> Status {
      tick();
      return {};
    });
    if (!reported) fail_with(std::move(reported.error()));
    lock.lock();
  }
}

}  // namespace pghaul::crew
