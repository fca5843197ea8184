#pragma once

#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"
#include "discovery/endpoints.h"
#include "follow/progress.h"
#include "postgres/connection.h"

namespace pghaul::live {

/// Tells which of a live copy's two servers is open to writers: counts the switchovers between them.
struct LiveTurns {
  std::string forward;  // the registration on the source, by which the target follows it
  std::string back;     // likewise on the target
  int source = 0;       // the number of the last switchover that closed it; 0: none
  int target = 0;

  /// Tells whether the target is the one that is open.
  [[nodiscard]] bool switched() const noexcept { return source > target; }
  [[nodiscard]] int next() const noexcept { return (source > target ? source : target) + 1; }
};
[[nodiscard]] Result<LiveTurns> read_turns(postgres::Connection& source, postgres::Connection& target);

/// Returns the schema in which a database keeps how far it follows another: that of its live copy's journal,
/// or, where it is the source of one, that of its registrations.
[[nodiscard]] Result<std::string> follower_schema(postgres::Connection& end);

/// Prepares the server that a switchover closes to follow the one that it opens. In this class "source" is
/// the former and "target" the latter, so for a switchover back the ends are exchanged.
///
/// Threads  values only; those that take a connection: the connection's.
class WayBack {
 public:
  /// Makes row, publication and slot on the target, where they are kept until drop(), and the table of
  /// progress on the source. To be done before writers wait: the slot waits for those who write to the
  /// target.
  [[nodiscard]] static Result<WayBack> prepare(const discovery::Endpoints& ends, const std::stop_token& stop);
  /// Removes the slot, which would keep the target's WAL: for a switchover that was given up.
  [[nodiscard]] static Status drop(const discovery::Endpoints& ends, const std::stop_token& stop);
  /// Removes registration `back` with its slot from the target, where a switchover was killed that had made
  /// them. What does not exist is no error.
  [[nodiscard]] static Status forget(postgres::Connection& target, const discovery::Endpoint& end,
                                     const std::string& back, const std::stop_token& stop);

  /// Returns statements for the transaction that decides, on the source: the source follows from where the
  /// target is now. For when all of the source's changes are durable there.
  [[nodiscard]] Result<std::string> start_here(postgres::Connection& target) const;

 private:
  WayBack(follow::ProgressTable table, std::string slot, std::string system_identifier)
      : table_(std::move(table)), slot_(std::move(slot)), system_identifier_(std::move(system_identifier)) {}

  follow::ProgressTable table_;  // on the source
  std::string slot_;             // on the target
  std::string system_identifier_;
};

}  // namespace pghaul::live
