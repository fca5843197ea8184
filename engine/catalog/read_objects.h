#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/objects.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// Which objects are to be read, and to be compared with what.
struct ObjectScope {
  int other_version = 0;  // of the other server: what only one of the two knows is left out
  std::string encoding;   // in which both sides' names come
  bool with_owner = true;
  bool with_acl = true;
  bool database = true;       // what belongs to no schema and has no entry in pg_dump's choice: settings
  bool large_objects = true;  // their owners, grants and comments
  /// First OIDs of the groups in which large objects are told, the same on both sides; empty: each alone.
  std::vector<Oid> large_object_groups;
  std::vector<Oid> large_objects_left_out;
  std::vector<std::string> extensions;  // that have the same version on both servers
  /// Asked for each object by its catalog's OID and its own; empty: all belong.
  std::function<bool(Oid, Oid)> belongs;
};

/// All user objects of the database, class by class, always in the same order of classes; what belongs to an
/// extension is left to it.
///
/// Every name within SQL is quoted. As the connection's transaction sees them, which must be one: it sets the
/// client's encoding and the quotes until its end.
[[nodiscard]] Result<std::vector<ObjectClass>> read_objects(postgres::Connection& connection,
                                                            const ObjectScope& scope);

/// First OIDs of at most `groups` groups of large objects, of equal numbers of them.
[[nodiscard]] Result<std::vector<Oid>> read_large_object_groups(postgres::Connection& connection, int groups);

}  // namespace pghaul::catalog
