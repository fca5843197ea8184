#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "plan/task_graph.h"
#include "postgres/connection.h"
#include "verify/digest.h"

namespace pghaul::journal {

/// What became of one object of a task.
struct TaskLine {
  catalog::Place object = catalog::kNone;  // kNone: the task as a whole
  verify::Digest digest;                   // of tasks that read rows; of open: `rows` is pages
  double seconds = 0;
};

/// What a copy has done, kept in the target in a schema of its own, so that another run can go on with it.
///
/// Lines about rows of unlogged tables are in an unlogged table themselves: what empties the former, a crash
/// of the server or its promotion from a standby, takes their evidence, too.
///
/// Each task's lines are committed in the transaction that they tell of: what is journalled is there, and
/// what isn't is not. They refer to the number of the run, which a run that takes over raises; whatever is
/// left of an earlier run can't commit from then on.
///
/// Threads    values only, and SQL for whoever executes it; those that take a connection: the connection's.
class Journal {
 public:
  /// What is done, by task.
  using Done = std::map<plan::TaskId, std::vector<TaskLine>>;

  /// How long what was done, and the line about it, lasts.
  enum class Lasts { for_good, until_crash };

  /// How far the parts have come that aren't tasks.
  enum class Stage { pre_data, tasks, opened, at_the_end };

  /// What must be the same when another run goes on.
  struct Header {
    std::string version;             // pghaul's
    std::string started;             // UTC, ISO 8601
    std::string source;              // which database: Server::system_identifier and OID
    std::string source_description;  // for people
    std::string source_state;        // catalog::read_state()
    std::map<std::string, std::string> options;
    std::string definitions;  // fingerprint of the source's tables, and of pg_dump's table of contents
    std::string sizes;        // of the source, which the plan was made by: sizes_as_text()
    std::string plan;         // fingerprint of the graph of tasks
    int jobs = 0;             // that the plan was made for
    bool split = false;       // whether it copies tables in several page ranges
    Stage stage = Stage::pre_data;
    int run = 1;

    /// An application has been let in: nothing may be started over.
    [[nodiscard]] bool opened() const;
  };

  /// Looks for the journal of a copy into this very database. Errors  refused when it isn't one that this
  /// version reads.
  [[nodiscard]] static Result<std::optional<Journal>> find(postgres::Connection& target);
  /// Writes a new one. `taken`: schemas that the copy will make. `instead_of`: the schema of one that goes in
  /// the same moment, so that there is always one; may be empty.
  [[nodiscard]] static Result<Journal> create(postgres::Connection& target, Header header,
                                              const std::vector<std::string>& taken,
                                              const std::string& instead_of);

  [[nodiscard]] const Header& header() const noexcept { return header_; }
  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }

  /// Whose table read_statistics makes, for the tasks that give them to the tables. Quoted.
  [[nodiscard]] std::string statistics_table() const { return table("statistics"); }

  /// Begins another run: from here on no other can write. Waits for what an earlier run is committing.
  [[nodiscard]] Status take_over(postgres::Connection& target);
  [[nodiscard]] Status enter(postgres::Connection& target, Stage stage);
  /// Statements for the transaction of the task that they tell of.
  [[nodiscard]] std::string insert(plan::TaskId task, const std::vector<TaskLine>& lines, Lasts lasts) const;
  /// The same at the end of the message that does the task's work: what that took is shared by `objects`.
  [[nodiscard]] std::string insert_with_work(plan::TaskId task,
                                             const std::vector<catalog::Place>& objects) const;
  [[nodiscard]] Result<Done> read(postgres::Connection& target) const;
  /// Empty: the task is not done.
  [[nodiscard]] Result<std::vector<TaskLine>> read(postgres::Connection& target, plan::TaskId task) const;
  /// The task is to be done again.
  [[nodiscard]] Status forget(postgres::Connection& target, plan::TaskId task) const;
  /// Returns when all that has been committed in the target is as durable as its settings promise: on its
  /// disk, and confirmed by synchronous standbys. Errors  interrupted when `stop` was requested meanwhile:
  /// the wait was cancelled, which the server does not call a failure.
  [[nodiscard]] Status make_durable(postgres::Connection& target, const std::stop_token& stop) const;
  /// Drops it; the database's event triggers don't see that.
  [[nodiscard]] Status remove(postgres::Connection& target) const;

 private:
  Journal(std::string schema, Header header) : schema_(std::move(schema)), header_(std::move(header)) {}
  [[nodiscard]] std::string table(const char* name) const;
  [[nodiscard]] std::string all_done() const;
  [[nodiscard]] std::string insert(plan::TaskId task, const std::vector<TaskLine>& lines, Lasts lasts,
                                   const std::function<std::string(const TaskLine&)>& seconds) const;

  std::string schema_;
  Header header_;
};

}  // namespace pghaul::journal
