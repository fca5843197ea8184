#pragma once

#include <string>
#include <vector>

/// Describes the kinds of objects that a database may hold beyond what initdb puts there: how each is listed,
/// and how it is dropped. Restoring is left to pg_dump, comparing to the *_queries.cpp beside this.
namespace pghaul::catalog {

struct ContentKind {
  std::string kind;  // an SQL expression over `x`, the catalog's row
  std::string catalog;
  std::string name;    // an SQL expression
  std::string schema;  // the column with the schema's OID; empty: they have none
  std::string condition = "true";
  std::string drop = "";   // an SQL expression that gives the statements; empty: the objects go with others
  int turn = 0;            // position in the order in which kinds are dropped
  bool is_content = true;  // false: a database that has nothing else counts as empty
  bool may_stay = false;   // where the role may not drop one it stays, and the comparison names it
};

/// Returns the kinds in the order in which they are reported.
[[nodiscard]] std::vector<ContentKind> content_kinds(int version);

/// Returns a condition: the role may drop it, as its owner or as that of its schema.
[[nodiscard]] std::string may_drop(const ContentKind& kind);

/// Returns FROM … WHERE … for the objects of a kind. Members of extensions, and what exists because of
/// something else (deptype i), are left out.
[[nodiscard]] std::string content_from(const ContentKind& kind);

}  // namespace pghaul::catalog
