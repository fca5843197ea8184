#include "plan/scheduler.h"

#include <cassert>

namespace pghaul::plan {

Scheduler::Scheduler(const TaskGraph& graph)
    : graph_(&graph),
      remaining_(graph.remaining_paths()),
      followers_(graph.tasks.size()),
      waiting_for_(graph.tasks.size(), 0),
      unfinished_(graph.tasks.size()) {
  for (TaskId id = 0; id < graph.tasks.size(); ++id) {
    const std::vector<TaskId>& after = graph.tasks[id].after;
    waiting_for_[id] = static_cast<std::uint32_t>(after.size());
    for (const TaskId before : after) followers_[before].push_back(id);
    if (after.empty()) ready_.push({remaining_[id], id});
  }
}

std::optional<TaskId> Scheduler::next() {
  if (ready_.empty() && running_ == 0) retry_postponed();
  while (!ready_.empty()) {
    const Candidate best = ready_.top();
    ready_.pop();
    const Task& task = graph_->tasks[best.task];
    const RelationLock* const in_the_way = obstacle(task);
    if (in_the_way == nullptr) {
      hold(task);
    } else {
      locks_[in_the_way->relation].parked[static_cast<std::size_t>(in_the_way->mode)].push(best);
    }
    unpark(task);  // it may have been ahead of others
    if (in_the_way == nullptr) {
      ++running_;
      return best.task;
    }
  }
  return std::nullopt;
}

void Scheduler::finished(TaskId id) {
  const Task& task = graph_->tasks[id];
  assert(running_ > 0);
  --running_;
  release(task);
  unpark(task);
  for (const TaskId follower : followers_[id]) {
    assert(waiting_for_[follower] > 0);
    if (--waiting_for_[follower] == 0) ready_.push({remaining_[follower], follower});
  }
  assert(unfinished_ > 0);
  --unfinished_;
}

bool Scheduler::postpone(TaskId id) {
  assert(running_ > 0);
  --running_;
  const Task& task = graph_->tasks[id];
  release(task);
  unpark(task);
  const auto [failed, first] = failed_with_.try_emplace(id, unfinished_);
  if (!first && failed->second == unfinished_) return false;
  failed->second = unfinished_;
  postponed_.push_back(id);
  return true;
}

void Scheduler::retry_postponed() {
  for (const TaskId id : postponed_) ready_.push({remaining_[id], id});
  postponed_.clear();
}

void Scheduler::put_back(TaskId id) {
  assert(running_ > 0);
  --running_;
  const Task& task = graph_->tasks[id];
  release(task);
  unpark(task);
  ready_.push({remaining_[id], id});
}

const RelationLock* Scheduler::obstacle(const Task& task) const {
  for (const RelationLock& lock : task.locks) {
    const auto found = locks_.find(lock.relation);
    if (found != locks_.end() && !found->second.grants(lock.mode)) return &lock;
  }
  return nullptr;
}

void Scheduler::hold(const Task& task) {
  for (const RelationLock& lock : task.locks) {
    ++locks_[lock.relation].held[static_cast<std::size_t>(lock.mode)];
  }
}

void Scheduler::release(const Task& task) {
  for (const RelationLock& lock : task.locks) {
    --locks_[lock.relation].held[static_cast<std::size_t>(lock.mode)];
  }
}

/// Returns the first task of each queue that could now be granted to the ready ones, for each relation of
/// `task`.
void Scheduler::unpark(const Task& task) {
  for (const RelationLock& lock : task.locks) {
    const auto found = locks_.find(lock.relation);
    if (found == locks_.end()) continue;
    bool idle = true;
    for (std::size_t mode = 0; mode < kLockModes; ++mode) {
      Queue& parked = found->second.parked[mode];
      if (!parked.empty() && found->second.grants(static_cast<LockMode>(mode))) {
        ready_.push(parked.top());
        parked.pop();
      }
      idle = idle && parked.empty() && found->second.held[mode] == 0;
    }
    if (idle) locks_.erase(found);
  }
}

bool Scheduler::Locks::grants(LockMode mode) const noexcept {
  for (std::size_t other = 0; other < kLockModes; ++other) {
    if (held[other] > 0 && conflict(mode, static_cast<LockMode>(other))) return false;
  }
  return true;
}

}  // namespace pghaul::plan
