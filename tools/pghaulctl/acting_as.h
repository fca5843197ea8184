#pragma once

#include <sys/types.h>

#include <optional>

namespace pghaul::platform {

/// Makes this process, if it is root's, another user's for a while: peer authentication then lets it in, and
/// the programs it starts cannot become root again.
///
/// Ownership  root again when destroyed. Not nested.
/// Threads    changes the user of all threads.
class ActingAs {
 public:
  /// `user`: nothing changes nothing.
  explicit ActingAs(std::optional<uid_t> user);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  bool changed_ = false;
};

/// Undoes ActingAs for a while.
///
/// Ownership  the same user again when destroyed.
/// Threads    changes the user of all threads.
class NotActing {
 public:
  NotActing();
  ~NotActing();
  NotActing(const NotActing&) = delete;
  NotActing& operator=(const NotActing&) = delete;

 private:
  uid_t user_;
};

}  // namespace pghaul::platform
