#pragma once

#include "catalog/model.h"

/// The fields of catalog/model.h, by the names they have in catalog.json.
namespace pghaul::catalog {

template <typename Fields>
void describe(Fields& fields, Name& value) {
  fields("schema", value.schema);
  fields("name", value.name);
}

template <typename Fields>
void describe(Fields& fields, Type& value) {
  fields("oid", value.oid);
  fields("name", value.name);
  fields("kind", value.kind);
  fields("part", value.part);
  fields("is_array", value.is_array);
  fields("attributes", value.attributes);
  fields("has_binary_io", value.has_binary_io);
  fields("extension", value.extension);
}

template <typename Fields>
void describe(Fields& fields, Column& value) {
  fields("name", value.name);
  fields("type", value.type);
  fields("type_text", value.type_text);
  fields("generated", value.generated);
  fields("in_key", value.in_key);
}

template <typename Fields>
void describe(Fields& fields, PartitionKey::Column& value) {
  fields("type", value.type);
  fields("collation", value.collation);
  fields("deterministic", value.deterministic);
  fields("own_operators", value.own_operators);
}

template <typename Fields>
void describe(Fields& fields, PartitionKey& value) {
  fields("strategy", value.strategy);
  fields("computed", value.computed);
  fields("calls_functions", value.calls_functions);
  fields("columns", value.columns);
}

template <typename Fields>
void describe(Fields& fields, Relation& value) {
  fields("oid", value.oid);
  fields("name", value.name);
  fields("kind", value.kind);
  fields("persistence", value.persistence);
  fields("owner", value.owner);
  fields("heap_pages", value.heap_pages);
  fields("heap_bytes", value.heap_bytes);
  fields("toast_bytes", value.toast_bytes);
  fields("index_bytes", value.index_bytes);
  fields("estimated_rows", value.estimated_rows);
  fields("has_statistics", value.has_statistics);
  fields("readable", value.readable);
  fields("unreadable_reason", value.unreadable_reason);
  fields("with_rows", value.with_rows);
  fields("lockable", value.lockable);
  fields("reads_in_checks", value.reads_in_checks);
  fields("populated", value.populated);
  fields("extension", value.extension);
  fields("condition", value.condition);
  fields("columns", value.columns);
  fields("depends_on", value.depends_on);
  fields("parent", value.parent);
  fields("partition_key", value.partition_key);
}

template <typename Fields>
void describe(Fields& fields, IndexInfo& value) {
  fields("oid", value.oid);
  fields("name", value.name);
  fields("relation", value.relation);
  fields("definition", value.definition);
  fields("access_method", value.access_method);
  fields("bytes", value.bytes);
  fields("unique", value.unique);
  fields("valid", value.valid);
  fields("clustered", value.clustered);
  fields("replica_identity", value.replica_identity);
  fields("partitioned", value.partitioned);
  fields("parent", value.parent);
  fields("constraint", value.constraint);
  fields("statistics", value.statistics);
  fields("text_key", value.text_key);
  fields("tablespace", value.tablespace);
  fields("options", value.options);
  fields("reads", value.reads);
  fields("extensions", value.extensions);
}

template <typename Fields>
void describe(Fields& fields, Constraint& value) {
  fields("oid", value.oid);
  fields("name", value.name);
  fields("relation", value.relation);
  fields("kind", value.kind);
  fields("definition", value.definition);
  fields("index", value.index);
  fields("references", value.references);
  fields("deferrable", value.deferrable);
  fields("deferred", value.deferred);
  fields("validated", value.validated);
  fields("without_overlaps", value.without_overlaps);
  fields("before_rows", value.before_rows);
}

template <typename Fields>
void describe(Fields& fields, Sequence& value) {
  fields("oid", value.oid);
  fields("name", value.name);
  fields("unreadable_reason", value.unreadable_reason);
  fields("last_value", value.last_value);
  fields("is_called", value.is_called);
}

template <typename Fields>
void describe(Fields& fields, LargeObjects& value) {
  fields("count", value.count);
  fields("bytes", value.bytes);
  fields("left_out", value.unreadable);
  fields("range_starts", value.range_starts);
}

template <typename Fields>
void describe(Fields& fields, UserMapping& value) {
  fields("user", value.user);
  fields("server", value.server);
}

template <typename Fields>
void describe(Fields& fields, DatabaseSetting& value) {
  fields("role", value.role);
  fields("name", value.name);
  fields("value", value.value);
}

template <typename Fields>
void describe(Fields& fields, DatabaseProperty& value) {
  fields("kind", value.kind);
  fields("name", value.name);
  fields("value", value.value);
  fields("role", value.role);
  fields("before", value.before);
  fields("after", value.after);
}

template <typename Fields>
void describe(Fields& fields, ConstraintTrigger& value) {
  fields("relation", value.relation);
  fields("constrained", value.constrained);
  fields("constraint", value.constraint);
  fields("function", value.function);
  fields("firing", value.firing);
}

template <typename Fields>
void describe(Fields& fields, Extension& value) {
  fields("name", value.name);
  fields("version", value.version);
  fields("trusted", value.trusted);
}

template <typename Fields>
void describe(Fields& fields, Server& value) {
  fields("version", value.version);
  fields("version_text", value.version_text);
  fields("system_identifier", value.system_identifier);
  fields("database", value.database);
  fields("database_oid", value.database_oid);
  fields("database_bytes", value.database_bytes);
  fields("encoding", value.encoding);
  fields("collate", value.collate);
  fields("ctype", value.ctype);
  fields("locale", value.locale);
  fields("collation_libraries", value.collation_libraries);
  fields("hash_sample", value.hash_sample);
  fields("locale_provider", value.locale_provider);
  fields("icu_locale", value.icu_locale);
  fields("collation_version", value.collation_version);
  fields("role", value.role);
  fields("superuser", value.superuser);
  fields("bypasses_row_security", value.bypasses_row_security);
  fields("may_create", value.may_create);
  fields("owns_database", value.owns_database);
  fields("may_alter_roles", value.may_alter_roles);
  fields("database_owner", value.database_owner);
  fields("closed_settings", value.closed_settings);
  fields("own_roles", value.own_roles);
  fields("schemas", value.schemas);
  fields("closed_tablespaces", value.closed_tablespaces);
  fields("owns_public", value.owns_public);
  fields("in_recovery", value.in_recovery);
  fields("free_connections", value.free_connections);
  fields("settings", value.settings);
  fields("roles", value.roles);
  fields("tablespaces", value.tablespaces);
  fields("extensions", value.extensions);
  fields("available_extensions", value.available_extensions);
}

template <typename Fields>
void describe(Fields& fields, Catalog& value) {
  fields("server", value.server);
  fields("types", value.types);
  fields("relations", value.relations);
  fields("indexes", value.indexes);
  fields("constraints", value.constraints);
  fields("sequences", value.sequences);
  fields("large_objects", value.large_objects);
  fields("settings", value.settings);
  fields("properties", value.properties);
  fields("constraint_triggers", value.constraint_triggers);
  fields("subscriptions", value.subscriptions);
  fields("hidden_mappings", value.hidden_mappings);
  fields("locale_dependents", value.locale_dependents);
  fields("has_public_schema", value.has_public_schema);
  fields("owners", value.owners);
  fields("grantees", value.grantees);
  fields("tablespaces", value.tablespaces);
}

}  // namespace pghaul::catalog
