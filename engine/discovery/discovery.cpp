#include "discovery/discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <thread>

#include "catalog/read_catalog.h"
#include "catalog/read_objects.h"
#include "discovery/archive_discovery.h"
#include "discovery/archive_folder.h"
#include "discovery/long_names.h"
#include "discovery/measure_line.h"
#include "discovery/reach.h"
#include "discovery/same_job.h"
#include "journal/sizes.h"
#include "link/far_schema.h"
#include "plan/jobs.h"
#include "plan/not_carried.h"
#include "plan/preflight.h"
#include "plan/statistics.h"
#include "postgres/let_go.h"
#include "postgres/pooling.h"
#include "schema/programs.h"
#include "schema/sections.h"
#include "schema/shares.h"

namespace pghaul::discovery {
namespace {

constexpr int kAttempts = 3;  // at a snapshot that no DDL has overtaken
constexpr int kLargeObjectRanges = 16;
constexpr std::int64_t kManyLargeObjects = 10'000;  // beyond which they are not compared one by one
constexpr int kLargeObjectGroups = 2'000;
constexpr std::size_t kManySessions = 64;  // more than any copy has
constexpr double kBesideATable = 0.2;      // estimate: what has no file of its own costs, beside a table
constexpr catalog::Oid kPgClass = 1259;    // the catalogs' own OIDs, fixed
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

bool holds_only(const catalog::Catalog& catalog, const std::function<bool(catalog::Oid)>& belongs) {
  return std::ranges::all_of(catalog.relations, belongs, &catalog::Relation::oid) &&
         std::ranges::all_of(catalog.sequences, belongs, &catalog::Sequence::oid);
}

/// When pg_dump may not read something, all that it may not read is worth more than the first.
Status refuse(Discovery& found, std::vector<catalog::Relation> locked_out, const Options& options) {
  postgres::Connection& source = found.source_hold->connection();
  if (options.filters.all()) {
    Result<catalog::Catalog> everything = catalog::read_catalog(source, [](catalog::Oid) { return true; });
    if (!everything) return fail(everything.error());
    found.source = std::move(*everything);
    Result<catalog::LargeObjects> objects = catalog::read_large_objects(source, kLargeObjectRanges);
    if (!objects) return fail(objects.error());
    found.source.large_objects = std::move(*objects);
  } else {
    Result<catalog::Server> server = catalog::read_server(source);
    if (!server) return fail(server.error());
    found.source.server = std::move(*server);
    found.source.relations = std::move(locked_out);
  }
  for (const plan::NotCarried& one : plan::not_carried(found.source, options.wants_large_objects())) {
    found.findings.push_back(plan::refusal_of(one));
  }
  return {};
}

/// Where the source is reached by a link, pg_dump's many questions are better asked at its other end.
Result<schema::SchemaArchive> dump(const Discovery& found, const postgres::ConnectionString& source,
                                   const Options& options, const schema::Filters& filters,
                                   const std::vector<schema::Programs>& programs,
                                   const std::stop_token& stop) {
  if (options.source_link) {
    Result<std::optional<schema::SchemaArchive>> there =
        link::dump_at_far_half(*options.source_link, programs, source, found.snapshot_id, filters, stop);
    if (!there) return fail(there.error());
    if (*there) return std::move(**there);
  }
  return schema::SchemaArchive::dump(programs, source, postgres::Side::source, found.snapshot_id, filters,
                                     stop);
}

/// pg_dump has a connection of its own: where no pattern narrows what it chooses, ours reads meanwhile all
/// that there is into `everything`.
Result<schema::SchemaArchive> dump_and_read(Discovery& found, const Options& options,
                                            const std::vector<schema::Programs>& programs,
                                            std::optional<catalog::Catalog>& everything,
                                            const std::stop_token& stop) {
  postgres::Connection& source = found.source_hold->connection();
  if (!options.filters.all()) {
    return dump(found, source.effective(), options, options.filters, programs, stop);
  }
  std::future<Result<schema::SchemaArchive>> dumping =
      std::async(std::launch::async, [&, server = source.effective()] {
        return dump(found, server, options, options.filters, programs, stop);
      });
  Result<catalog::Catalog> read = catalog::read_catalog(source, [](catalog::Oid) { return true; });
  Result<schema::SchemaArchive> archive = dumping.get();
  // Without our session pg_dump's snapshot is gone, too; that it was lost is what can be mended.
  const bool lost = !read && read.error().code == ErrorCode::connection_lost;
  if (lost || (archive && !read)) return read.error().during("reading the source's catalogs");
  if (read) everything = std::move(*read);
  return archive;
}

/// Without what can't be locked: pg_dump would fail at it.
Status dump_the_rest(Discovery& found, catalog::LockedOut locked_out, const Options& options,
                     const std::vector<schema::Programs>& programs, const std::stop_token& stop) {
  schema::Filters filters = options.filters;
  for (const catalog::Relation& table : locked_out.tables) {
    filters.unreadable.push_back(table.name);
    found.left_out.push_back({"table " + shown(table.name), table.unreadable_reason});
  }
  for (const std::string& dependent : locked_out.dependents) {
    found.left_out.push_back({dependent, "it needs a table that is left out"});
  }
  Result<schema::SchemaArchive> archive =
      dump(found, found.source_hold->connection().effective(), options, filters, programs, stop);
  if (!archive) return fail(archive.error());
  found.left_out_entries = archive->leave_out(locked_out.objects);
  found.archive.emplace(std::move(*archive));
  found.locked_out = std::move(locked_out.objects);
  return {};
}

/// False: it can't be read by this role; the findings say why.
Result<bool> dump_schema(Discovery& found, const Options& options,
                         const std::vector<schema::Programs>& programs,
                         std::optional<catalog::Catalog>& everything, const std::stop_token& stop) {
  postgres::Connection& source = found.source_hold->connection();
  found.left_out.clear();
  Result<schema::SchemaArchive> archive = dump_and_read(found, options, programs, everything, stop);
  if (archive) {
    found.archive.emplace(std::move(*archive));
    return true;
  }
  if (archive.error().code != ErrorCode::program_failed) return fail(archive.error());
  Result<catalog::LockedOut> locked_out = catalog::read_locked_out(source);
  if (!locked_out && locked_out.error().code == ErrorCode::connection_lost) return fail(locked_out.error());
  if (!locked_out || locked_out->tables.empty()) return fail(archive.error());
  if (options.skip_unreadable) {
    const Status dumped = dump_the_rest(found, std::move(*locked_out), options, programs, stop);
    if (!dumped) return fail(dumped.error());
    return true;
  }
  const Status refused = refuse(found, std::move(locked_out->tables), options);
  if (!refused) return fail(archive.error());
  return false;
}

/// Those that are neither copied nor needed by a column's type.
void forget_unneeded_extensions(Discovery& found) {
  std::set<std::string> needed;
  for (const catalog::Type& type : found.source.types) needed.insert(type.extension);
  for (const schema::Entry& entry : found.archive->entries()) {
    if (entry.kind == "EXTENSION")
      needed.insert(entry.text.substr(2, entry.text.rfind(' ') - 2));  // "- name owner"
  }
  std::erase_if(found.source.server.extensions,
                [&](const catalog::Extension& one) { return !needed.contains(one.name); });
}

/// What no object that is chosen needs.
void forget_the_rest(Discovery& found, const Options& options) {
  if (!options.filters.all()) forget_unneeded_extensions(found);
  if (options.filters.with_database()) return;
  found.source.subscriptions.clear();
  found.source.hidden_mappings.clear();
}

/// One attempt at a schema, a catalog and locks that belong to one snapshot. False: DDL came in between.
Result<bool> read_source(Discovery& found, const Options& options,
                         const std::vector<schema::Programs>& programs, const std::stop_token& stop) {
  Result<SourceHold> hold =
      SourceHold::open(found.source_string, postgres::Side::source, options.snapshot, stop);
  if (!hold) return fail(hold.error());
  found.source_hold.emplace(std::move(*hold));
  found.snapshot_id = found.source_hold->snapshot().id();
  postgres::Connection& source = found.source_hold->connection();
  found.source_description = source.describe();
  const Result<std::string> state = catalog::read_state(source);
  if (!state) return fail(state.error());
  found.source_state = *state;
  const postgres::LetGo let_go(stop, source);

  std::optional<catalog::Catalog> everything;
  const Result<bool> dumped = dump_schema(found, options, programs, everything, stop);
  if (!dumped) return fail(dumped.error());
  if (!*dumped) return true;
  const Result<std::set<catalog::Oid>> wanted = relations_in(*found.archive, source);
  if (!wanted) return fail(wanted.error());
  const auto belongs = [&](catalog::Oid oid) { return wanted->contains(oid); };
  if (everything && holds_only(*everything, belongs)) {
    found.source = std::move(*everything);
  } else {
    Result<catalog::Catalog> catalog = catalog::read_catalog(source, belongs, chosen_of(found, options));
    if (!catalog) return catalog.error().during("reading the source's catalogs");
    found.source = std::move(*catalog);
  }
  forget_the_rest(found, options);
  const Status locked = found.source_hold->lock(found.source.relations);
  if (!locked) return fail(locked.error());
  Result<postgres::Connection> observer =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!observer) return fail(observer.error());
  const postgres::LetGo let_go_of_observer(stop, *observer);
  return found.source_hold->unchanged(*observer);
}

/// A line's measurement, which goes on beside what else is looked at.
using Measuring = std::future<Result<double>>;

Measuring begin_measuring(postgres::Connection server, bool is_here, const plan::Line& line,
                          const std::shared_ptr<link::NearHalf>& link, const std::stop_token& stop) {
  if (link ? link->at_one_place() : is_here) return {};
  return std::async(std::launch::async,
                    [server = std::move(server), trip = line.round_trip, link, stop]() mutable {
                      return line_seconds_per_gb(server, trip, link, stop);
                    });
}

/// What was in the way of it is met again by what has to work.
Status end_measuring(Measuring measuring, plan::Line& line) {
  if (!measuring.valid()) return {};
  const Result<double> measured = measuring.get();
  if (measured) line.seconds_per_gb = *measured;
  if (!measured && measured.error().code == ErrorCode::interrupted) return fail(measured.error());
  return {};
}

Result<Measuring> read_target(Discovery& found, const Options& options, const std::stop_token& stop) {
  Result<postgres::Connection> target =
      postgres::Connection::open(found.target_string, postgres::Side::target, {}, stop);
  if (!target) return fail(target.error());
  const postgres::LetGo let_go(stop, *target);
  const Status direct = postgres::refuse_shared_sessions(*target, found.target_string);
  if (!direct) return fail(direct.error());
  found.target_description = target->describe();
  found.target_is_here = target->on_this_machine();
  found.target_effective = target->effective();
  const Result<double> round_trip = round_trip_seconds(*target);
  if (!round_trip) return fail(round_trip.error());
  found.lines.target = {.round_trip = *round_trip, .has_far_half = options.target_link != nullptr};
  Result<catalog::Server> server = catalog::read_server(*target);
  if (!server) return server.error().during("looking at the target");
  found.target = std::move(*server);
  Result<catalog::Contents> contents = catalog::read_contents(*target);
  if (!contents) return contents.error().during("looking at what the target holds");
  found.contents = std::move(*contents);
  return begin_measuring(std::move(*target), found.target_is_here, found.lines.target, options.target_link,
                         stop);
}

/// What can't be carried is left out where that is asked for; otherwise it is a reason not to copy.
void take_stock(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  for (plan::NotCarried& one : plan::not_carried(source, options.wants_large_objects())) {
    if (options.skip_unreadable) {
      found.left_out.push_back({std::move(one.object), std::move(one.reason)});
    } else {
      found.findings.push_back(plan::refusal_of(one));
    }
  }
  if (!options.skip_unreadable) return;
  std::erase_if(source.sequences,
                [](const catalog::Sequence& one) { return !one.unreadable_reason.empty(); });
  source.large_objects.count -= static_cast<std::int64_t>(source.large_objects.unreadable.size());
}

/// Those that stay behind are counted only.
Status look_at_large_objects(Discovery& found, const Options& options) {
  if (!found.stored) {
    postgres::Connection& source = found.source_hold->connection();
    Result<catalog::LargeObjects> objects = options.wants_large_objects()
                                                ? catalog::read_large_objects(source, kLargeObjectRanges)
                                                : catalog::count_large_objects(source);
    if (!objects) return objects.error().during("looking at the source's large objects");
    found.source.large_objects = std::move(*objects);
    if (options.wants_large_objects() && found.source.large_objects.count > kManyLargeObjects) {
      Result<std::vector<catalog::Oid>> groups =
          catalog::read_large_object_groups(source, kLargeObjectGroups);
      if (!groups) return fail(groups.error());
      found.large_object_groups = std::move(*groups);
    }
  }
  catalog::LargeObjects& objects = found.source.large_objects;
  if (options.wants_large_objects() || objects.count == 0) return {};
  found.left_out.push_back({fmt::format("{} large object{}", objects.count, objects.count == 1 ? "" : "s"),
                            options.with_large_objects
                                ? "-n and -t leave large objects behind; -b copies them"
                                : "left out as asked"});
  objects = {};
  return {};
}

/// What a choice leaves behind because it belongs to no schema. The database's own owner, grants and the like
/// are none of its contents.
void leave_out_database(Discovery& found, const Options& options) {
  catalog::Catalog& source = found.source;
  std::erase_if(source.properties, [&](const catalog::DatabaseProperty& one) {
    return !options.filters.with_database() || (one.kind == 'o' && !options.filters.with_owner) ||
           (one.kind == 'a' && !options.filters.with_acl);
  });
  if (options.filters.with_database()) return;
  const char* const reason = "-n and -t leave what belongs to the database behind";
  for (const catalog::DatabaseSetting& setting : source.settings) {
    found.left_out.push_back({label(setting), reason});
  }
  source.settings.clear();
  for (catalog::IndexInfo& index : source.indexes) {
    for (const std::string& extension : index.extensions) {
      found.left_out.push_back({fmt::format("dependence of index {} on extension {}", shown(index.name),
                                            shown(catalog::Name{{}, extension})),
                                "-n and -t leave extensions behind"});
    }
    index.extensions.clear();
  }
}

/// What the target's role can't make as it is on the source. No copy tries, and no comparison calls it a
/// fault of the copy.
void find_out_of_reach(Discovery& found) {
  if (!found.target) return;
  const auto take = [&](auto& all) {
    std::erase_if(all, [&](const auto& one) {
      std::string reason = plan::why_out_of_reach(one, *found.target);
      if (reason.empty()) return false;
      found.out_of_reach.push_back({label(one), std::move(reason)});
      return true;
    });
  };
  take(found.source.settings);
  take(found.source.properties);
  take(found.source.constraint_triggers);
}

/// What may come out otherwise on a target of another locale.
Status name_locale_dependents(Discovery& found) {
  std::set<catalog::Oid> tables;
  for (const catalog::Relation& relation : found.source.relations) tables.insert(relation.oid);
  Result<std::vector<std::string>> dependents = catalog::read_locale_dependents(
      found.source_hold->connection(), [&](catalog::Oid oid) { return tables.contains(oid); });
  if (!dependents) return fail(dependents.error());
  found.source.locale_dependents = std::move(*dependents);
  return {};
}

/// Foreign keys that refer to what is not copied.
void leave_out_keys(Discovery& found) {
  catalog::Catalog& source = found.source;
  std::set<catalog::Oid> with_rows;  // or with partitions that have them
  for (const catalog::Relation& relation : source.relations) {
    if (relation.readable || relation.kind != 'r') with_rows.insert(relation.oid);
  }
  const auto stays = [&](const catalog::Constraint& key) {
    return key.kind != 'f' || with_rows.contains(key.references);
  };
  for (const catalog::Constraint& key : source.constraints) {
    if (stays(key)) continue;
    found.left_out.push_back(
        {fmt::format("constraint {} of {}", key.name, shown(source.relations[key.relation].name)),
         "the rows of the table it refers to are not among those to copy"});
  }
  std::erase_if(source.constraints, [&](const catalog::Constraint& key) { return !stays(key); });
}

/// What pghaul knows of and will not carry, each with its reason.
void leave_out(Discovery& found) {
  for (const catalog::IndexInfo& index : found.source.indexes) {
    if (index.valid || index.partitioned) continue;
    found.left_out.push_back({"index " + shown(index.name), "it is not valid on the source either"});
  }
  leave_out_keys(found);
}

/// Of servers elsewhere it is not known how many cores they have: as many as were asked to work at once.
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

/// The server's version; of an archive, which any pg_restore may read: 0.
Result<int> look_at_source(Discovery& found, const Options& options, const std::stop_token& stop,
                           Measuring& line) {
  if (const std::optional<std::string> folder = archive_folder(options.source)) {
    const Status opened = open_archive(found, *folder);
    if (!opened) return fail(opened.error());
    found.source_is_here = true;
    return 0;
  }
  Result<postgres::ConnectionString> source = reach(options, postgres::Side::source);
  if (!source) return fail(source.error());
  found.source_string = std::move(*source);
  Result<postgres::Connection> first_look =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, stop);
  if (!first_look) return fail(first_look.error());
  const Status direct = postgres::refuse_shared_sessions(*first_look, found.source_string);
  if (!direct) return fail(direct.error());
  found.source_is_here = first_look->on_this_machine();
  const Result<double> round_trip = round_trip_seconds(*first_look);
  if (!round_trip) return fail(round_trip.error());
  found.lines.source = {.round_trip = *round_trip, .has_far_half = options.source_link != nullptr};
  const int version = first_look->version();
  line = begin_measuring(std::move(*first_look), found.source_is_here, found.lines.source,
                         options.source_link, stop);
  return version;
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

/// Of which tables the source has statistics that the target can be given.
Status see_statistics(Discovery& found, const Options& options) {
  const bool wanted = options.carry_statistics && !found.stored && found.target.has_value();
  if (!wanted || !plan::takes_statistics(*found.target)) return {};
  return catalog::read_statistics(found.source_hold->connection(), found.source.relations,
                                  plan::worth_carrying);
}

/// What restoring them costs, in tables.
double in_tables(const std::vector<schema::Entry>& entries) {
  double tables = 0;
  for (const schema::Entry& entry : entries) {
    const bool has_file = entry.kind == "TABLE" || entry.kind == "SEQUENCE";
    tables += has_file ? 1 : kBesideATable;
  }
  return tables;
}

/// Gives when the application can be let in: as asked, or, where that can't be, later.
plan::Milestone divide_schema(Discovery& found, const Options& options) {
  using plan::Milestone;
  const std::vector<schema::Entry>& entries = found.archive->entries();
  const bool superuser = !found.target || found.target->superuser;
  found.sections = schema::divide(entries, found.source, superuser);
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

/// Whether the target's role reads every row although row security stands.
bool sees_all_rows(const Discovery& found) {
  if (!found.target || found.target->superuser || found.target->bypasses_row_security) return true;
  return std::ranges::find(found.sections.after_data, "ROW SECURITY", &schema::Entry::kind) ==
         found.sections.after_data.end();
}

}  // namespace

Result<Discovery> discover(const Options& options, const std::stop_token& stop,
                           const journal::Journal::Header* earlier) {
  Discovery found;
  Measuring source_line;
  Measuring target_line;
  const Result<int> source_version = look_at_source(found, options, stop, source_line);
  if (!source_version) return fail(source_version.error());
  int target_version = 0;
  if (!options.target.empty()) {
    Result<postgres::ConnectionString> target = reach(options, postgres::Side::target);
    if (!target) return fail(target.error());
    found.target_string = std::move(*target);
    Result<Measuring> looked = read_target(found, options, stop);
    if (!looked) return fail(looked.error());
    target_line = std::move(*looked);
    target_version = found.target->version;
  }
  Result<std::vector<schema::Programs>> programs = schema::find_programs(*source_version, target_version);
  if (!programs) return fail(programs.error());

  const Status read = found.stored ? read_archive(found, options, *programs, stop)
                                   : read_steady_source(found, options, *programs, stop);
  if (!read) return fail(read.error());
  if (const Status measured = end_measuring(std::move(source_line), found.lines.source); !measured)
    return fail(measured.error());
  if (const Status measured = end_measuring(std::move(target_line), found.lines.target); !measured)
    return fail(measured.error());
  if (!found.findings.empty()) return found;
  if (const Status looked = look_at_large_objects(found, options); !looked) return fail(looked.error());
  leave_out_database(found, options);
  find_out_of_reach(found);
  if (found.stored) {  // all else was left out when it was written
    forget_the_rest(found, options);
    leave_out_keys(found);
  } else {
    take_stock(found, options);
    leave_out(found);
  }
  if (found.target && found.source_hold && plan::locales_differ(found.source.server, *found.target)) {
    if (const Status named = name_locale_dependents(found); !named) return fail(named.error());
  }
  plan::Lines planned_lines = found.lines;
  if (earlier == nullptr) {
    if (const Status seen = see_statistics(found, options); !seen) return fail(seen.error());
  } else {
    if (const Status same = same_source_and_options(*earlier, found, options); !same)
      return fail(same.error());
    const Status set = journal::set_sizes(earlier->sizes, found.source, planned_lines);
    if (!set) return fail(set.error());
  }
  const plan::Milestone open_after = divide_schema(found, options);
  const schema::Sections& sections = found.sections;
  const schema::Shares shares = schema::share_out(sections.before_data, kManySessions);
  found.surroundings = {.before_data = in_tables(shares.first) + in_tables(shares.last),
                        .sessions = static_cast<int>(shares.side_by_side.size()),
                        .at_the_end = in_tables(sections.at_the_end)};
  for (const auto& share : shares.side_by_side) found.surroundings.side_by_side += in_tables(share);
  found.plan_options = {
      .jobs = options.jobs,
      .decided_jobs = earlier == nullptr ? 0 : earlier->jobs,
      .local_cores = static_cast<int>(std::thread::hardware_concurrency()),
      .lines = planned_lines,
      .with_owner = options.filters.with_owner,
      .with_acl = options.filters.with_acl,
      .with_large_objects = options.wants_large_objects(),
      .carry_statistics = options.carry_statistics,
      .read_back = options.verify != verify::Mode::none,
      .read_computed = options.verify == verify::Mode::checksums,
      .open_after = open_after,
      .reads_all_rows = sees_all_rows(found),
      .after_data_changes_queries = schema::changes_queries(sections),
      .made_after_data = in_tables(sections.after_data),
      .made_at_opening = in_tables(sections.at_opening),
      .stored = found.stored ? stored_rows(*found.stored) : std::vector<plan::StoredRows>{}};
  if (earlier != nullptr) found.plan_options.decided_split = earlier->split;
  plan::add_lines(found.plan_options.rates, planned_lines);
  found.plan_options.machines = machines_of(found);
  found.plan = plan::make_plan(found.source, found.target ? &*found.target : nullptr, found.plan_options);
  found.predicted_seconds =
      plan::look_ahead(found.plan, found.plan_options.rates, found.surroundings, found.plan_options.machines)
          .downtime;
  if (found.target) {
    std::vector<plan::Finding> of_both =
        plan::preflight(found.source, *found.target, found.contents,
                        earlier != nullptr || options.confirm == found.target->database, found.plan_options);
    std::ranges::move(of_both, std::back_inserter(found.findings));
    Result<std::optional<plan::Finding>> cut = names_cut_short(found, options, stop);
    if (!cut) return fail(cut.error());
    if (*cut) found.findings.push_back(std::move(**cut));
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

catalog::Chosen chosen_of(const Discovery& found, const Options& options) {
  if (!options.filters.all()) {  // pg_dump's choice is ours
    return [objects = std::make_shared<const std::set<std::pair<catalog::Oid, catalog::Oid>>>(
                found.archive->objects())](catalog::Oid of, catalog::Oid object) {
      return objects->contains({of, object});
    };
  }
  if (found.locked_out.empty()) return {};
  return [&found](catalog::Oid of, catalog::Oid object) { return !found.locked_out.contains({of, object}); };
}

bool any_refusal(const std::vector<plan::Finding>& findings) {
  return std::ranges::any_of(findings, [](const plan::Finding& finding) {
    return finding.severity == plan::Finding::Severity::refusal;
  });
}

}  // namespace pghaul::discovery
