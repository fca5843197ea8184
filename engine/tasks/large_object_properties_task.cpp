#include "tasks/large_object_properties_task.h"

#include <optional>
#include <string>
#include <string_view>

#include "crew/worker.h"
#include "tasks/large_object_properties.h"
#include "tasks/row_source.h"
#include "tasks/task_log.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

constexpr const char* kSetting = "cannot set owners, grants and comments of large objects";

/// Gathers statements of one message to the target, which is one transaction: each may hold a lock until its
/// end.
class Together {
 public:
  Together(postgres::Connection& target, std::size_t most) : target_(&target), most_(most) {}

  Status add(std::string_view statement) {
    sql_ += statement;
    sql_ += ';';
    return ++statements_ < most_ ? Status{} : execute();
  }
  Status execute() {
    if (statements_ == 0) return {};
    const Status done = target_->execute(sql_);
    sql_.clear();
    statements_ = 0;
    return done ? done : done.error().during(kSetting);
  }

 private:
  postgres::Connection* target_;
  std::size_t most_;
  std::string sql_;
  std::size_t statements_ = 0;
};

}  // namespace

Status set_large_object_properties(crew::Worker& worker, const RowSource& source,
                                   const ObjectProperties& wanted, std::size_t locks_together, TaskLog& log,
                                   const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<std::optional<postgres::Transaction>> reading = source.begin_reading(worker);
  if (!reading) return fail(reading.error());
  const Result<RowSource::Rows> statements = source.large_object_properties(worker, task, wanted);
  if (!statements) return fail(statements.error());
  Together together(**target, locks_together);
  verify::RowDigest digest;
  pipeline::Chunk& chunk = worker.buffer();
  for (;;) {
    chunk.clear();
    if (Status filled = (*statements)->fill(chunk); !filled) return filled;
    if (chunk.empty()) break;
    digest.see(chunk);
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
      const std::span<const std::byte> row = chunk.row(i);
      const std::string_view statement(reinterpret_cast<const char*>(row.data()), row.size());
      if (!is_wanted(statement, wanted)) continue;
      if (Status added = together.add(statement); !added) return added;
    }
  }
  if (Status done = together.execute(); !done) return done;
  if (Status complete = source.check_properties(task, digest.digest()); !complete) return complete;
  return log.journal_done(worker, task, {{task.objects.front(), {}, 0}});
}

}  // namespace pghaul::tasks
