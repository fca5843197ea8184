#pragma once

#include <string>
#include <vector>

#include "link/sign_in.h"
#include "schema/filters.h"

/// The filters of pg_dump and pg_restore, as fields of a request to the far half.
namespace pghaul::link {

[[nodiscard]] Fields pack_filters(const schema::Filters& filters);
/// Patterns that are missing are none; parts that are missing are left out.
[[nodiscard]] schema::Filters unpack_filters(const Fields& fields);

/// Adds a field for each element: its name is followed by a number.
void add_list(Fields& fields, const std::string& name, const std::vector<std::string>& list);
[[nodiscard]] std::vector<std::string> list_in(const Fields& fields, const std::string& name);

}  // namespace pghaul::link
