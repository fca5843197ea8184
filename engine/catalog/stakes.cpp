#include "catalog/stakes.h"

#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Names pghaul's own sessions by the advisory lock of the one that keeps other runs out, and by their name.
constexpr const char* kSessions =
    "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a"
    " WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()"
    " AND a.backend_type = 'client backend' AND a.application_name !~ '^(pghaul|pg_restore)'"
    // A session that is idle at the moment counts if it has been there for a while and is used.
    " AND (a.state <> 'idle' OR (a.state_change > pg_catalog.now() - interval '10 seconds'"
    " AND a.backend_start < pg_catalog.now() - interval '10 seconds'))"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory'"
    " AND l.classid = 1885825121)";

}  // namespace

Result<Stakes> read_stakes(postgres::Connection& connection) {
  const Result<std::vector<postgres::Rows>> answers =
      connection.query_all({std::string("SELECT coalesce(pg_catalog.sum(greatest(c.reltuples, 0)), 0)::float8"
                                        " FROM pg_catalog.pg_class AS c"
                                        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                                        " WHERE c.relkind = 'r' AND ") +
                                kUserSchema,
                            kSessions});
  if (!answers) return answers.error().during("looking at who uses the target");
  return Stakes{answers->front().real(0, 0), answers->back().integer(0, 0)};
}

}  // namespace pghaul::catalog
