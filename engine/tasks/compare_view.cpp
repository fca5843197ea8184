#include "tasks/compare_view.h"

#include <fmt/format.h>

#include <utility>

#include "postgres/quote.h"
#include "tasks/work_plan.h"
#include "verify/digest_of_copy.h"
#include "verify/one_statement.h"

namespace pghaul::tasks {
namespace {

constexpr const char* kRefreshThere =
    "REFRESH MATERIALIZED VIEW on the source, and compare again: pghaul verify";

/// Returns the view's query, and whether the role may run it with its own rights. It may where the view is
/// its own; else where no row security shows the view's owner other rows, and that is a superuser, or all
/// that the query calls, also through views, came with PostgreSQL or with an extension.
constexpr const char* kQuery = R"(
WITH RECURSIVE reads(class, object) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, {0}::oid
  UNION
  SELECT d.refclassid, d.refobjid
  FROM reads
  JOIN pg_catalog.pg_class AS c ON reads.class = 'pg_catalog.pg_class'::regclass AND c.oid = reads.object
    AND (c.relkind = 'v' OR c.oid = {0})
  JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = c.oid
  JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
)
SELECT pg_catalog.pg_get_viewdef(v.oid),
       r.rolname = current_user OR NOT EXISTS (
         SELECT FROM reads JOIN pg_catalog.pg_class AS c
           ON reads.class = 'pg_catalog.pg_class'::regclass AND c.oid = reads.object
         WHERE c.relrowsecurity
       ) AND (r.rolsuper OR NOT EXISTS (
         SELECT FROM reads
         LEFT JOIN pg_catalog.pg_class AS c
           ON reads.class = 'pg_catalog.pg_class'::regclass AND c.oid = reads.object
         LEFT JOIN pg_catalog.pg_type AS t
           ON reads.class = 'pg_catalog.pg_type'::regclass AND t.oid = reads.object
         WHERE reads.object >= 16384
           AND NOT coalesce(c.relkind IN ('r', 'p', 'v', 'm'), false)
           AND NOT coalesce(t.typtype IN ('e', 'c'), false)
           AND reads.class NOT IN ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_namespace'::regclass,
                                   'pg_catalog.pg_collation'::regclass, 'pg_catalog.pg_constraint'::regclass)
           AND NOT EXISTS (
             SELECT FROM pg_catalog.pg_depend AS e
             WHERE e.classid = reads.class AND e.objid = reads.object AND e.deptype = 'e')))
FROM pg_catalog.pg_class AS v JOIN pg_catalog.pg_roles AS r ON r.oid = v.relowner
WHERE v.oid = {0})";

/// Returns the digest of what the view's query gives on the source now.
Result<verify::Digest> query_digest(const WorkPlan& work, BothServers& servers, catalog::Place view) {
  const Result<postgres::Connection*> source = servers.source();
  if (!source) return fail(source.error());
  const catalog::Relation& relation = work.relation(view);
  const Result<postgres::Rows> query = (*source)->query(fmt::format(kQuery, relation.oid));
  if (!query) return fail(query.error());
  if (query->size() == 0) return fail(ErrorCode::refused, "the source does not have it any more");
  if (!query->boolean(0, 1)) {
    return fail(ErrorCode::refused,
                "its query calls functions of other roles, or reads tables with row security, and is not run "
                "on the source");
  }
  const std::string definition = verify::without_end(query->string(0, 0));
  std::string columns;
  for (const catalog::Column& column : relation.columns) {
    columns += (columns.empty() ? "" : ", ") + postgres::quote(column.name);
  }
  const plan::Format& format = work.computed(view)->format;
  const postgres::CopyFormat copied = WorkPlan::copy_format(format);
  return verify::digest_of_copy(servers.buffer(postgres::Side::source), **source,
                                {.sql = fmt::format("COPY (SELECT {} FROM ({}) AS v) TO STDOUT (FORMAT {})",
                                                    columns, definition, postgres::copy_format_name(copied)),
                                 .format = copied,
                                 .floats = format.floats,
                                 .what = "rows of the query of " + shown(relation.name)});
}

}  // namespace

Status compare_view(const WorkPlan& work, const verify::Ledger::Tally& line, BothServers& servers,
                    catalog::Place view, const std::string& differs,
                    measure::Report::Verification& verification) {
  const std::string object = "materialized view " + shown(work.relation(view).name);
  const verify::Mode mode =
      work.computed(view)->format.only_counted ? verify::Mode::counts : verify::Mode::checksums;
  const auto equal = [&](const verify::Digest& one, const verify::Digest& other) {
    return verify::difference(one, other, mode).empty();
  };
  const Result<verify::Digest> fresh = query_digest(work, servers, view);
  if (!fresh) {
    servers.close();
    if (fresh.error().code == ErrorCode::interrupted) return fail(fresh.error());
    verification.mismatches.push_back(
        {object,
         fmt::format("{}; whether the source's rows are older than its tables' is unknown: {}", differs,
                     fresh.error().message),
         kRefreshThere});
  } else if (equal(*fresh, line.came_back)) {
    verification.notes.push_back(
        {object, fmt::format("its rows on the source ({}) are older than its tables' and were not refreshed "
                             "since; the target holds what its query gives ({})",
                             line.sent.rows, line.came_back.rows)});
  } else if (!servers.source_unchanged()) {
    verification.notes.push_back(
        {object, differs + "; the reason is unknown, as the source has been written to since: stop writes, "
                           "REFRESH it there, and run pghaul verify"});
  } else if (equal(*fresh, line.sent)) {
    verification.mismatches.push_back(
        {object, differs + "; its query gives on the source what the source holds",
         "a function that the query calls, the locale or a setting gives other results on the target; or, "
         "where the target was not filled just now, its view needs a REFRESH"});
  } else {
    verification.mismatches.push_back(
        {object, differs + "; its query gives something else again on the source",
         "a query of now(), random() or LIMIT without a complete ORDER BY gives other rows each time"});
  }
  return {};
}

}  // namespace pghaul::tasks
