#pragma once

#include <string_view>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "tasks/row_source.h"

namespace pghaul::tasks {

/// Returns statements, one a row, that give the large objects of a range their owners, grants and comments,
/// as far as they are wanted. Within RowSource::begin_reading().
[[nodiscard]] Result<RowSource::Rows> read_large_object_properties(postgres::Connection& server,
                                                                   const catalog::Catalog& source,
                                                                   catalog::Place range,
                                                                   const ObjectProperties& wanted);

/// Returns a query that gives these statements, a row each in the order in which they have to run, for the
/// objects for which `condition`, on their `object.oid`, holds.
[[nodiscard]] std::string large_object_properties_query(const std::string& condition,
                                                        const ObjectProperties& wanted);

/// Says whether such a statement is wanted: an archive holds what whoever made it wanted.
[[nodiscard]] bool is_wanted(std::string_view statement, const ObjectProperties& wanted);

}  // namespace pghaul::tasks
