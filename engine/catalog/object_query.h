#pragma once

#include <string>
#include <vector>

#include "catalog/objects.h"

/// How classes of objects are read: an SQL expression for each thing known of an object. The statements'
/// connections have an empty search_path.
namespace pghaul::catalog {

struct ObjectQuery {
  struct Column {
    Aspect aspect;
    std::string sql;
  };
  std::string label;
  ObjectClass::Shown shown = ObjectClass::Shown::after;
  std::string schema = "''";
  std::string name = "''";
  std::string part = "''";
  std::string catalog;  // with `oid`: the object that a choice of tables takes or leaves
  std::string oid = "0";
  std::string refers = "0";  // a relation that must belong as well; 0: none
  std::vector<Column> columns;
  std::string from;  // FROM … WHERE …
};

struct Versions {
  int own = 0;     // of the server that is asked
  int common = 0;  // the older one of the two
  bool same_major = true;

  [[nodiscard]] bool both_since(int version) const noexcept { return common >= version; }
  /// `sql`, if both servers know what it tells.
  [[nodiscard]] std::string since(int version, const std::string& sql) const {
    return both_since(version) ? sql : "NULL";
  }
};

/// Each family of classes, in a file of its own.
[[nodiscard]] std::vector<ObjectQuery> relation_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> table_part_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> type_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> routine_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> search_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> foreign_data_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> database_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> remark_queries(const Versions& versions);
[[nodiscard]] ObjectQuery large_object_query(const Versions& versions, int together,
                                             const std::vector<Oid>& left_out);

/// The OID of a catalog: pg_class.
[[nodiscard]] std::string catalog_oid(const std::string& catalog);
/// No object of PostgreSQL itself nor of an extension: a condition.
[[nodiscard]] std::string users_own(const std::string& catalog, const std::string& oid);
/// Nothing that another object brought along, as a range type does with functions: a condition.
[[nodiscard]] std::string on_its_own(const std::string& catalog, const std::string& oid);
/// Joins `n`, the schema, which must be a user's.
[[nodiscard]] std::string join_schema(const std::string& column);
/// schema.name of a function, an operator … by its OID, however many others are called like it.
[[nodiscard]] std::string function_name(const std::string& oid);
[[nodiscard]] std::string qualified_name(const std::string& catalog, const std::string& prefix,
                                         const std::string& oid);
/// The elements of an array of texts, in an order of their own.
[[nodiscard]] std::string sorted(const std::string& array);

/// `type`: as acldefault() takes it. `usual`: what rights there are when nothing was granted or revoked;
/// empty: those that PostgreSQL gives.
[[nodiscard]] std::string grants_sql(const Versions& versions, const std::string& acl,
                                     const std::string& type, const std::string& owner,
                                     const std::string& usual = {});
[[nodiscard]] ObjectQuery::Column grants(const Versions& versions, const std::string& acl,
                                         const std::string& type, const std::string& owner);
[[nodiscard]] ObjectQuery::Column owner(const std::string& oid);

}  // namespace pghaul::catalog
