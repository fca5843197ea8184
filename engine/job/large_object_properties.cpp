#include "job/large_object_properties.h"

#include "archive/check_rows.h"
#include "archive/rows_source.h"
#include "job/large_objects_sql.h"
#include "job/tasks.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

/// Written by the source.
Result<std::vector<std::string>> asked_for(const Run& run, const plan::Task& task,
                                           postgres::Connection& source) {
  std::vector<std::string> statements;
  const std::string objects = " FROM pg_catalog.pg_largeobject_metadata AS object WHERE " +
                              in_range(*run.source, task.objects.front(), "object.oid");
  const auto collect = [&](const std::string& sql) -> Status {
    const Result<postgres::Rows> rows = source.query(sql);
    if (!rows) return rows.error().during("cannot read owners, grants and comments of the large objects");
    for (int row = 0; row < rows->size(); ++row) statements.push_back(rows->string(row, 0));
    return {};
  };
  if (run.with_owner) {
    const Status owners = collect(
        "SELECT pg_catalog.format('ALTER LARGE OBJECT %s OWNER TO %I', object.oid,"
        " pg_catalog.pg_get_userbyid(object.lomowner))" +
        objects);
    if (!owners) return fail(owners.error());
  }
  if (run.with_acl) {
    const Status grants = collect(
        "SELECT pg_catalog.format('GRANT %s ON LARGE OBJECT %s TO %s%s', item.privilege_type, object.oid,"
        " CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE "
        "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END,"
        " CASE WHEN item.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
        " FROM pg_catalog.pg_largeobject_metadata AS object,"
        " LATERAL pg_catalog.aclexplode(object.lomacl) AS item WHERE item.grantee <> object.lomowner AND " +
        in_range(*run.source, task.objects.front(), "object.oid"));
    if (!grants) return fail(grants.error());
  }
  if (run.with_owner && run.with_acl) {
    const Status revoked = collect(
        "SELECT pg_catalog.format('REVOKE %s ON LARGE OBJECT %s FROM %I', usual.privilege_type, object.oid,"
        " pg_catalog.pg_get_userbyid(object.lomowner))"
        " FROM pg_catalog.pg_largeobject_metadata AS object,"
        " LATERAL pg_catalog.aclexplode(pg_catalog.acldefault('L', object.lomowner)) AS usual"
        " WHERE object.lomacl IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM pg_catalog.aclexplode(object.lomacl) AS item"
        " WHERE item.grantee = object.lomowner AND item.privilege_type = usual.privilege_type) AND " +
        in_range(*run.source, task.objects.front(), "object.oid"));
    if (!revoked) return fail(revoked.error());
  }
  const Status comments = collect(
      "SELECT pg_catalog.format('COMMENT ON LARGE OBJECT %s IS %L', object.oid, note.description)"
      " FROM pg_catalog.pg_largeobject_metadata AS object JOIN pg_catalog.pg_description AS note"
      " ON note.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND note.objoid = object.oid"
      " WHERE " +
      in_range(*run.source, task.objects.front(), "object.oid"));
  if (!comments) return fail(comments.error());
  return statements;
}

/// An archive holds all of them.
bool is_wanted(const Run& run, const std::string& statement) {
  if (statement.starts_with("ALTER ")) return run.with_owner;
  if (statement.starts_with("GRANT ")) return run.with_acl;
  if (statement.starts_with("REVOKE ")) return run.with_owner && run.with_acl;
  return true;
}

Result<std::vector<std::string>> read_from_archive(Worker& worker, const Run& run, const plan::Task& task) {
  const archive::Manifest::Rows& file = run.stored->manifest().large_object_properties[task.objects.front()];
  archive::RowsSource rows(*run.stored, {&file}, worker.unpacker());
  verify::RowDigest digest;
  std::vector<std::string> statements;
  pipeline::Chunk& chunk = worker.buffer();
  for (;;) {
    chunk.clear();
    if (Status filled = rows.fill(chunk); !filled) return fail(filled.error());
    if (chunk.empty()) break;
    digest.see(chunk);
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
      const std::span<const std::byte> row = chunk.row(i);
      std::string statement(reinterpret_cast<const char*>(row.data()), row.size());
      if (is_wanted(run, statement)) statements.push_back(std::move(statement));
    }
  }
  Status complete = archive::check_digest(digest.digest(), rows.expected(), describe(run, task));
  if (!complete) return fail(complete.error());
  return statements;
}

}  // namespace

Result<std::vector<std::string>> large_object_properties(Worker& worker, const Run& run,
                                                         const plan::Task& task) {
  if (run.stored != nullptr) return read_from_archive(worker, run, task);
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  return asked_for(run, task, **source);
}

}  // namespace pghaul::job
