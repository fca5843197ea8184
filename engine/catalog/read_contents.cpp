#include <string>
#include <vector>

#include "catalog/content_kinds.h"
#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"

namespace pghaul::catalog {
namespace {

/// `rank`: the kind's position among the others.
std::string listing_of(const ContentKind& kind, std::size_t rank) {
  return "SELECT " + std::to_string(rank) + ", " + kind.kind + ", " +
         (kind.schema.empty() ? "''" : "n.nspname") + "::text, (" + kind.name + ")::text, " +
         (kind.catalog == "pg_class"
              ? "CASE WHEN x.relkind IN ('r', 'm') THEN pg_catalog.pg_total_relation_size(x.oid) END"
              : "NULL::bigint") +
         ", " + may_drop(kind) + " FROM " + content_from(kind);
}

std::string contents_sql(int version) {
  std::string listings;
  std::size_t rank = 0;
  for (const ContentKind& kind : content_kinds(version)) {
    if (kind.is_content) listings += (listings.empty() ? "" : " UNION ALL ") + listing_of(kind, rank++);
  }
  return "SELECT o.kind, o.schema, o.name, o.bytes, o.may_drop FROM (" + listings +
         ") AS o(rank, kind, schema, name, bytes, may_drop) ORDER BY o.rank, o.schema, o.name";
}

}  // namespace

Result<Contents> read_contents(postgres::Connection& connection) {
  const Result<std::vector<postgres::Rows>> answers =
      connection.query_all({contents_sql(connection.version()),
                            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata"});
  if (!answers) return answers.error().during(listing("objects", connection));
  const postgres::Rows& rows = answers->front();
  Contents contents;
  for (int row = 0; row < rows.size(); ++row) {
    contents.objects.push_back(
        {rows.string(row, 0), {rows.string(row, 1), rows.string(row, 2)}, rows.integer(row, 3),
         rows.boolean(row, 4)});
  }
  contents.large_objects = answers->back().integer(0, 0);
  return contents;
}

}  // namespace pghaul::catalog
