#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/objects.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// A choice of objects to read, and the other side of their comparison.
struct ObjectScope {
  int other_version = 0;  // the other server's: what only one of the two knows is left out
  std::string encoding;   // encoding of the names of both sides
  bool with_owner = true;
  bool with_acl = true;
  bool database = true;       // settings: they belong to no schema and have no entry in pg_dump's list
  bool large_objects = true;  // their owners, grants and comments
  bool comments = true;
  bool security_labels = true;
  bool publications = true;
  bool subscriptions = true;
  bool event_triggers = true;
  bool tablespaces = true;
  /// First OIDs of the groups in which large objects are summed up, the same on both sides; empty: each
  /// alone.
  std::vector<Oid> large_object_groups;
  std::vector<Oid> large_objects_left_out;
  std::vector<std::string> extensions;  // those that have the same version on both servers
  /// Decides for each object by its catalog's OID and its own; empty: all belong.
  std::function<bool(Oid, Oid)> belongs;
};

/// Reads all user objects of the database, class by class, always in the same order of classes; members of
/// extensions are left out.
///
/// Every name within SQL is quoted. Needs a transaction, whose snapshot it reads: it sets the client's
/// encoding and the quotes until its end.
[[nodiscard]] Result<std::vector<ObjectClass>> read_objects(postgres::Connection& connection,
                                                            const ObjectScope& scope);

/// Returns the first OIDs of at most `groups` groups of large objects, of equal numbers of them.
[[nodiscard]] Result<std::vector<Oid>> read_large_object_groups(postgres::Connection& connection, int groups);

}  // namespace pghaul::catalog
