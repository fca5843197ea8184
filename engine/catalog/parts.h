#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "catalog/read_catalog.h"
#include "postgres/connection.h"

/// The steps of read_catalog(), one per kind of object; each is one or two statements however much there is.
namespace pghaul::catalog {

/// Reads what read_server() reads, except for what may fail within a transaction.
[[nodiscard]] Result<Server> read_server_settings(postgres::Connection& connection);

/// Returns a query for the database's provider of locales, the locale if it is not libc's, and the collation
/// version.
[[nodiscard]] std::string locale_provider_sql(int version);

/// Returns a condition on `d`, the row of pg_database: its default collation compares bytes. All locales of
/// the built-in provider do; C.UTF-8 of libc does not, it goes through strcoll.
[[nodiscard]] std::string default_compares_bytes(int version);

[[nodiscard]] Result<std::vector<Relation>> list_relations(postgres::Connection& connection,
                                                           const std::function<bool(Oid)>& belongs);
[[nodiscard]] Status read_columns(postgres::Connection& connection, std::vector<Relation>& relations);
/// Fills in partition_key of partitioned tables.
[[nodiscard]] Status read_partition_keys(postgres::Connection& connection, std::vector<Relation>& relations);
/// Fills in depends_on of materialized views and of extensions' configuration tables.
[[nodiscard]] Status read_dependencies(postgres::Connection& connection, std::vector<Relation>& relations);

/// Reads the types of all columns, and of their parts.
[[nodiscard]] Result<std::vector<Type>> read_types(postgres::Connection& connection,
                                                   const std::vector<Relation>& relations);
/// Reads indexes, and fills in index_bytes of the relations.
[[nodiscard]] Result<std::vector<IndexInfo>> read_indexes(postgres::Connection& connection,
                                                          std::vector<Relation>& relations);
[[nodiscard]] Result<std::vector<Constraint>> read_constraints(postgres::Connection& connection,
                                                               const std::vector<Relation>& relations);
/// Fills in reads_in_checks of relations and reads of indexes.
[[nodiscard]] Status read_function_calls(postgres::Connection& connection, Catalog& catalog);
/// Fills in owners, grantees and tablespaces.
[[nodiscard]] Status read_references(postgres::Connection& connection, const Chosen& chosen,
                                     Catalog& catalog);
/// Fills in subscriptions, hidden_mappings, has_public_schema, properties and constraint_triggers, in one
/// round trip. `belongs`: asked for the relation that a trigger is on, and for the one whose constraint it
/// keeps.
[[nodiscard]] Status read_subscriptions(postgres::Connection& connection,
                                        const std::function<bool(Oid)>& belongs, Catalog& catalog);
/// Reads the rows of database_properties_sql().
[[nodiscard]] std::vector<DatabaseProperty> properties_from(const postgres::Rows& rows);
[[nodiscard]] std::string constraint_triggers_sql(int version);
[[nodiscard]] std::vector<ConstraintTrigger> constraint_triggers_from(
    const postgres::Rows& rows, const std::function<bool(Oid)>& belongs);
[[nodiscard]] Result<std::vector<DatabaseSetting>> read_database_settings(postgres::Connection& connection);
}  // namespace pghaul::catalog
