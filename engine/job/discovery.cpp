#include "job/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "catalog/read_catalog.h"
#include "job/archive_discovery.h"
#include "job/archive_folder.h"
#include "job/let_go.h"
#include "job/same_job.h"
#include "job/sizes.h"
#include "plan/preflight.h"
#include "postgres/pooling.h"
#include "schema/programs.h"
#include "schema/sections.h"

namespace pghaul::job {
namespace {

constexpr int kAttempts = 3;  // at a snapshot that no DDL has overtaken
constexpr int kLargeObjectRanges = 16;
constexpr catalog::Oid kPgClass = 1259;  // the catalogs' own OIDs, fixed
constexpr catalog::Oid kPgExtension = 3079;

/// pg_dump's choice of relations is ours: its patterns mean the same to us without our reading them.
std::set<catalog::Oid> entries_of(const schema::SchemaArchive& archive, catalog::Oid catalog) {
  std::set<catalog::Oid> oids;
  for (const schema::Entry& entry : archive.entries()) {
    if (entry.catalog == catalog) oids.insert(entry.oid);
  }
  return oids;
}

/// Without their data, pg_dump has no entries for what an extension makes, and leaves to it.
Result<std::set<catalog::Oid>> relations_in(const schema::SchemaArchive& archive,
                                            postgres::Connection& source) {
  std::set<catalog::Oid> relations = entries_of(archive, kPgClass);
  const std::set<catalog::Oid> extensions = entries_of(archive, kPgExtension);
  const Result<std::vector<catalog::Oid>> configuration = catalog::read_configuration(
      source, [&](catalog::Oid extension) { return extensions.contains(extension); });
  if (!configuration) return fail(configuration.error());
  relations.insert(configuration->begin(), configuration->end());
  return relations;
}

/// When pg_dump may not read something, all that it may not read is worth more than the first.
std::vector<plan::Finding> unreadable_tables(const catalog::Catalog& everything) {
  std::vector<plan::Finding> findings;
  for (const catalog::Relation& relation : everything.relations) {
    if (relation.readable) continue;
    findings.push_back({plan::Finding::Severity::refusal, "unreadable_table", shown(relation.name),
                        "cannot read " + shown(relation.name) + ": " + relation.unreadable_reason,
                        "GRANT SELECT on it, or connect to the source as its owner"});
  }
  return findings;
}

/// One attempt at a schema, a catalog and locks that belong to one snapshot. False: DDL came in between.
Result<bool> read_source(Discovery& found, const Options& options,
                         const std::vector<schema::Programs>& programs, const std::stop_token& stop) {
  Result<SourceHold> hold =
      SourceHold::open(found.source_string, postgres::Side::source, options.snapshot, stop);
  if (!hold) return fail(hold.error());
  found.source_hold.emplace(std::move(*hold));
  found.snapshot_id = found.source_hold->snapshot().id;
  postgres::Connection& source = found.source_hold->connection();
  found.source_description = source.describe();
  const Result<std::string> state = catalog::read_state(source);
  if (!state) return fail(state.error());
  found.source_state = *state;
  const LetGo let_go(stop, source);

  Result<schema::SchemaArchive> archive =
      schema::SchemaArchive::dump(programs, source.effective(), found.snapshot_id, options.filters, stop);
  if (!archive) {
    const Result<catalog::Catalog> everything =
        catalog::read_catalog(source, [](catalog::Oid) { return true; });
    if (everything) {
      found.findings = unreadable_tables(*everything);
      found.source = *everything;
    }
    if (!found.findings.empty()) return true;
    return fail(archive.error());
  }
  found.archive.emplace(std::move(*archive));
  const Result<std::set<catalog::Oid>> wanted = relations_in(*found.archive, source);
  if (!wanted) return fail(wanted.error());
  Result<catalog::Catalog> catalog =
      catalog::read_catalog(source, [&](catalog::Oid oid) { return wanted->contains(oid); });
  if (!catalog) return catalog.error().during("reading the source's catalogs");
  found.source = std::move(*catalog);
  const Status locked = found.source_hold->lock(found.source.relations);
  if (!locked) return fail(locked.error());
  Result<postgres::Connection> observer =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!observer) return fail(observer.error());
  const LetGo let_go_of_observer(stop, *observer);
  return found.source_hold->unchanged(*observer);
}

Status read_target(Discovery& found, const std::stop_token& stop) {
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, {}, stop);
  if (!target) return fail(target.error());
  const LetGo let_go(stop, *target);
  const Status direct = postgres::refuse_shared_sessions(*target, found.target_string);
  if (!direct) return direct;
  found.target_description = target->describe();
  found.target_is_here = target->on_this_machine();
  found.target_effective = target->effective();
  Result<catalog::Server> server = catalog::read_server(*target);
  if (!server) return server.error().during("looking at the target");
  found.target = std::move(*server);
  Result<catalog::Contents> contents = catalog::read_contents(*target);
  if (!contents) return contents.error().during("looking at what the target holds");
  found.contents = std::move(*contents);
  return {};
}

