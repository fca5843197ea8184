#include <fmt/format.h>

#include "job/finish.h"
#include "job/large_objects_sql.h"
#include "job/tasks.h"
#include "postgres/copy_in.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "postgres/transaction.h"
#include "verify/read_back.h"
#include "verify/row_digest.h"

namespace pghaul::job {
namespace {

constexpr const char* kStaging =
    "CREATE TEMPORARY TABLE pghaul_large_objects (loid oid, start bigint, piece bytea) ON COMMIT DROP";
constexpr const char* kStagingIn = "COPY pg_temp.pghaul_large_objects FROM STDIN (FORMAT binary)";
constexpr const char* kCreate =
    "SELECT pg_catalog.count(pg_catalog.lo_from_bytea(loid, piece))"
    " FROM pg_temp.pghaul_large_objects WHERE start = 0";
constexpr const char* kAppend =
    "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.lo_put(loid, start, piece)"
    " FROM pg_temp.pghaul_large_objects WHERE start > 0 OFFSET 0) AS appended";

/// Statements that give the range's objects their owners, grants and comments, written by the source.
Result<std::vector<std::string>> property_statements(const Run& run, const plan::Task& task,
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

Status execute_together(postgres::Connection& target, const std::vector<std::string>& statements) {
  constexpr std::size_t kTogether = 1000;  // one round trip for so many
  for (std::size_t first = 0; first < statements.size(); first += kTogether) {
    std::string batch;
    for (std::size_t i = first; i < std::min(first + kTogether, statements.size()); ++i) {
      batch += statements[i] + ";";
    }
    const Status done = target.execute(batch);
    if (!done) return done.error().during("cannot set owners, grants and comments of large objects");
  }
  return {};
}

Result<verify::Digest> stage(Worker& worker, const Run& run, const plan::Task& task,
                             postgres::Connection& source, postgres::Connection& target) {
  constexpr postgres::CopyFormat kFormat = postgres::CopyFormat::binary;
  Result<postgres::CopyOut> pieces = postgres::CopyOut::begin(
      source, copy_large_objects_sql(*run.source, task.objects.front()), kFormat, "large objects");
  if (!pieces) return fail(pieces.error());
  Result<postgres::CopyIn> staging = postgres::CopyIn::begin(target, kStagingIn, kFormat, "large objects");
  if (!staging) return fail(staging.error());
  verify::RowDigest digest;
  const Status moved = worker.lane().run(*pieces, *staging, digest);
  if (!moved) return fail(moved.error());
  run.progress->bytes.add(digest.digest().bytes);
  return digest.digest();
}

}  // namespace

Status copy_large_objects(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const double start = run.timeline->now();
  const Result<postgres::Transaction> reading = run.snapshot.begin(**source);
  if (!reading) return fail(reading.error());
  const Result<std::vector<std::string>> properties = property_statements(run, task, **source);
  if (!properties) return fail(properties.error());

  Result<postgres::Transaction> writing = postgres::Transaction::begin(**target);
  if (!writing) return fail(writing.error());
  const Status prepared = (*target)->execute(kStaging);
  if (!prepared) return prepared.error().during("cannot prepare for large objects");
  const Result<verify::Digest> digest = stage(worker, run, task, **source, **target);
  if (!digest) return fail(digest.error());
  for (const char* statement : {kCreate, kAppend}) {
    const Status created = (*target)->execute(statement);
    if (!created) return created.error().during("cannot create large objects");
  }
  const Status set = execute_together(**target, *properties);
  if (!set) return set;
  return commit(run, task, *writing, {{task.objects.front(), *digest, run.timeline->now() - start}});
}

namespace {

Result<verify::Digest> read_large_objects(Worker& worker, const Run& run, const plan::Task& task,
                                          postgres::Connection& server, const postgres::Snapshot* snapshot) {
  Result<postgres::Transaction> reading =  // descriptors of large objects live in a transaction
      snapshot != nullptr ? snapshot->begin(server) : postgres::Transaction::begin(server);
  if (!reading) return fail(reading.error());
  Result<postgres::CopyOut> pieces =
      postgres::CopyOut::begin(server, copy_large_objects_sql(*run.source, task.objects.front()),
                               postgres::CopyFormat::binary, "large objects");
  if (!pieces) return fail(pieces.error());
  return verify::read_back(*pieces, worker.buffer());
}

}  // namespace

Status read_back_large_objects(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<verify::Digest> digest =
      read_large_objects(worker, run, task, **target, run.target_snapshot ? &*run.target_snapshot : nullptr);
  if (!digest) return fail(digest.error());
  return record(run, task, **target, {{task.objects.front(), *digest, 0}});
}

Status read_source_large_objects(Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  const Result<verify::Digest> digest = read_large_objects(worker, run, task, **source, &run.snapshot);
  if (!digest) return fail(digest.error());
  enter(run, task, {{task.objects.front(), *digest, 0}});
  return {};
}

}  // namespace pghaul::job
