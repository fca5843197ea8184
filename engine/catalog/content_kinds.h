#pragma once

#include <string>
#include <vector>

/// The kinds of objects that a database may hold beyond what initdb puts there: how those of each are listed,
/// and how they are dropped. How they are restored is pg_dump's business; how they are compared, that of the
/// queries beside this.
namespace pghaul::catalog {

struct ContentKind {
  std::string kind;  // an SQL expression; of `x`, the catalog's row
  std::string catalog;
  std::string name;    // an SQL expression
  std::string schema;  // the column with the schema's OID; empty: they have none
  std::string condition = "true";
  std::string drop = "";   // an SQL expression that gives the statements; empty: they go with something else
  int turn = 0;            // in which kinds are dropped
  bool is_content = true;  // a database that has nothing else isn't empty
  bool may_stay = false;   // where the role may not drop one, the comparison will name it
};

/// In the order in which they are told.
[[nodiscard]] std::vector<ContentKind> content_kinds(int version);

/// FROM … WHERE … of the objects of a kind. Members of extensions, and what exists because of something else
/// (deptype i), are left out.
[[nodiscard]] std::string content_from(const ContentKind& kind);

}  // namespace pghaul::catalog
