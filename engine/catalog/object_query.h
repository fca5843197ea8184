#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/objects.h"
#include "postgres/connection.h"

/// Queries that read classes of objects: an SQL expression for each property. The statements' connections
/// have an empty search_path.
namespace pghaul::catalog {

/// An option without which a class of objects is neither restored nor compared.
enum class LeftOutBy {
  nothing,
  no_acl,
  choice_of_schemas,     // -n, -t: it belongs to the database
  no_owner_of_database,  // choice_of_schemas, or -O
  no_acl_of_database,    // choice_of_schemas, or -x
  large_objects,
  no_comments,
  no_comment_of_database,  // or -n, -t
  no_security_labels,
  no_publications,
  no_subscriptions,  // or -n, -t
  no_event_triggers,
};

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
  LeftOutBy left_out_by = LeftOutBy::nothing;
  bool only_sources = false;  // see ObjectClass
  std::string not_carried;    // see ObjectClass
};

struct Versions {
  int own = 0;     // the queried server's
  int common = 0;  // the older one's of the two
  bool same_major = true;
  std::string extensions = "''";  // literals: extensions that have the same version on both servers

  [[nodiscard]] bool both_since(int version) const noexcept { return common >= version; }
  /// Returns `sql` if both servers know what it reads; otherwise NULL.
  [[nodiscard]] std::string since(int version, const std::string& sql) const {
    return both_since(version) ? sql : "NULL";
  }
};

// Queries of each family of classes, in a file of its own.
[[nodiscard]] std::vector<ObjectQuery> relation_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> table_part_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> type_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> routine_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> search_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> foreign_data_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> database_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> comment_queries(const Versions& versions);
[[nodiscard]] std::vector<ObjectQuery> extension_queries(const Versions& versions);
/// Lists the tables that hold rows which extensions themselves put there, each with a statement that sums
/// these up. `extensions`: as literals.
[[nodiscard]] std::string extensions_own_rows_sql(const std::string& extensions);
/// Reads these sums; `tables`: the rows of extensions_own_rows_sql().
[[nodiscard]] Result<ObjectClass> read_extensions_own_rows(postgres::Connection& connection,
                                                           const postgres::Rows& tables,
                                                           const std::function<bool(Oid, Oid)>& belongs);
[[nodiscard]] ObjectQuery large_object_query(const Versions& versions, const std::vector<Oid>& groups,
                                             const std::vector<Oid>& left_out);

/// Returns a query for the properties of the database itself: kind, name, value, role, before, after as
/// DatabaseProperty has them.
[[nodiscard]] std::string database_properties_sql();
/// Returns FROM … WHERE … for triggers that keep constraints; its definition says what it joins.
[[nodiscard]] std::string constraint_triggers_from(int version);

/// Returns a query for relations `c` of schemas `n`, by their own names; what it selects is still to be
/// added.
[[nodiscard]] ObjectQuery relation_query(const std::string& label);

/// Returns an expression for the OID of a catalog: pg_class.
[[nodiscard]] std::string catalog_oid(const std::string& catalog);
/// Returns a condition: the object belongs neither to PostgreSQL itself nor to an extension.
[[nodiscard]] std::string users_own(const std::string& catalog, const std::string& oid);
/// Returns a condition: no other object brought it along, as a range type does with functions.
[[nodiscard]] std::string on_its_own(const std::string& catalog, const std::string& oid);
/// Returns a join with `n`, the schema, which must be a user's.
[[nodiscard]] std::string join_schema(const std::string& column);
/// Returns an expression for schema.name of a function, an operator … by its OID, however many others have
/// that name.
[[nodiscard]] std::string function_name(const std::string& oid);
[[nodiscard]] std::string qualified_name(const std::string& catalog, const std::string& prefix,
                                         const std::string& oid);
/// Returns an expression for the elements of an array of texts, in an order that depends on nothing else.
[[nodiscard]] std::string sorted(const std::string& array);

/// Returns an expression for an ACL as Aspect::Kind::grants. `type`: as acldefault() takes it. `usual`: the
/// rights when nothing was granted or revoked; empty: those that PostgreSQL gives.
[[nodiscard]] std::string grants_sql(const Versions& versions, const std::string& acl,
                                     const std::string& type, const std::string& owner,
                                     const std::string& usual = {});
[[nodiscard]] ObjectQuery::Column grants(const Versions& versions, const std::string& acl,
                                         const std::string& type, const std::string& owner);
[[nodiscard]] ObjectQuery::Column owner(const std::string& oid);

}  // namespace pghaul::catalog
