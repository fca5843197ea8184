#include "tasks/restore_entries.h"

#include <fmt/format.h>

#include "link/far_schema.h"
#include "schema/missing_entries.h"
#include "schema/programs.h"

namespace pghaul::tasks {
namespace {

Status as_status(const std::vector<schema::Failure>& failures) {
  if (failures.empty()) return {};
  std::string message = failures.size() == 1
                            ? "pg_restore could not create one object"
                            : fmt::format("pg_restore could not create {} objects", failures.size());
  for (const schema::Failure& failure : failures) message += "\n  " + failure.object + ": " + failure.reason;
  return fail(Error{ErrorCode::program_failed, message, {}, {}, failures.front().object});
}

/// What the target holds, as pg_dump lists it.
Result<std::vector<schema::Entry>> entries_of_target(const Run& run) {
  const Result<std::vector<schema::Programs>> programs =
      schema::find_programs(run.target_version, run.target_version);
  if (!programs) return fail(programs.error());
  const Result<schema::SchemaArchive> dumped =
      schema::SchemaArchive::dump(*programs, run.target, postgres::Side::target, {}, {}, run.stop);
  if (!dumped) return dumped.error().during("looking at what the target has already");
  return dumped->entries();
}

}  // namespace

Status restore_entries(const Run& run, const std::vector<schema::Entry>& entries, bool again) {
  if (entries.empty()) return {};
  std::vector<schema::Entry> wanted = entries;
  if (again) {
    const Result<std::vector<schema::Entry>> present = entries_of_target(run);
    if (!present) return fail(present.error());
    wanted = schema::missing_entries(entries, *present);
  }
  if (run.target_link) {
    const Result<std::optional<std::vector<schema::Failure>>> there =
        link::restore_at_far_half(*run.target_link, *run.archive, run.target, wanted, run.stop);
    if (!there) return fail(there.error());
    if (*there) return as_status(**there);
  }
  const Result<std::vector<schema::Failure>> failures = run.archive->restore(run.target, wanted, run.stop);
  if (!failures) return fail(failures.error());
  return as_status(*failures);
}

}  // namespace pghaul::tasks
