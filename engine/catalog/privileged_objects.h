#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/read_catalog.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// An object that not every role can make, or a property that not every role can give it.
struct PrivilegedObject {
  enum class Kind {
    untrusted_function,  // detail: its language; or an aggregate whose state is internal
    leakproof_function,
    setting_of_function,  // detail: the setting's name
    base_type,
    cast_or_transform,  // binary, or of no type that users have made
    publication_of_all_tables,
    foreign_server,               // detail: its foreign-data wrapper
    grant,                        // detail: the role that granted it, which is not the owner
    foreign_server_of_extension,  // detail: the extension that has its foreign-data wrapper
    owner_without_right,          // detail: its owner, who may not create in its schema
    owner_by_grant,               // detail: its owner, who may create in its schema because of a grant
  };
  Kind kind;
  std::string object;  // "function app.f(integer)"
  std::string detail;
  Oid catalog = 0;  // the OID of the catalog that holds it, and its own
  Oid oid = 0;
};

/// Lists those of the database, members of extensions aside. `chosen`: see read_catalog().
[[nodiscard]] Result<std::vector<PrivilegedObject>> read_privileged_objects(postgres::Connection& connection,
                                                                            const Chosen& chosen);

}  // namespace pghaul::catalog
