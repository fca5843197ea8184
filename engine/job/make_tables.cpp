#include "job/make_tables.h"

#include <algorithm>

#include "base/live_schema.h"
#include "catalog/replica_role.h"
#include "discovery/map_tablespaces.h"
#include "discovery/session_encoding.h"
#include "live/session.h"
#include "schema/programs.h"
#include "schema/schema_archive.h"

namespace pghaul::job {
namespace {

using postgres::Side;

/// Recognizes the triggers of a switchover that was interrupted.
bool is_own(const schema::Entry& entry) {
  return entry.kind == "TRIGGER" && entry.text.find(kLiveSchema) != std::string::npos;
}

/// Has pg_dump take the tables' names in the encoding in which they were read.
postgres::ConnectionString address_for_pg_dump(const postgres::Connection& source,
                                               const discovery::Endpoint& end) {
  const auto encoding = end.server.keywords().find("client_encoding");
  if (encoding == end.server.keywords().end()) return source.effective();
  return discovery::in_encoding(source.effective(), encoding->second);
}

}  // namespace

Status make_tables(const discovery::Endpoints& ends, const std::vector<std::string>& tables,
                   const discovery::Options& options, const std::stop_token& stop) {
  if (tables.empty()) return {};
  const std::string doing = "making the tables on the target that the source has got since the copy";
  const Result<postgres::Connection> source = live::open_session(*ends.source, Side::source, stop);
  if (!source) return fail(source.error());
  Result<postgres::Connection> target = live::open_session(*ends.target, Side::target, stop);
  if (!target) return fail(target.error());
  const Result<std::vector<schema::Programs>> programs =
      schema::find_programs(source->version(), target->version());
  if (!programs) return programs.error().during(doing);
  schema::Filters filters = options.filters;
  filters.tables = tables;
  Result<schema::SchemaArchive> archive = schema::SchemaArchive::dump(
      *programs, address_for_pg_dump(*source, *ends.source), Side::source, {}, filters, stop);
  if (!archive) return archive.error().during(doing);
  const Result<std::map<std::string, std::string>> tablespaces =
      discovery::tablespaces_on_target(options, *target);
  if (!tablespaces) return tablespaces.error().during(doing);
  if (!tablespaces->empty()) {
    if (const Status mapped = archive->map_tablespaces(*tablespaces); !mapped)
      return mapped.error().during(doing);
  }
  const Result<bool> may_silence = catalog::may_set_replica_role(*target);
  if (!may_silence) return may_silence.error().during(doing);
  std::vector<schema::Entry> wanted = archive->entries();
  std::erase_if(wanted, is_own);
  const Result<std::vector<schema::Failure>> failures = archive->restore(
      target->effective(), wanted, stop, *may_silence ? "-c session_replication_role=replica" : "");
  if (!failures) return failures.error().during(doing);
  if (failures->empty()) return {};
  return fail(ErrorCode::program_failed,
              doing + " failed: " + failures->front().object + ": " + failures->front().reason,
              "make them on the target by hand, empty, and try again");
}

}  // namespace pghaul::job
