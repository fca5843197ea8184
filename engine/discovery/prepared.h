#pragma once

#include <string>
#include <vector>

#include "discovery/discovery.h"

namespace pghaul::discovery {

/// Forgets what of the target's contents stays beside the copy: extensions that the source has as well, and
/// what the role may not drop, such as schemas of the provider, unless the copy makes its like. A target with
/// no more than these counts as empty. Extensions are compared.
void forget_prepared(Discovery& found);

/// Returns the extensions that the copied objects need and that are not copied themselves: the target must
/// have them before.
[[nodiscard]] std::vector<std::string> extensions_to_find(const Discovery& found);

/// Tells whether an entry is that of a schema, or of its comment, its grants or its label.
[[nodiscard]] bool is_of_schema(const schema::Entry& entry, const std::string& schema);

/// Returns the schemas of relations and sequences that are copied without them, as -t does.
[[nodiscard]] std::vector<std::string> schemas_to_find(const Discovery& found);

}  // namespace pghaul::discovery
