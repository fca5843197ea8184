#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "crew/worker.h"
#include "plan/task_graph.h"
#include "tasks/run.h"
#include "tasks/task_telling.h"

/// The kinds of tasks, each in a file of its own. One transaction on the target per task, unless said
/// otherwise; a failure leaves the target as it was before the task.
namespace pghaul::tasks {

/// Does one task, whatever its kind, and has it told of.
[[nodiscard]] Status execute(crew::Worker& worker, Run& run, TaskTelling& telling, const plan::Task& task);

[[nodiscard]] Status copy_rows(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_source_rows(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_back_rows(crew::Worker& worker, Run& run, const plan::Task& task);
/// A COPY … TO STDOUT, and how its rows are written.
struct CopiedOut {
  std::string sql;
  postgres::CopyFormat format;
  verify::FloatColumns floats;
  std::string what;  // for errors: "rows of public.orders"
};
/// The digest of its rows; over a link, they stay where they are.
[[nodiscard]] Result<verify::Digest> digest_of_copy(pipeline::Chunk& buffer, postgres::Connection& server,
                                                    const CopiedOut& rows);
/// How many blocks the table has now.
[[nodiscard]] Result<std::uint32_t> pages_of(postgres::Connection& server, const catalog::Relation& relation);
[[nodiscard]] Status copy_large_objects(crew::Worker& worker, Run& run, const plan::Task& task);
/// In transactions of Run::locks_together statements; what was set may be set again.
[[nodiscard]] Status set_large_object_properties(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_source_large_objects(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_back_large_objects(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status copy_sequences(crew::Worker& worker, Run& run, const plan::Task& task);
/// The same, where the target is an archive.
[[nodiscard]] Status store_rows(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status store_large_objects(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status store_sequences(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_back_stored(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status build_indexes(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status attach_indexes(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status add_keys(crew::Worker& worker, Run& run, const plan::Task& task);
/// Under a strong lock, for a moment where the check comes later …
[[nodiscard]] Status add_foreign_keys(crew::Worker& worker, Run& run, const plan::Task& task);
/// … under a weak one.
[[nodiscard]] Status validate_foreign_keys(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status read_statistics(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status give_statistics(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status analyze(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status refresh(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status open_target(crew::Worker& worker, Run& run, const plan::Task& task);
[[nodiscard]] Status let_go_of_opening(crew::Worker& worker, Run& run, const plan::Task& task);
/// As many transactions as pg_restore makes.
[[nodiscard]] Status restore_post_data(crew::Worker& worker, Run& run, const plan::Task& task);

}  // namespace pghaul::tasks
