#include "discovery/dump_schema.h"

#include <algorithm>
#include <cstddef>
#include <future>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/live_schema.h"
#include "catalog/live_objects.h"
#include "catalog/read_catalog.h"
#include "discovery/left_out.h"
#include "discovery/server_source.h"
#include "link/far_schema.h"

namespace pghaul::discovery {
namespace {

/// Has pg_dump's sessions named after it, with the mark by which the watch of locks knows those of this run.
postgres::ConnectionString for_pg_dump(const postgres::ConnectionString& source) {
  constexpr std::string_view kOurs = "pghaul";
  std::map<std::string, std::string> keywords = source.keywords();
  const auto name = keywords.find("application_name");
  if (name == keywords.end() || !name->second.starts_with(std::string(kOurs) + " ")) return source;
  name->second.replace(0, kOurs.size(), "pg_dump");
  postgres::ConnectionString named(std::move(keywords));
  named.set_silence_limit(source.silence_limit());
  if (source.detour()) named.set_detour(*source.detour());
  return named;
}

/// Runs pg_dump; at the other end of a link, where there is one, as it asks many questions.
Result<schema::SchemaArchive> dump(const Discovery& found, const postgres::ConnectionString& source,
                                   const schema::Filters& filters,
                                   const std::vector<schema::Programs>& programs,
                                   const std::stop_token& stop) {
  const postgres::ConnectionString named = for_pg_dump(source);
  if (found.source_link) {
    Result<std::optional<schema::SchemaArchive>> there =
        link::dump_at_far_half(*found.source_link, programs, named, found.snapshot_id, filters, stop);
    if (!there) return fail(there.error());
    if (*there) return std::move(**there);
  }
  return schema::SchemaArchive::dump(programs, named, postgres::Side::source, found.snapshot_id, filters,
                                     stop);
}

/// Reads all that there is into `everything` while pg_dump runs, where no pattern narrows what it chooses.
Result<schema::SchemaArchive> dump_and_read(Discovery& found, const Options& options,
                                            const std::vector<schema::Programs>& programs,
                                            std::optional<catalog::Catalog>& everything,
                                            const std::stop_token& stop) {
  postgres::Connection& source = found.source_hold->connection();
  if (!options.filters.all()) {
    return dump(found, source.effective(), options.filters, programs, stop);
  }
  std::future<Result<schema::SchemaArchive>> dumping = std::async(
      std::launch::async,
      [&, server = source.effective()] { return dump(found, server, options.filters, programs, stop); });
  Result<catalog::Catalog> read = catalog::read_catalog(source, [](catalog::Oid) { return true; });
  Result<schema::SchemaArchive> archive = dumping.get();
  // Without our session pg_dump's snapshot is gone, too; the lost connection is the error that a retry can
  // mend.
  const bool lost = !read && read.error().code == ErrorCode::connection_lost;
  if (lost || (archive && !read)) return read.error().during("reading the source's catalogs");
  if (read) everything = std::move(*read);
  return archive;
}

/// Leaves out what live copies keep on the source, which is pghaul's own. Asks only where pg_dump found some.
Status leave_out_live_objects(Discovery& found, schema::SchemaArchive& archive) {
  const bool there = std::ranges::any_of(archive.entries(), [](const schema::Entry& entry) {
    if (entry.kind == "TRIGGER") return entry.text.find(kLiveSchema) != std::string::npos;
    return (entry.kind == "SCHEMA" || entry.kind == "PUBLICATION") &&
           name_without_schema(entry).starts_with(kLiveSchema);
  });
  if (!there) return {};
  Result<std::set<std::pair<catalog::Oid, catalog::Oid>>> own =
      catalog::read_live_objects(found.source_hold->connection());
  if (!own) return fail(own.error());
  for (const int entry : archive.leave_out(*own)) found.left_out_entries.push_back(entry);
  found.excluded.merge(*own);
  return {};
}

/// Keeps the archive, without what is left out by its kind or is pghaul's own.
Status keep(Discovery& found, schema::SchemaArchive archive) {
  const Result<std::vector<schema::Entry>> excluded = archive.leave_out_excluded();
  if (!excluded) return fail(excluded.error());
  for (const schema::Entry& entry : *excluded) {
    found.left_out_entries.push_back(entry.dump_id);
    if (entry.oid != 0) found.excluded.emplace(entry.catalog, entry.oid);
  }
  if (const Status left_out = leave_out_live_objects(found, archive); !left_out) return left_out;
  found.archive.emplace(std::move(archive));
  return {};
}

void name_left_out(Discovery& found, const catalog::LockedOut& locked_out) {
  for (const catalog::Relation& table : locked_out.tables) {
    found.left_out.push_back({"table " + shown(table.name), table.unreadable_reason});
  }
  for (const std::string& dependent : locked_out.dependents) {
    found.left_out.push_back({dependent, "it needs a table that is left out"});
  }
}

/// Dumps without what can't be locked, as pg_dump would fail at it. Where that is not to be left out, the
/// rest shows what else stands in the way.
Status dump_the_rest(Discovery& found, catalog::LockedOut locked_out, const Options& options,
                     const std::vector<schema::Programs>& programs, const std::stop_token& stop) {
  schema::Filters filters = options.filters;
  for (const catalog::Relation& table : locked_out.tables) filters.unreadable.push_back(table.name);
  if (options.skip_unreadable) {
    name_left_out(found, locked_out);
  } else {
    found.closed_tables = std::move(locked_out.tables);
  }
  Result<schema::SchemaArchive> archive =
      dump(found, found.source_hold->connection().effective(), filters, programs, stop);
  if (!archive) {
    const std::size_t others = found.findings.size();
    if (archive.error().code == ErrorCode::program_failed) refuse_closed_tables(found, options);
    if (found.findings.size() == others) return fail(archive.error());
    const plan::Finding& refusal = found.findings[others];
    return fail(ErrorCode::refused, refusal.message, refusal.hint);
  }
  found.left_out_entries = archive->leave_out(locked_out.objects);
  found.locked_out = std::move(locked_out.objects);
  return keep(found, std::move(*archive));
}

}  // namespace

Status dump_schema(Discovery& found, const Options& options, const std::vector<schema::Programs>& programs,
                   std::optional<catalog::Catalog>& everything, const std::stop_token& stop) {
  postgres::Connection& source = found.source_hold->connection();
  found.left_out.clear();
  found.left_out_entries.clear();
  found.excluded.clear();
  found.closed_tables.clear();
  Result<schema::SchemaArchive> archive = dump_and_read(found, options, programs, everything, stop);
  if (archive) return keep(found, std::move(*archive));
  if (archive.error().code != ErrorCode::program_failed) return fail(archive.error());
  Result<catalog::LockedOut> locked_out = catalog::read_locked_out(source);
  if (!locked_out && locked_out.error().code == ErrorCode::connection_lost) return fail(locked_out.error());
  if (!locked_out || locked_out->tables.empty()) return fail(archive.error());
  return dump_the_rest(found, std::move(*locked_out), options, programs, stop);
}

}  // namespace pghaul::discovery
