#include "tasks/large_object_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "archive/check_rows.h"
#include "archive/rows_source.h"
#include "base/units.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "tasks/finish.h"
#include "tasks/large_objects_sql.h"
#include "tasks/source_rows.h"
#include "tasks/tasks.h"
#include "verify/row_digest.h"

namespace pghaul::tasks {
namespace {

constexpr const char* kSetting = "cannot set owners, grants and comments of large objects";

/// An archive gets all owners: who will restore it is not known.
std::string owners_sql(const Run& run, const std::string& in_range) {
  const std::string others = run.store != nullptr ? ""
                                                  : " AND pg_catalog.pg_get_userbyid(object.lomowner) <> " +
                                                        postgres::quote_literal(run.target_role);
  return "SELECT 1, object.oid, pg_catalog.format('ALTER LARGE OBJECT %s OWNER TO %I', object.oid,"
         " pg_catalog.pg_get_userbyid(object.lomowner))"
         " FROM pg_catalog.pg_largeobject_metadata AS object WHERE " +
         in_range + others;
}

std::string grants_sql(const std::string& in_range) {
  return "SELECT 2, object.oid, pg_catalog.format('GRANT %s ON LARGE OBJECT %s TO %s%s', item.privilege_type,"
         " object.oid, CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE "
         "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) END,"
         " CASE WHEN item.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
         " FROM pg_catalog.pg_largeobject_metadata AS object,"
         " LATERAL pg_catalog.aclexplode(object.lomacl) AS item WHERE item.grantee <> object.lomowner AND " +
         in_range;
}

std::string revokes_sql(const std::string& in_range) {
  return "SELECT 3, object.oid, pg_catalog.format('REVOKE %s ON LARGE OBJECT %s FROM %I',"
         " usual.privilege_type, object.oid, pg_catalog.pg_get_userbyid(object.lomowner))"
         " FROM pg_catalog.pg_largeobject_metadata AS object,"
         " LATERAL pg_catalog.aclexplode(pg_catalog.acldefault('L', object.lomowner)) AS usual"
         " WHERE object.lomacl IS NOT NULL AND NOT EXISTS ("
         "SELECT FROM pg_catalog.aclexplode(object.lomacl) AS item"
         " WHERE item.grantee = object.lomowner AND item.privilege_type = usual.privilege_type) AND " +
         in_range;
}

std::string comments_sql(const std::string& in_range) {
  return "SELECT 4, object.oid, pg_catalog.format('COMMENT ON LARGE OBJECT %s IS %L', object.oid,"
         " note.description)"
         " FROM pg_catalog.pg_largeobject_metadata AS object JOIN pg_catalog.pg_description AS note"
         " ON note.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND note.objoid = object.oid"
         " WHERE " +
         in_range;
}

/// The source writes the statements.
std::string statements_sql(const Run& run, catalog::Place range) {
  const std::string in_range = tasks::in_range(*run.source, range, "object.oid");
  std::vector<std::string> kinds;
  if (run.with_owner) kinds.push_back(owners_sql(run, in_range));
  if (run.with_acl) kinds.push_back(grants_sql(in_range));
  if (run.with_owner && run.with_acl) kinds.push_back(revokes_sql(in_range));
  kinds.push_back(comments_sql(in_range));
  return fmt::format(
      "COPY (SELECT statement FROM ({}) AS property(kind, oid, statement) ORDER BY kind, oid)"
      " TO STDOUT (FORMAT binary)",
      fmt::join(kinds, " UNION ALL "));
}

/// Takes off what COPY BINARY puts before the only value of a row: the number of values, and its length.
class OnlyValues : public pipeline::Source {
 public:
  explicit OnlyValues(postgres::CopyOut rows) : rows_(std::move(rows)) {}

  Status fill(pipeline::Chunk& chunk) override {
    for (;;) {
      for (; next_ < held_.rows(); ++next_) {
        const std::span<const std::byte> value = held_.row(next_).subspan(kBefore);
        if (!chunk.has_room_for(value.size())) return {};
        chunk.append(value);
      }
      held_.clear();
      next_ = 0;
      if (Status filled = rows_.fill(held_); !filled || held_.empty()) return filled;
    }
  }
  void cancel() noexcept override { rows_.cancel(); }

