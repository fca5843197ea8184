#include "schema/clear_database.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catalog/content_kinds.h"
#include "postgres/quote.h"
#include "schema/listed_statements.h"
#include "schema/usual_public.h"

namespace pghaul::schema {
namespace {

using catalog::ContentKind;

/// Returns a condition: the role may drop it, and it is not to be kept, nor is it a schema that holds an
/// extension which stays.
std::string unless_kept(const ContentKind& kind, const std::vector<std::string>& kept_extensions) {
  if (kind.catalog == "pg_db_role_setting") return {};
  std::string names = "''";
  for (const std::string& name : kept_extensions) names += ", " + postgres::quote_literal(name);
  std::string condition = " AND " + may_drop(kind);
  if (kind.catalog == "pg_extension") condition += " AND x.extname NOT IN (" + names + ")";
  if (kind.catalog == "pg_namespace") {
    condition +=
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS kept WHERE kept.extnamespace = x.oid"
        " AND (kept.extname IN (" +
        names + ") OR NOT pg_catalog.pg_has_role(kept.extowner, 'USAGE')))";
  }
  return condition;
}

/// Returns a query for DROP statements, written by the server itself. What belongs to an extension goes with
/// it; what lies in a schema goes with CASCADE.
std::string statements_of(const ContentKind& kind, const std::string& kept_schema,
                          const std::vector<std::string>& kept_extensions) {
  const std::string in_schema =
      kind.schema.empty() ? "" : " AND n.nspname <> " + postgres::quote_literal(kept_schema);
  const std::string is_schema =
      kind.catalog == "pg_namespace" ? " AND x.nspname <> " + postgres::quote_literal(kept_schema) : "";
  return "SELECT " + kind.drop + " FROM " + catalog::content_from(kind) + in_schema + is_schema +
         unless_kept(kind, kept_extensions);
}

Result<std::vector<LeftSlot>> slots_of_subscriptions(postgres::Connection& target) {
  const Result<postgres::Rows> rows = target.query(
      "SELECT s.subname, s.subslotname FROM pg_catalog.pg_subscription AS s JOIN pg_catalog.pg_database AS d"
      " ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database() AND s.subslotname IS NOT NULL");
  if (!rows) return rows.error().during("listing the subscriptions of the target");
  std::vector<LeftSlot> slots;
  for (int row = 0; row < rows->size(); ++row) slots.push_back({rows->string(row, 0), rows->string(row, 1)});
  return slots;
}

/// Removes large objects, each of which is locked until the end of its transaction. It goes by OID, so that
/// no statement scans again those that are gone.
Status unlink_large_objects(postgres::Connection& target) {
  const std::string together = "least(" + std::to_string(kDroppedTogether) +
                               ", pg_catalog.current_setting('max_locks_per_transaction')::int"
                               " * pg_catalog.current_setting('max_connections')::int / 4)";
  for (std::string last = "0"; !last.empty();) {
    const Result<postgres::Rows> removed = target.query(
        "SELECT pg_catalog.max(oid), pg_catalog.count(pg_catalog.lo_unlink(oid)) FROM"
        " (SELECT oid FROM pg_catalog.pg_largeobject_metadata WHERE oid > " +
        last + " ORDER BY oid LIMIT " + together + ") AS next");
    if (!removed) return removed.error().during("cannot drop the large objects of the target");
    last = removed->string(0, 0);
  }
  return {};
}

}  // namespace

Result<std::vector<LeftSlot>> clear_database(postgres::Connection& target, const std::string& kept_schema,
                                             const std::vector<std::string>& kept_extensions) {
  Result<std::vector<LeftSlot>> slots = slots_of_subscriptions(target);
  if (!slots) return slots;
  std::vector<ContentKind> kinds = catalog::content_kinds(target.version());
  const bool with_settings = kept_schema.empty();
  std::erase_if(kinds, [&](const ContentKind& kind) {
    return kind.drop.empty() || (!kind.is_content && !with_settings);
  });
  std::ranges::stable_sort(kinds, {}, &ContentKind::turn);
  for (const ContentKind& kind : kinds) {
    const Status dropped =
        run_listed(target, statements_of(kind, kept_schema, kept_extensions), kind.may_stay);
    if (!dropped) return dropped.error().during("cannot drop what the target holds");
  }
  if (const Status unlinked = unlink_large_objects(target); !unlinked) return fail(unlinked.error());
  if (const Status usual = make_public_usual(target); !usual) return fail(usual.error());
  return slots;
}

}  // namespace pghaul::schema
