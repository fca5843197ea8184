#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "follow/target_session.h"

namespace pghaul::follow {

/// Checks deferrable unique keys, which the target does not: under session_replication_role = replica, the
/// trigger that would do it at the end of a transaction stays silent.
///
/// Memory     the keys of the present transaction's rows, at most 10,000 for each deferrable key; beyond
///            that, all rows are checked.
/// Ownership  none of the session, which outlives it.
/// Threads    one at a time.
class DeferredKeys {
 public:
  explicit DeferredKeys(TargetSession& session) : session_(session) {}

  /// Notes a row that is new, or has new values.
  void note(FollowedTable& table, changes::Row row);
  [[nodiscard]] bool has_noted() const noexcept { return !noted_.empty(); }
  /// What is noted and checked from now on belongs to an attempt, which may be undone, and made again.
  void start_attempt() { before_attempt_ = noted_; }
  void undo_attempt() { noted_ = before_attempt_; }
  /// Checks, at the end of transaction `xid`, that each key that was noted has one row at most.
  [[nodiscard]] Status check(std::uint32_t xid);

 private:
  using Values = std::vector<std::string>;
  struct Noted {
    std::set<Values> keys;
    bool all = false;
  };

  [[nodiscard]] Status check(std::uint32_t xid, FollowedTable& table, std::size_t number, const Noted& noted);

  TargetSession& session_;
  using AllNoted =
      std::map<std::pair<FollowedTable*, std::size_t>, Noted>;  // by table, and number of its key
  AllNoted noted_;
  AllNoted before_attempt_;
};

}  // namespace pghaul::follow
