#include "tasks/schema_restore.h"

#include <fmt/format.h>

#include <optional>

#include "link/far_schema.h"
#include "schema/missing_entries.h"
#include "schema/programs.h"
#include "schema/schema_archive.h"

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

}  // namespace

Status SchemaRestore::restore(const std::vector<schema::Entry>& entries, bool again) const {
  if (entries.empty()) return {};
  std::vector<schema::Entry> wanted = entries;
  if (again) {
    const Result<std::vector<schema::Entry>> present = entries_of_target();
    if (!present) return fail(present.error());
    wanted = schema::missing_entries(entries, *present);
  }
  if (link_) {
    const Result<std::optional<std::vector<schema::Failure>>> there =
        link::restore_at_far_half(*link_, *archive_, target_, wanted, stop_);
    if (!there) return fail(there.error());
    if (*there) return as_status(**there);
  }
  const Result<std::vector<schema::Failure>> failures = archive_->restore(target_, wanted, stop_);
  if (!failures) return fail(failures.error());
  return as_status(*failures);
}

/// Returns what the target holds, as pg_dump lists it.
Result<std::vector<schema::Entry>> SchemaRestore::entries_of_target() const {
  const Result<std::vector<schema::Programs>> programs = schema::find_programs(version_, version_);
  if (!programs) return fail(programs.error());
  const Result<schema::SchemaArchive> dumped =
      schema::SchemaArchive::dump(*programs, target_, postgres::Side::target, {}, {}, stop_);
  if (!dumped) return dumped.error().during("looking at what the target has already");
  return dumped->entries();
}

}  // namespace pghaul::tasks
