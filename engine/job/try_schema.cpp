#include "job/try_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "discovery/archive_folder.h"
#include "job/scratch_database.h"
#include "schema/schema_archive.h"

namespace pghaul::job {
namespace {

using Severity = plan::Finding::Severity;

/// Returns the extensions of the target that the scratch database could not be given: an administrator made
/// them.
std::vector<std::string> prepared_by_others(const discovery::Discovery& found,
                                            const std::vector<schema::Failure>& failures) {
  std::vector<std::string> names;
  for (const catalog::Extension& one : found.target->extensions) {
    const auto is_it = [&](const schema::Failure& failure) {
      return failure.object == "EXTENSION " + one.name;
    };
    if (std::ranges::any_of(failures, is_it)) names.push_back(one.name);
  }
  return names;
}

/// Returns what is to be restored: all but schema public, which a new database has.
std::vector<schema::Entry> wanted(const schema::SchemaArchive& archive) {
  std::vector<schema::Entry> entries = archive.entries();
  std::erase_if(entries, [](const schema::Entry& entry) {
    return entry.kind == "SCHEMA" && name_without_schema(entry) == "public";
  });
  return entries;
}

/// Recognizes what the plan says of the database as a whole, with what helps.
bool is_foreseen(const schema::Failure& failure) {
  return failure.reason.starts_with("role ") && failure.reason.ends_with(" does not exist");
}

plan::Finding finding_of(const schema::Failure& failure, bool doubtful) {
  return {doubtful ? Severity::warning : Severity::refusal, "not_restorable", failure.object,
          fmt::format("the target can't make {}: {}", failure.object, failure.reason),
          "change it on the source, or leave it out"};
}

}  // namespace

Status try_schema(discovery::VerbContext& context, discovery::Discovery& found) {
  if (!found.target) {
    return fail(ErrorCode::usage,
                "--try-schema restores the schema on the target's server, and there is none",
                "give TARGET, or leave --try-schema out");
  }
  if (!context.options.target_via.empty()) {
    return fail(ErrorCode::usage, "a link leads to one database, and --try-schema makes another",
                "plan on the target's side of the link, or leave --target-via out");
  }
  Result<ScratchDatabase> scratch = ScratchDatabase::create(context.options.target, context.stop);
  if (!scratch) return fail(scratch.error());
  const Result<std::vector<schema::Failure>> failures = [&]() -> Result<std::vector<schema::Failure>> {
    const Result<discovery::Endpoint> end = discovery::direct_endpoint(
        scratch->connection_string().text(), postgres::Side::target, context.options);
    if (!end) return fail(end.error());
    const Result<postgres::Connection> inside =
        postgres::Connection::open(end->server, postgres::Side::target, {}, context.stop);
    if (!inside) return fail(inside.error());
    return found.archive->restore(inside->effective(), wanted(*found.archive), context.stop);
  }();
  const Status dropped = scratch->drop();
  if (!failures) return failures.error().during("trying the schema");
  if (!dropped) return dropped;
  const std::vector<std::string> prepared = prepared_by_others(found, *failures);
  for (const schema::Failure& failure : *failures) {
    if (is_foreseen(failure)) continue;
    found.findings.push_back(finding_of(failure, !prepared.empty()));
  }
  if (prepared.empty()) return {};
  found.findings.push_back(
      {Severity::warning, "not_tried", prepared.front(),
       fmt::format(
           "the schema was tried without extensions that the target has, and that its role can't make "
           "({}): what needs them failed for that alone",
           fmt::join(prepared, ", ")),
       "try again with --exclude-extension, or as a role that may make them"});
  return {};
}

}  // namespace pghaul::job
