#include "tasks/large_object_properties.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/units.h"
#include "postgres/copy_out.h"
#include "postgres/quote.h"
#include "tasks/large_objects_sql.h"

namespace pghaul::tasks {
namespace {

std::string owners_sql(const ObjectProperties& wanted, const std::string& in_range) {
  const std::string others = wanted.role ? " AND pg_catalog.pg_get_userbyid(object.lomowner) <> " +
                                               postgres::quote_literal(*wanted.role)
                                         : "";
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

/// Removes what COPY BINARY puts before the only value of a row: the number of values, and its length.
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

}  // namespace

std::string large_object_properties_query(const std::string& condition, const ObjectProperties& wanted) {
  std::vector<std::string> kinds;
  if (wanted.with_owner) kinds.push_back(owners_sql(wanted, condition));
  if (wanted.with_acl) kinds.push_back(grants_sql(condition));
  if (wanted.with_owner && wanted.with_acl) kinds.push_back(revokes_sql(condition));
  if (wanted.with_comments) kinds.push_back(comments_sql(condition));
  return fmt::format("SELECT statement FROM ({}) AS property(kind, oid, statement) ORDER BY kind, oid",
                     fmt::join(kinds, " UNION ALL "));
}

Result<RowSource::Rows> read_large_object_properties(postgres::Connection& server,
                                                     const catalog::Catalog& source, catalog::Place range,
                                                     const ObjectProperties& wanted) {
  Result<postgres::CopyOut> rows = postgres::CopyOut::begin(
      server,
      "COPY (" + large_object_properties_query(tasks::in_range(source, range, "object.oid"), wanted) +
          ") TO STDOUT (FORMAT binary)",
      postgres::CopyFormat::binary, "owners, grants and comments of large objects");
  if (!rows) return fail(rows.error());
  return std::make_unique<OnlyValues>(std::move(*rows));
}

bool is_wanted(std::string_view statement, const ObjectProperties& wanted) {
  if (statement.starts_with("ALTER ")) {
    if (!wanted.with_owner) return false;
    if (!wanted.role) return true;
    return !statement.ends_with(" OWNER TO " + *wanted.role) &&
           !statement.ends_with(" OWNER TO " + postgres::quote(*wanted.role));
  }
  if (statement.starts_with("GRANT ")) return wanted.with_acl;
  if (statement.starts_with("REVOKE ")) return wanted.with_owner && wanted.with_acl;
  return wanted.with_comments;
}

}  // namespace pghaul::tasks