/// What pghaul knows of and will not carry, each with its reason.
void leave_out(Discovery& found) {
  catalog::Catalog& source = found.source;
  for (const catalog::Relation& relation : source.relations) {
    if (relation.kind != 'f') continue;
    found.left_out.push_back({"foreign table " + shown(relation.name),
                              "its rows are another server's; its definition was copied"});
  }
  for (const catalog::IndexInfo& index : source.indexes) {
    if (index.valid || index.partitioned) continue;
    found.left_out.push_back({"index " + shown(index.name), "it is not valid on the source either"});
  }
  const auto stays = [&](const catalog::Constraint& key) {
    return key.kind != 'f' || std::ranges::find(source.relations, key.references, &catalog::Relation::oid) !=
                                  source.relations.end();
  };
  for (const catalog::Constraint& key : source.constraints) {
    if (stays(key)) continue;
    found.left_out.push_back(
        {fmt::format("foreign key {} of {}", key.name, shown(source.relations[key.relation].name)),
         "the table it refers to is not among those to copy"});
  }
  std::erase_if(source.constraints, [&](const catalog::Constraint& key) { return !stays(key); });
}

/// Of servers elsewhere it is not known how many cores they have: as many as were asked to work at once.
plan::Machines machines_of(const Discovery& found) {
  using plan::Party;
  const double jobs = found.plan.jobs;
  plan::Machines machines(jobs, jobs, found.plan_options.local_cores);
  if (found.source_is_here) machines.join(Party::source, Party::client);
  if (!found.target || found.target_is_here) machines.join(Party::target, Party::client);
  const std::string& system = found.source.server.system_identifier;
  if (found.target && !system.empty() && found.target->system_identifier == system) {
    machines.join(Party::target, Party::source);
  }
  if (found.source_is_here || found.target_is_here) {
    machines.cores_of(Party::client) = found.plan_options.local_cores;
  }
  return machines;
}

/// The server's version; of an archive, which any pg_restore may read: 0.
Result<int> look_at_source(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (const std::optional<std::string> folder = archive_folder(options.source)) {
    const Status opened = open_archive(found, *folder, options);
    if (!opened) return fail(opened.error());
    found.source_is_here = true;
    return 0;
  }
  Result<postgres::ConnectionString> source = postgres::ConnectionString::parse(options.source);
  if (!source) return source.error().during("the source");
  found.source_string = std::move(*source);
  Result<postgres::Connection> first_look =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!first_look) return fail(first_look.error());
  const Status direct = postgres::refuse_shared_sessions(*first_look, found.source_string);
  if (!direct) return fail(direct.error());
  found.source_is_here = first_look->on_this_machine();
  return first_look->version();
}

Status read_steady_source(Discovery& found, const Options& options,
                          const std::vector<schema::Programs>& programs, const std::stop_token& stop) {
  for (int attempt = 1;; ++attempt) {
    const Result<bool> unchanged = read_source(found, options, programs, stop);
    if (!unchanged) return fail(unchanged.error());
    if (*unchanged) return {};
    if (attempt == kAttempts || !options.snapshot.empty()) {
      return fail(ErrorCode::refused, "tables of the source were altered while pghaul looked at them",
                  "stop migrations and other DDL on the source, then try again");
    }
  }
}

/// Gives when the application can be let in: as asked, or, where that can't be, later.
plan::Milestone divide_schema(Discovery& found, const Options& options) {
  using plan::Milestone;
  const std::vector<schema::Entry>& entries = found.archive->entries();
  const bool superuser = !found.target || found.target->superuser;
  found.sections = schema::divide(entries, found.source, superuser);
  Milestone open_after = options.open_after;
  if (open_after == Milestone::data && needs_keys(found.sections, entries)) open_after = Milestone::keys;
  if (open_after != Milestone::verified) {
    schema::bring_forward(found.sections, open_after != Milestone::data);
  }
  return open_after;
}

