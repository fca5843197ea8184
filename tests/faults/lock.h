#pragma once

#include <string>

#include "support/database.h"
#include "support/process.h"

namespace pghaul::faults {

/// A session of somebody else, whose lock makes others wait until it is released.
class Lock {
 public:
  /// `sql`: what takes the lock.
  Lock(const support::Database& database, const std::string& sql);
  ~Lock() { release(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  void release();

 private:
  const support::Database& database_;
  support::Process session_;
  bool held_ = true;
};

/// The process of the server that waits for a lock on behalf of a program, whose sessions' names begin with
/// its own, other than `not_this`; empty: there has been none for a minute.
[[nodiscard]] std::string waiting_session(const support::Database& database, const std::string& program,
                                          const std::string& not_this = "0");

}  // namespace pghaul::faults
