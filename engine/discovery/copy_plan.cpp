#include "discovery/copy_plan.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "discovery/archive_discovery.h"
#include "plan/jobs.h"
#include "schema/parallel_restore.h"
#include "schema/sections.h"

namespace pghaul::discovery {
namespace {

constexpr std::size_t kManySessions = 64;  // more than any copy has
constexpr double kBesideATable = 0.2;      // estimate: what an object without a file costs, in tables

/// Returns what restoring them costs, in tables.
double in_tables(const std::vector<schema::Entry>& entries) {
  double tables = 0;
  for (const schema::Entry& entry : entries) {
    const bool has_file = entry.kind == "TABLE" || entry.kind == "SEQUENCE";
    tables += has_file ? 1 : kBesideATable;
  }
  return tables;
}

/// Recognizes schema public with an owner whom the role can't give it to. Where that is a user's role the
/// copy is refused beforehand; so it is the one that initdb made, which owned public up to PostgreSQL 14. The
/// target's stays as it is.
bool is_public_of_initdb(const schema::Entry& entry, const catalog::Server& target) {
  return entry.kind == "SCHEMA" && name_without_schema(entry) == "public" &&
         owner_of(entry, target.own_roles).empty();
}

/// Divides the schema among the phases of a copy. Returns when the application can be let in: as asked, or,
/// where that can't be, later.
plan::Milestone divide_schema(Discovery& found, const Options& options) {
  using plan::Milestone;
  const std::vector<schema::Entry>& entries = found.archive->entries();
  const bool superuser = !found.target || found.target->superuser;
  if (options.data_only) return options.open_after;  // the target has it
  found.sections = schema::divide(entries, found.source, superuser);
  if (!superuser) {
    std::erase_if(found.sections.before_data,
                  [&](const schema::Entry& entry) { return is_public_of_initdb(entry, *found.target); });
  }
  if (!superuser && options.filters.with_owner && options.filters.with_acl) {
    schema::bring_grants_forward(found.sections, entries, found.source.owners, found.target->role);
  }
  for (catalog::Constraint& constraint : found.source.constraints) {
    constraint.before_rows = found.sections.keys_before_data.contains(constraint.oid);
  }
  Milestone open_after = options.open_after;
  if (open_after == Milestone::data && needs_keys(found.sections, entries)) open_after = Milestone::keys;
  if (open_after != Milestone::verified) {
    schema::bring_forward(found.sections, open_after != Milestone::data);
  }
  return open_after;
}

/// Says whether the target's role reads every row although row security stands.
bool sees_all_rows(const Discovery& found) {
  if (!found.target || found.target->superuser || found.target->bypasses_row_security) return true;
  return std::ranges::find(found.sections.after_data, "ROW SECURITY", &schema::Entry::kind) ==
         found.sections.after_data.end();
}

/// Takes servers elsewhere to have as many cores as workers were asked for: how many they have is not known.
plan::Machines machines_of(const Discovery& found) {
  using plan::Party;
  const double jobs = plan::wanted_jobs(found.plan_options.jobs, found.plan_options.local_cores, 0);
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

plan::OutsideTasks surroundings_of(const schema::Sections& sections) {
  const schema::ParallelRestore shares = schema::share_out(sections.before_data, kManySessions);
  plan::OutsideTasks around{.before_data = in_tables(shares.first) + in_tables(shares.last),
                            .sessions = static_cast<int>(shares.side_by_side.size()),
                            .at_the_end = in_tables(sections.at_the_end)};
  for (const auto& share : shares.side_by_side) around.side_by_side += in_tables(share);
  return around;
}

plan::PlanOptions plan_options_of(const Discovery& found, const Options& options,
                                  const plan::NetworkPaths& lines, plan::Milestone open_after) {
  const schema::Sections& sections = found.sections;
  return {.jobs = options.jobs,
          .local_cores = static_cast<int>(std::thread::hardware_concurrency()),
          .lines = lines,
          .with_owner = options.filters.with_owner,
          .with_acl = options.filters.with_acl,
          .with_large_objects = options.wants_large_objects(),
          .carry_statistics = options.carry_statistics && !options.data_only,
          .read_back = options.verify != verify::Mode::none,
          .read_computed = options.verify == verify::Mode::checksums,
          .open_after = open_after,
          .into_existing = options.data_only,
          .reads_all_rows = sees_all_rows(found),
          .after_data_changes_queries = schema::changes_queries(sections),
          .made_after_data = in_tables(sections.after_data),
          .made_at_opening = in_tables(sections.at_opening),
          .stored = found.stored ? stored_rows(*found.stored) : std::vector<plan::StoredRows>{}};
}

}  // namespace

void make_copy_plan(Discovery& found, const Options& options, const plan::NetworkPaths& lines,
                    const journal::Journal::Header* earlier) {
  const plan::Milestone open_after = divide_schema(found, options);
  found.surroundings = surroundings_of(found.sections);
  found.plan_options = plan_options_of(found, options, lines, open_after);
  if (earlier != nullptr) {
    found.plan_options.decided_jobs = earlier->jobs;
    found.plan_options.decided_split = earlier->split;
  }
  plan::add_lines(found.plan_options.rates, lines);
  found.plan_options.machines = machines_of(found);
  found.plan = plan::make_plan(found.source, found.target ? &*found.target : nullptr, found.plan_options);
  found.predicted_seconds =
      plan::look_ahead(found.plan, found.plan_options.rates, found.surroundings, found.plan_options.machines)
          .downtime;
}

}  // namespace pghaul::discovery
