#include "catalog/read_catalog.h"

#include <utility>

#include "catalog/parts.h"

namespace pghaul::catalog {

Result<Catalog> read_catalog(postgres::Connection& connection, const std::function<bool(Oid)>& belongs,
                             const Chosen& chosen) {
  Catalog catalog;

  Result<Server> server = read_server_settings(connection);
  if (!server) return fail(server.error());
  catalog.server = std::move(*server);

  Result<std::vector<Relation>> relations = list_relations(connection, belongs);
  if (!relations) return fail(relations.error());
  catalog.relations = std::move(*relations);
  for (const auto& fill_in : {read_columns, read_partition_keys, read_dependencies}) {
    const Status filled = fill_in(connection, catalog.relations);
    if (!filled) return fail(filled.error());
  }

  Result<std::vector<Type>> types = read_types(connection, catalog.relations);
  if (!types) return fail(types.error());
  catalog.types = std::move(*types);

  Result<std::vector<IndexInfo>> indexes = read_indexes(connection, catalog.relations);
  if (!indexes) return fail(indexes.error());
  catalog.indexes = std::move(*indexes);

  Result<std::vector<Constraint>> constraints = read_constraints(connection, catalog.relations);
  if (!constraints) return fail(constraints.error());
  catalog.constraints = std::move(*constraints);

  const Status calls = read_function_calls(connection, catalog);
  if (!calls) return fail(calls.error());

  Result<std::vector<Sequence>> sequences = list_sequences(connection, belongs);
  if (!sequences) return fail(sequences.error());
  catalog.sequences = std::move(*sequences);

  Result<std::vector<DatabaseSetting>> settings = read_database_settings(connection);
  if (!settings) return fail(settings.error());
  catalog.settings = std::move(*settings);

  const Status elsewhere = read_subscriptions(connection, belongs, catalog);
  if (!elsewhere) return fail(elsewhere.error());

  const Status references = read_references(connection, chosen, catalog);
  if (!references) return fail(references.error());
  return catalog;
}

}  // namespace pghaul::catalog