/// Whether the target's role reads every row although row security stands.
bool sees_all_rows(const Discovery& found) {
  if (!found.target || found.target->superuser || found.target->bypasses_row_security) return true;
  return std::ranges::find(found.sections.at_opening, "ROW SECURITY", &schema::Entry::kind) ==
         found.sections.at_opening.end();
}

}  // namespace

Result<Discovery> discover(const Options& options, const std::stop_token& stop,
                           const Journal::Header* earlier) {
  Discovery found;
  const Result<int> source_version = look_at_source(found, options, stop);
  if (!source_version) return fail(source_version.error());
  int target_version = 0;
  if (!options.target.empty()) {
    Result<postgres::ConnectionString> target = postgres::ConnectionString::parse(options.target);
    if (!target) return target.error().during("the target");
    found.target_string = std::move(*target);
    const Status looked = read_target(found, stop);
    if (!looked) return fail(looked.error());
    target_version = found.target->version;
  }
  Result<std::vector<schema::Programs>> programs = schema::find_programs(*source_version, target_version);
  if (!programs) return fail(programs.error());

  const Status read = found.stored ? read_archive(found, options, *programs, stop)
                                   : read_steady_source(found, options, *programs, stop);
  if (!read) return fail(read.error());
  if (!found.findings.empty()) return found;
  if (!found.stored && options.with_large_objects && options.filters.all()) {
    Result<catalog::LargeObjects> objects =
        catalog::read_large_objects(found.source_hold->connection(), kLargeObjectRanges);
    if (!objects) return objects.error().during("looking at the source's large objects");
    found.source.large_objects = std::move(*objects);
  }
  if (!found.stored) leave_out(found);
  if (earlier != nullptr) {
    if (const Status same = same_source_and_options(*earlier, found, options); !same)
      return fail(same.error());
    if (const Status set = set_sizes(earlier->sizes, found.source); !set) return fail(set.error());
  }
  const plan::Milestone open_after = divide_schema(found, options);
  const schema::Sections& sections = found.sections;
  found.surroundings = {.before_data = sections.before_data.size(), .at_the_end = sections.at_the_end.size()};
  found.plan_options = {
      .jobs = options.jobs,
      .decided_jobs = earlier == nullptr ? 0 : earlier->jobs,
      .local_cores = static_cast<int>(std::thread::hardware_concurrency()),
      .with_owner = options.filters.with_owner,
      .with_acl = options.filters.with_acl,
      .with_large_objects = options.with_large_objects,
      .read_back = options.verify != verify::Mode::none,
      .open_after = open_after,
      .reads_all_rows = sees_all_rows(found),
      .entries_after_data = sections.after_data.size(),
      .entries_at_opening = sections.at_opening.size(),
      .stored = found.stored ? stored_rows(*found.stored) : std::vector<plan::StoredRows>{}};
  found.plan = plan::make_plan(found.source, found.target ? &*found.target : nullptr, found.plan_options);
  found.machines = machines_of(found);
  found.predicted_seconds =
      plan::look_ahead(found.plan, found.plan_options.rates, found.surroundings, found.machines).downtime;
  if (found.target) {
    found.findings =
        plan::preflight(found.source, *found.target, found.contents,
                        earlier != nullptr || options.confirm == found.target->database, found.plan_options);
  }
  if (open_after != options.open_after) {
    found.findings.push_back({plan::Finding::Severity::warning,
                              "opens_after_keys",
                              {},
                              "a view is grouped by a primary key, which it can't be made without",
                              "writes may resume once keys stand, not before"});
  }
  for (const std::string& warning : found.archive->warnings()) {
    found.findings.push_back(
        {plan::Finding::Severity::warning, "schema_dump", {}, "pg_dump says: " + warning, {}});
  }
  return found;
}

bool any_refusal(const std::vector<plan::Finding>& findings) {
  return std::ranges::any_of(findings, [](const plan::Finding& finding) {
    return finding.severity == plan::Finding::Severity::refusal;
  });
}

}  // namespace pghaul::job
