#include "discovery/server_source.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "catalog/read_catalog.h"
#include "catalog/read_objects.h"
#include "discovery/dump_schema.h"
#include "discovery/left_out.h"
#include "discovery/measure_line.h"
#include "plan/statistics.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/pooling.h"

namespace pghaul::discovery {
namespace {

constexpr int kAttempts = 3;  // number of tries to get a snapshot that no DDL has overtaken
constexpr std::int64_t kManyLargeObjects = 10'000;  // above it they are not compared one by one
constexpr int kLargeObjectGroups = 2'000;
constexpr catalog::Oid kPgClass = 1259;  // the catalogs' own OIDs, fixed
constexpr catalog::Oid kPgExtension = 3079;

std::set<catalog::Oid> entries_of(const schema::SchemaArchive& archive, catalog::Oid catalog) {
  std::set<catalog::Oid> oids;
  for (const schema::Entry& entry : archive.entries()) {
    if (entry.catalog == catalog) oids.insert(entry.oid);
  }
  return oids;
}

/// Returns the relations to copy. pg_dump's choice is ours: its patterns mean the same to us without our
/// reading them. Without data it has no entries for what an extension makes, so these are added.
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

}  // namespace

Result<int> ServerSource::open() {
  Result<postgres::ConnectionString> source = source_.connection_string();
  if (!source) return fail(source.error());
  found_.source_string = std::move(*source);
  found_.source_link = source_.link;
  Result<postgres::Connection> first_look =
      postgres::Connection::open(found_.source_string, postgres::Side::source, {}, stop_);
  if (!first_look) return fail(first_look.error());
  const Status direct = postgres::refuse_shared_sessions(*first_look, found_.source_string);
  if (!direct) return fail(direct.error());
  found_.source_is_here = first_look->on_this_machine();
  const Result<double> round_trip = round_trip_seconds(*first_look);
  if (!round_trip) return fail(round_trip.error());
  found_.lines.source = {.round_trip = *round_trip, .has_far_half = source_.link != nullptr};
  const int version = first_look->version();
  line_ = LineMeasurement(std::move(*first_look), found_.source_is_here, found_.lines.source, source_.link,
                          stop_);
  return version;
}

Status ServerSource::read(const std::vector<schema::Programs>& programs) {
  for (int attempt = 1;; ++attempt) {
    const Result<bool> unchanged = read_once(programs);
    if (!unchanged) return fail(unchanged.error());
    if (*unchanged) {
      refuse_closed_tables(found_, options_);
      return line_.end(found_.lines.source);
    }
    if (attempt == kAttempts || !options_.snapshot.empty()) {
      return fail(ErrorCode::refused, "tables of the source were altered while pghaul looked at them",
                  "stop migrations and other DDL on the source, then try again");
    }
  }
}

/// Makes one attempt at a schema, a catalog and locks that belong to one snapshot. False: DDL came in
/// between.
Result<bool> ServerSource::read_once(const std::vector<schema::Programs>& programs) {
  if (const Status held = hold_snapshot(); !held) return fail(held.error());
  const postgres::CancelOnStop cancel_on_stop(stop_, found_.source_hold->connection());
  std::optional<catalog::Catalog> everything;
  const Status dumped = dump_schema(found_, options_, programs, everything, stop_);
  if (!dumped) return fail(dumped.error());
  if (const Status read = read_catalog(std::move(everything)); !read) return fail(read.error());
  forget_unchosen(found_, options_);
  return lock_unchanged();
}

Status ServerSource::hold_snapshot() {
  Result<SourceHold> hold =
      SourceHold::open(found_.source_string, postgres::Side::source, options_.snapshot, stop_);
  if (!hold) return fail(hold.error());
  found_.source_hold.emplace(std::move(*hold));
  found_.snapshot_id = found_.source_hold->snapshot().id();
  postgres::Connection& source = found_.source_hold->connection();
  found_.source_description = source.describe();
  Result<std::string> state = catalog::read_state(source);
  if (!state) return fail(state.error());
  found_.source_state = std::move(*state);
  const Result<catalog::Writers> writers = catalog::read_writers(source);
  if (!writers) return fail(writers.error());
  found_.writers = *writers;
  return {};
}

/// Takes what pg_dump has chosen: `everything`, where that is all of it.
Status ServerSource::read_catalog(std::optional<catalog::Catalog> everything) {
  postgres::Connection& source = found_.source_hold->connection();
  const Result<std::set<catalog::Oid>> wanted = relations_in(*found_.archive, source);
  if (!wanted) return fail(wanted.error());
  const auto belongs = [&](catalog::Oid oid) { return wanted->contains(oid); };
  if (everything && found_.excluded.empty() && holds_only(*everything, belongs)) {
    found_.source = std::move(*everything);
    return {};
  }
  Result<catalog::Catalog> catalog = catalog::read_catalog(source, belongs, chosen_of(found_, options_));
  if (!catalog) return catalog.error().during("reading the source's catalogs");
  found_.source = std::move(*catalog);
  return {};
}

Result<bool> ServerSource::lock_unchanged() {
  const Status locked = found_.source_hold->lock(found_.source.relations);
  if (!locked) return fail(locked.error());
  Result<postgres::Connection> observer =
      postgres::Connection::open(found_.source_string, postgres::Side::source, {}, stop_);
  if (!observer) return fail(observer.error());
  const postgres::CancelOnStop cancel_on_stop(stop_, *observer);
  const Result<bool> unchanged = found_.source_hold->unchanged(*observer);
  if (!unchanged || !*unchanged || !options_.follow) return unchanged;
  if (const Status left_out = found_.source_hold->leave_files_out_of_fingerprint(); !left_out) {
    return fail(left_out.error());
  }
  return true;
}

/// Reads large objects; those that are left out are only counted.
Status ServerSource::read_large_objects() {
  postgres::Connection& source = found_.source_hold->connection();
  Result<catalog::LargeObjects> objects = options_.wants_large_objects()
                                              ? catalog::read_large_objects(source, kLargeObjectRanges)
                                              : catalog::count_large_objects(source);
  if (!objects) return objects.error().during("looking at the source's large objects");
  found_.source.large_objects = std::move(*objects);
  if (!options_.wants_large_objects() || found_.source.large_objects.count <= kManyLargeObjects) return {};
  Result<std::vector<catalog::Oid>> groups = catalog::read_large_object_groups(source, kLargeObjectGroups);
  if (!groups) return fail(groups.error());
  found_.large_object_groups = std::move(*groups);
  return {};
}

void ServerSource::leave_out() {
  leave_out_uncarried(found_, options_);
  leave_out_invalid_indexes(found_);
  leave_out_keys(found_, options_);
}

Status ServerSource::read_locale_dependents() {
  std::set<catalog::Oid> tables;
  for (const catalog::Relation& relation : found_.source.relations) tables.insert(relation.oid);
  Result<std::vector<std::string>> dependents = catalog::read_locale_dependents(
      found_.source_hold->connection(), [&](catalog::Oid oid) { return tables.contains(oid); });
  if (!dependents) return fail(dependents.error());
  found_.source.locale_dependents = std::move(*dependents);
  return {};
}

Status ServerSource::read_statistics() {
  return catalog::read_statistics(found_.source_hold->connection(), found_.source.relations,
                                  plan::worth_carrying);
}

}  // namespace pghaul::discovery
