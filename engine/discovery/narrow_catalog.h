#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "schema/entry.h"

namespace pghaul::discovery {

/// Returns the part of an archive's catalog that belongs to some of its schema's entries, as if no more had
/// been read. `all`: the entries of the whole. `sql`: the statements of the chosen ones; roles and
/// tablespaces that they don't name are not needed.
[[nodiscard]] catalog::Catalog narrow_catalog(const catalog::Catalog& whole,
                                              const std::vector<schema::Entry>& all,
                                              const std::vector<schema::Entry>& chosen,
                                              const std::string& sql);

/// Tells whether `sql` holds the name as a word, with or without quotes.
[[nodiscard]] bool names(const std::string& sql, const std::string& name);

}  // namespace pghaul::discovery
