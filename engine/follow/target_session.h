#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "follow/followed_table.h"
#include "follow/progress.h"
#include "postgres/connection.h"
#include "postgres/statement_pipeline.h"

namespace pghaul::follow {

/// The session in which an applier changes the target: transactions with the progress of the slot in them,
/// statements that are sent ahead of their answers, and how many rows each of them has to hit.
///
/// Threads    one at a time.
/// Errors     of each function: that of an earlier statement, too. mismatch: a statement did not hit the rows
///            that it means; server_error: the target refused it; refused: somebody else moved the progress.
///            After one only destruction is of use: what was not committed is undone.
class TargetSession {
 public:
  /// The change that a statement makes, for errors, and how many rows it has to hit.
  struct Change {
    const char* verb = "";  // "INSERT into"
    FollowedTable* table = nullptr;
    std::uint32_t xid = 0;  // the source's transaction
    std::string key;        // of the row: "(id) = (7)"
    std::int64_t rows = 1;  // 0: of a query that must find nothing
  };

  /// Silences triggers, rules and foreign keys of the target: by session_replication_role, or see SetAside.
  [[nodiscard]] static Result<std::unique_ptr<TargetSession>> open(const postgres::ConnectionString& target,
                                                                   const std::string& encoding,
                                                                   const ProgressTable& table,
                                                                   const std::string& slot,
                                                                   const std::stop_token& stop);
  TargetSession(TargetSession&&) = delete;
  TargetSession& operator=(TargetSession&&) = delete;

  /// Gives the progress that the session found.
  [[nodiscard]] const Progress& progress() const noexcept { return progress_; }
  /// For queries, while no attempt is open.
  [[nodiscard]] postgres::StatementPipeline& pipeline() noexcept { return *pipeline_; }

  /// Returns the statement that `table` has for `shape`; nullptr: none yet.
  [[nodiscard]] static const PreparedStatement* find(FollowedTable& table, std::string_view shape);
  [[nodiscard]] Result<const PreparedStatement*> prepare(FollowedTable& table, std::string shape,
                                                         Statement statement);
  [[nodiscard]] Status execute(const PreparedStatement& prepared, std::span<const char* const> values,
                               Change change);
  /// Executes a statement whose values are arrays, in their binary format.
  [[nodiscard]] Status execute(const PreparedStatement& prepared, std::span<const std::string> arrays,
                               Change change);
  /// Runs a statement that may hit any number of rows.
  [[nodiscard]] Status run(const std::string& sql, Change change);

  /// Opens a transaction, unless one is open.
  [[nodiscard]] Status begin();
  /// Lets the transaction move the progress to `position`.
  [[nodiscard]] Status move(Lsn position);
  /// Commits, once all answers are in.
  [[nodiscard]] Status commit();
  [[nodiscard]] bool in_transaction() const noexcept { return in_transaction_; }
  /// Returns what the progress says once all that was sent has been done.
  [[nodiscard]] Lsn position() const noexcept { return moved_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_commit() const noexcept { return last_commit_; }

  /// Begins statements that may fail: then all of them, up to finish_attempt(), are undone, and nothing else.
  [[nodiscard]] Status start_attempt();
  /// Lets the attempt fail.
  void give_up() noexcept { failed_ = true; }
  /// Waits for the answers; false: the attempt has failed, and left nothing behind.
  [[nodiscard]] Result<bool> finish_attempt();
  /// Returns the table whose statement failed first in the last attempt; nullptr where none did.
  [[nodiscard]] FollowedTable* failed_table() const noexcept { return failed_table_; }

  /// Lets the target begin with what it was sent.
  [[nodiscard]] Status flush() { return pipeline_->flush(); }
  [[nodiscard]] Status await_answers() { return pipeline_->await_answers(); }
  /// Tells whether the target has answered all that it was sent, without waiting for it.
  [[nodiscard]] Result<bool> has_answered() { return pipeline_->has_answered(); }
  /// Asks, no more often than each `interval`, how much of what was committed is on the target's disk, where
  /// not all is known to be.
  [[nodiscard]] Status update_durable(std::chrono::milliseconds interval);
  /// Asks the same with the next commits.
  void set_durability_interval(std::chrono::milliseconds interval) { durability_interval_ = interval; }
  [[nodiscard]] Lsn durable() const noexcept { return durable_; }

 private:
  /// An answer that is still to come.
  struct Expected {
    enum class Kind { command, rows, progress, commit, durability };
    Kind kind = Kind::command;
    bool attempted = false;  // its failure is one of the attempt
    Change change;
    Lsn position;                           // that a commit reaches
    PreparedStatement* prepared = nullptr;  // that a command makes
  };
  struct Written {
    Lsn target;  // how far the target's WAL went when everything up to `source` had been committed
    Lsn source;
  };

  TargetSession(postgres::Connection connection, Progress progress);
  [[nodiscard]] Status begin_pipeline(const ProgressTable& table, const std::stop_token& stop);
  void expect(Expected expected);
  [[nodiscard]] Status command(const char* prepared);
  [[nodiscard]] Status ask_what_is_durable();
  [[nodiscard]] Status undo_attempt();

  [[nodiscard]] std::string describe(const Expected& expected) const;
  [[nodiscard]] Status judge(const Result<postgres::Rows>& answer);
  [[nodiscard]] Status judge(const Expected& expected, const Result<postgres::Rows>& answer);
  [[nodiscard]] Status judge_durability(const postgres::Rows& rows);

  postgres::Connection connection_;
  Progress progress_;
  std::unique_ptr<postgres::StatementPipeline> pipeline_;
  std::deque<Expected> expected_;
  std::size_t prepared_ = 0;

  bool in_transaction_ = false;
  bool has_savepoint_ = false;
  bool attempting_ = false;
  bool failed_ = false;
  FollowedTable* failed_table_ = nullptr;
  std::vector<std::pair<FollowedTable*, std::string>> unconfirmed_;  // prepared in the attempt
  Lsn moved_;
  Lsn moved_before_;  // the attempt
  Lsn applied_;       // what the progress says for certain
  Lsn durable_;
  std::deque<Written> written_;  // applied, but perhaps not durable
  std::chrono::milliseconds durability_interval_{50};
  std::chrono::steady_clock::time_point asked_;  // what is durable
  std::chrono::steady_clock::time_point last_commit_;
};

}  // namespace pghaul::follow
