#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "follow/applier.h"
#include "follow/progress.h"
#include "follow/table_statements.h"
#include "postgres/connection.h"
#include "postgres/statement_pipeline.h"

namespace pghaul::follow {

/// Applies each change by a statement of its own, all on one connection, and lets no change pass that did not
/// hit exactly the row it means.
///
/// The progress of the slot moves in the same target transaction as the rows. The counts of all changes are
/// known before it is committed, so that an error leaves the target at a state that the source had.
///
/// Memory  about 1 MB, and twice the widest row.
/// Errors  mismatch, which names table and key: a row was not there, was there already, or the table is
///         another one; server_error: the target refused a change; refused: somebody else moved the progress.
class StrictApplier : public Applier {
 public:
  struct Options {
    std::size_t transactions = 1;  // of the source that become one of the target
    std::chrono::milliseconds durability_interval{
        200};                                         // between questions about what is on the target's disk
    std::chrono::milliseconds idle_interval{10'000};  // between positions written while nothing is applied
  };
  /// Goes on from what `table` says of `slot`; see progress(). `waiting` is called each second or so while
  /// the target keeps it waiting.
  [[nodiscard]] static Result<std::unique_ptr<StrictApplier>> open(const postgres::ConnectionString& target,
                                                                   const std::string& encoding,
                                                                   const ProgressTable& table,
                                                                   const std::string& slot, Options options,
                                                                   const std::stop_token& stop);
  StrictApplier(StrictApplier&&) = delete;
  StrictApplier& operator=(StrictApplier&&) = delete;

  /// Gives the progress from which a feed has to go on.
  [[nodiscard]] const Progress& progress() const noexcept { return progress_; }
  /// `hook` is called each second or so while the target keeps this waiting: for Feed::keep_alive().
  void set_waiting(std::function<Status()> hook) { waiting_ = std::move(hook); }

  [[nodiscard]] Status take(const changes::Message& message) override;
  [[nodiscard]] Status pass(Lsn position) override;
  [[nodiscard]] Status settle() override;
  [[nodiscard]] Lsn durable() const override { return durable_; }

 private:
  struct Prepared {
    std::string name;
    Statement statement;
  };
  struct Table {
    changes::Relation relation;
    std::optional<TableStatements> statements;  // nothing: not compared with the target's table yet
    std::map<std::string, Prepared, std::less<>> prepared;
  };
  /// An answer that is still to come.
  struct Expected {
    enum class Kind { command, row, progress, commit, durability };
    Kind kind = Kind::command;
    const char* verb = "";         // of a row or a command: INSERT into
    const Table* table = nullptr;  // the same
    std::uint32_t xid = 0;         // the source's transaction
    std::string key;               // of a row
    Lsn position;                  // that a commit reaches
  };
  struct Written {
    Lsn target;  // how far the target's WAL went when everything up to `source` had been committed
    Lsn source;
  };

  StrictApplier(postgres::Connection connection, Progress progress, Options options);
  [[nodiscard]] Status begin_pipeline(const ProgressTable& table, const std::stop_token& stop);

  [[nodiscard]] Status begin(const changes::Begin& begin);
  [[nodiscard]] Status end(const changes::Commit& commit);
  [[nodiscard]] Status describe(const changes::Relation& relation);
  [[nodiscard]] Status apply(const changes::Insert& insert);
  [[nodiscard]] Status apply(const changes::Update& update);
  [[nodiscard]] Status apply(const changes::Delete& removed);
  [[nodiscard]] Status apply(const changes::Truncate& truncate);

  [[nodiscard]] Result<Table*> table(const changes::Relation& relation);
  [[nodiscard]] Result<const Prepared*> prepare(Table& table, std::string shape, Statement statement);
  [[nodiscard]] Status execute(const char* verb, const Table& table, const Prepared& prepared,
                               changes::Row old, changes::Row row);
  [[nodiscard]] Status open_transaction();
  [[nodiscard]] Status commit();
  [[nodiscard]] Status ask_what_is_durable();

  /// Names what an answer is to, for errors.
  [[nodiscard]] std::string describe(const Expected& expected) const;
  [[nodiscard]] Status judge(const Result<postgres::Rows>& answer);
  [[nodiscard]] Status judge_durability(const postgres::Rows& rows);

  postgres::Connection connection_;
  Progress progress_;
  Options options_;
  std::function<Status()> waiting_;
  std::unique_ptr<postgres::StatementPipeline> pipeline_;
  std::deque<Expected> expected_;

  std::unordered_map<std::uint32_t, Table> tables_;  // by OID on the source
  std::size_t prepared_ = 0;
  std::string texts_;  // of the statement that is being sent, each with its zero byte
  std::vector<const char*> values_;
  std::vector<std::size_t> places_;

  std::optional<changes::Begin> source_transaction_;
  bool skipping_ = false;            // the source's transaction is on the target already
  bool target_transaction_ = false;  // is open
  std::size_t gathered_ = 0;         // transactions of the source in it
  Lsn taken_;                        // all transactions that ended before have been taken
  Lsn committing_;                   // what the progress says once all that was sent has been done
  Lsn applied_;                      // what it says for certain
  Lsn durable_;
  std::deque<Written> written_;                      // applied, but perhaps not durable
  std::chrono::steady_clock::time_point asked_;      // what is durable
  std::chrono::steady_clock::time_point committed_;  // when the last commit was sent
};

}  // namespace pghaul::follow
