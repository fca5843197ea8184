#pragma once

#include <string>

#include "base/record_schema.h"
#include "postgres/connection.h"

/// SQL that several of this room's statements share. Their connections have an empty search_path, so that
/// operators and types are those of pg_catalog; tables and functions are named with it all the same.
namespace pghaul::catalog {

/// Condition on `n`, a row of pg_namespace: neither the system's nor temporary.
inline const std::string kUserSchema = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/// Joins `extension` to `c`, a row of pg_class, where that is a member of one.
inline const std::string kJoinExtension =
    " LEFT JOIN pg_catalog.pg_depend AS member ON member.classid = 'pg_catalog.pg_class'::regclass"
    " AND member.objid = c.oid AND member.objsubid = 0 AND member.deptype = 'e'"
    " LEFT JOIN pg_catalog.pg_extension AS extension ON extension.oid = member.refobjid ";

/// Condition on `c`, `n` and `extension`: a user's relation, or an extension's whose rows are the user's.
inline const std::string kUserRelation = "c.relpersistence <> 't' AND " + kUserSchema + " AND n.nspname <> '" +
                                         kRecordSchema + "'"
                                         " AND (extension.oid IS NULL OR c.oid = ANY (extension.extconfig))";

/// Returns what is being done, for errors: "listing the tables of the source".
[[nodiscard]] inline std::string listing(const char* what, const postgres::Connection& connection) {
  return std::string("listing the ") + what + " of the " + postgres::side_name(connection.side());
}

}  // namespace pghaul::catalog
