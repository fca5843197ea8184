#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// Leaves out foreign keys that a partition has from its parent, or that stand for one partition of the
/// referenced table: they come with their parent. Lists all keys of partitions: as in pg_dump's output, each
/// is made by itself before its index is attached.
std::string constraints_sql(int version) {
  const std::string not_of_parent = version >= 110000 ? "(k.contype <> 'f' OR k.conparentid = 0)" : "true";
  const std::string without_overlaps = version >= 180000 ? "k.conperiod AND k.contype <> 'f'" : "false";
  return R"(
SELECT kept.place - 1, k.oid, k.conname, k.contype, pg_catalog.pg_get_constraintdef(k.oid),
       k.conindid, k.confrelid, k.condeferrable, k.condeferred, k.convalidated, )" +
         without_overlaps + R"(
FROM pg_catalog.unnest($1::oid[]) WITH ORDINALITY AS kept(oid, place)
JOIN pg_catalog.pg_constraint AS k ON k.conrelid = kept.oid
WHERE k.contype IN ('p', 'u', 'x', 'f') AND )" +
         not_of_parent + R"(
ORDER BY kept.place, k.conname, k.oid)";
}

}  // namespace

Result<std::vector<Constraint>> read_constraints(postgres::Connection& connection,
                                                 const std::vector<Relation>& relations) {
  const Result<postgres::Rows> rows =
      connection.query(constraints_sql(connection.version()), {oid_array(relations, OfExtensions::left_out)});
  if (!rows) return rows.error().during(listing("constraints", connection));
  std::vector<Constraint> constraints;
  for (int row = 0; row < rows->size(); ++row) {
    Constraint constraint;
    constraint.relation = static_cast<Place>(rows->integer(row, 0));
    constraint.oid = rows->oid(row, 1);
    constraint.name = rows->string(row, 2);
    constraint.kind = rows->text(row, 3).front();
    constraint.definition = rows->string(row, 4);
    constraint.index = rows->oid(row, 5);
    constraint.references = rows->oid(row, 6);
    constraint.deferrable = rows->boolean(row, 7);
    constraint.deferred = rows->boolean(row, 8);
    constraint.validated = rows->boolean(row, 9);
    constraint.without_overlaps = rows->boolean(row, 10);
    constraints.push_back(std::move(constraint));
  }
  return constraints;
}

}  // namespace pghaul::catalog