 private:
  static constexpr std::size_t kBefore = 6;

  postgres::CopyOut rows_;
  pipeline::Chunk held_{64_KiB};
  std::size_t next_ = 0;
};

/// Statements of one message to the target, which is one transaction: each may hold a lock until its end.
class Together {
 public:
  Together(postgres::Connection& target, std::size_t most) : target_(&target), most_(most) {}

  Status add(std::string_view statement) {
    sql_ += statement;
    sql_ += ';';
    return ++statements_ < most_ ? Status{} : execute();
  }
  Status execute() {
    if (statements_ == 0) return {};
    const Status done = target_->execute(sql_);
    sql_.clear();
    statements_ = 0;
    return done ? done : done.error().during(kSetting);
  }

 private:
  postgres::Connection* target_;
  std::size_t most_;
  std::string sql_;
  std::size_t statements_ = 0;
};

/// An archive holds the properties that whoever made it wanted.
bool is_wanted(const Run& run, std::string_view statement) {
  if (statement.starts_with("ALTER ")) {
    const std::string by_itself = " OWNER TO " + run.target_role;
    const std::string quoted = " OWNER TO " + postgres::quote(run.target_role);
    return run.with_owner && !statement.ends_with(by_itself) && !statement.ends_with(quoted);
  }
  if (statement.starts_with("GRANT ")) return run.with_acl;
  if (statement.starts_with("REVOKE ")) return run.with_owner && run.with_acl;
  return true;
}

const archive::Manifest::Rows& stored_properties(const Run& run, const plan::Task& task) {
  return run.stored->manifest().large_object_properties[task.objects.front()];
}

}  // namespace

Result<std::unique_ptr<pipeline::Source>> large_object_properties(crew::Worker& worker, const Run& run,
                                                                  const plan::Task& task) {
  if (run.stored != nullptr) {
    return std::make_unique<archive::RowsSource>(
        *run.stored, std::vector<const archive::Manifest::Rows*>{&stored_properties(run, task)},
        worker.unpacker());
  }
  const Result<postgres::Connection*> source = worker.source();
  if (!source) return fail(source.error());
  Result<postgres::CopyOut> rows =
      postgres::CopyOut::begin(**source, statements_sql(run, task.objects.front()),
                               postgres::CopyFormat::binary, "owners, grants and comments of large objects");
  if (!rows) return fail(rows.error());
  return std::make_unique<OnlyValues>(std::move(*rows));
}

Status set_large_object_properties(crew::Worker& worker, Run& run, const plan::Task& task) {
  const Result<postgres::Connection*> target = worker.target();
  if (!target) return fail(target.error());
  const Result<std::optional<postgres::Transaction>> reading = begin_reading(worker, run);
  if (!reading) return fail(reading.error());
  const Result<std::unique_ptr<pipeline::Source>> statements = large_object_properties(worker, run, task);
  if (!statements) return fail(statements.error());
  Together together(**target, run.locks_together);
  verify::RowDigest digest;
  pipeline::Chunk& chunk = worker.buffer();
  for (;;) {
    chunk.clear();
    if (Status filled = (*statements)->fill(chunk); !filled) return filled;
    if (chunk.empty()) break;
    digest.see(chunk);
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
      const std::span<const std::byte> row = chunk.row(i);
      const std::string_view statement(reinterpret_cast<const char*>(row.data()), row.size());
      if (run.stored != nullptr && !is_wanted(run, statement)) continue;
      if (Status added = together.add(statement); !added) return added;
    }
  }
  if (Status done = together.execute(); !done) return done;
  if (run.stored != nullptr) {
    const Status complete = archive::check_digest(digest.digest(), stored_properties(run, task).rows_digest(),
                                                  run.names().describe(task));
    if (!complete) return complete;
  }
  return record(run, task, **target, {{task.objects.front(), {}, 0}});
}

}  // namespace pghaul::tasks
