#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"

namespace pghaul::postgres {

/// A moment in the history of a database: by it, a later moment can be told to be of the same history.
struct History {
  std::string server;      // system identifier; empty: the role may not see it
  std::string timeline;    // as the names of WAL files have it
  std::string database;    // its OID
  std::string started;     // when the server was started
  bool standby = false;    // the server is one
  bool durable = true;     // fsync is on
  std::uint64_t xmin = 0;  // of the snapshot: all older transactions have ended
  std::uint64_t xmax = 0;  // the next transaction
  Lsn position;            // of the WAL, later than all that the snapshot sees

  friend bool operator==(const History&, const History&) = default;
};

/// Reads that of the connection's snapshot; of its transaction's, where that is REPEATABLE READ.
[[nodiscard]] Result<History> read_history(Connection& server);
/// Returns where the last record before `next`, a position to insert at, ends: the header of a page is written with
/// the first record after it. Until then, what is on the disk ends before the header.
/// Source  PostgreSQL, xlog_internal.h: SizeOfXLogLongPHD, SizeOfXLogShortPHD. Seen with archive_timeout on 15.
[[nodiscard]] Lsn end_before(Lsn next, std::uint64_t page_bytes, std::uint64_t segment_bytes);
/// Returns once the server's WAL is on its disk up to the position: before, a crash may take back what the
/// snapshot has seen, and give its transactions' numbers to others.
[[nodiscard]] Status wait_until_flushed(Connection& server, Lsn position, const std::stop_token& stop);

/// Returns why `now` can't be told to be a later moment of the history of `then`; empty: it is. Then a row
/// that could not be seen then is one for which possibly_new_sql() holds.
///
/// `only_restarted`: somebody says that none of the server's files were restored since.
/// Source  a restart hides whether files of a backup were put in place; numbers of transactions have 32 bits.
[[nodiscard]] std::string break_between(const History& then, const History& now, bool only_restarted);

/// Tells whether only transactions of `own` can have written since the snapshot of `then`, as of now. Not
/// that others did, if it is false. `server`: sees what has been committed; READ COMMITTED.
[[nodiscard]] Result<bool> only_wrote_since(Connection& server, const History& then,
                                            std::span<const std::uint64_t> own);

/// Returns a condition that holds for each row that was written since a snapshot, and for some that were
/// not: for a row of one table itself, without those of its children. It is that a row's number is one of the
/// 2^31 from `xmin`, the snapshot's, on. Numbers are compared by their bytes, which takes a server less than
/// to calculate with them.
[[nodiscard]] std::string possibly_new_sql(std::uint64_t xmin);
/// Returns the same, without what the transactions `writers` wrote.
[[nodiscard]] std::string possibly_new_sql(std::uint64_t xmin, std::span<const std::uint64_t> writers);

}  // namespace pghaul::postgres
