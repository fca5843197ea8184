#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "journal/done_entry.h"
#include "plan/task_graph.h"
#include "postgres/connection.h"

namespace pghaul::journal {

/// The journal of what a copy has done, kept in the target in a schema of its own, so that another run can
/// resume it.
///
/// Lines about rows of unlogged tables are in an unlogged table themselves: what empties the former, a crash
/// of the server or its promotion from a standby, removes the lines, too.
///
/// Each task's lines are committed in the transaction that does the task: what is journalled is there, and
/// what isn't is not. They refer to the number of the run, which a run that takes over raises; from then on
/// nothing left of an earlier run can commit.
///
/// Threads    values only, and SQL for whoever executes it; those that take a connection: the connection's.
class Journal {
 public:
  /// The lines of finished tasks.
  using Done = std::map<plan::TaskId, std::vector<DoneEntry>>;

  /// The durability of finished work, and of the line about it.
  enum class Lasts { for_good, until_crash };

  /// The progress of the parts of a copy that aren't tasks.
  enum class Stage { pre_data, tasks, opened, at_the_end, following };

  /// Facts that must be the same in a run that resumes.
  struct Header {
    std::string version;             // pghaul's
    std::string started;             // UTC, ISO 8601
    std::string source;              // the database: Server::system_identifier and OID
    std::string source_description;  // for people
    std::string source_state;        // catalog::read_state()
    std::map<std::string, std::string> options;
    std::string definitions;  // fingerprint of the source's tables, and of pg_dump's table of contents
    std::string sizes;        // those of the source by which the plan was made: sizes_as_text()
    std::string plan;         // fingerprint of the graph of tasks
    int jobs = 0;             // the number that the plan was made for
    bool split = false;       // the plan copies tables in several page ranges
    Stage stage = Stage::pre_data;
    int run = 1;

    /// Tells whether an application has been let in: then nothing may be restarted.
    [[nodiscard]] bool opened() const;
    /// Tells whether the source's changes follow the copy, so that the source keeps them for it.
    [[nodiscard]] bool is_live() const;
    /// Returns the LSN up to which the target was a standby of the source; empty: it is filled by a copy.
    [[nodiscard]] std::string filled_at() const;
  };

  /// Finds the journal of a copy into this very database. Errors  refused when this version can't read it.
  [[nodiscard]] static Result<std::optional<Journal>> find(postgres::Connection& target);
  /// Lists the schemas that look like a journal's, this database's or that of one that it was copied from.
  [[nodiscard]] static Result<std::vector<std::string>> list_schemas(postgres::Connection& target);
  /// Writes a new one. `taken`: schemas that the copy will make. `instead_of`: the schema of one that is
  /// dropped in the same transaction, so that there is always one; may be empty.
  [[nodiscard]] static Result<Journal> create(postgres::Connection& target, Header header,
                                              const std::vector<std::string>& taken,
                                              const std::string& instead_of);

  [[nodiscard]] const Header& header() const noexcept { return header_; }
  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }

  /// Returns the quoted table that the task read_statistics makes, for the tasks that import statistics.
  [[nodiscard]] std::string statistics_table() const { return table("statistics"); }

  /// Begins another run: from here on no other can write. Waits for what an earlier run is committing.
  [[nodiscard]] Status claim(postgres::Connection& target);
  [[nodiscard]] Status enter(postgres::Connection& target, Stage stage);
  /// Returns statements for the transaction of the task.
  [[nodiscard]] std::string insert(plan::TaskId task, const std::vector<DoneEntry>& lines, Lasts lasts) const;
  /// Returns the same for the end of the message that does the task's work, whose time `objects` share.
  [[nodiscard]] std::string insert_with_work(plan::TaskId task,
                                             const std::vector<catalog::Place>& objects) const;
  [[nodiscard]] Result<Done> read(postgres::Connection& target) const;
  /// Returns the number of each transaction that has done a task, as rows keep it.
  [[nodiscard]] Result<std::vector<std::pair<plan::TaskId, std::uint64_t>>> transactions(
      postgres::Connection& target) const;
  /// Returns the lines of one task; empty: it is not done.
  [[nodiscard]] Result<std::vector<DoneEntry>> read(postgres::Connection& target, plan::TaskId task) const;
  /// Deletes a task's lines: it has to be done again.
  [[nodiscard]] Status forget(postgres::Connection& target, plan::TaskId task) const;
  /// Returns when all that has been committed in the target is as durable as its settings promise: on its
  /// disk, and confirmed by synchronous standbys. Errors  interrupted when `stop` was requested meanwhile:
  /// the wait was cancelled, which the server does not report as a failure.
  [[nodiscard]] Status make_durable(postgres::Connection& target, const std::stop_token& stop) const;
  /// Drops the journal, without the database's event triggers firing.
  [[nodiscard]] Status remove(postgres::Connection& target) const;

 private:
  Journal(std::string schema, Header header) : schema_(std::move(schema)), header_(std::move(header)) {}
  [[nodiscard]] std::string table(const char* name) const;
  [[nodiscard]] std::string all_done() const;
  [[nodiscard]] std::string insert(plan::TaskId task, const std::vector<DoneEntry>& lines, Lasts lasts,
                                   const std::function<std::string(const DoneEntry&)>& seconds) const;

  std::string schema_;
  Header header_;
};

}  // namespace pghaul::journal
