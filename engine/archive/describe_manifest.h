#pragma once

#include "archive/manifest.h"

/// The fields of manifest.json.
namespace pghaul::archive {

template <typename Fields>
void describe(Fields& fields, Manifest::Document& value) {
  fields("file", value.file);
  fields("bytes", value.bytes);
  fields("hash", value.hash);
}

template <typename Fields>
void describe(Fields& fields, Manifest::Rows& value) {
  fields("file", value.file);
  fields("bytes", value.bytes);
  fields("frames", value.frames);
  fields("rows", value.rows);
  fields("row_bytes", value.row_bytes);
  fields("digest", value.digest);
  fields("first_page", value.first_page);
  fields("end_page", value.end_page);
}

template <typename Fields>
void describe(Fields& fields, Manifest::Table& value) {
  fields("schema", value.schema);
  fields("name", value.name);
  fields("format", value.format);
  fields("reason", value.reason);
  fields("seconds", value.seconds);
  fields("files", value.files);
}

template <typename Fields>
void describe(Fields& fields, Manifest::Generated& value) {
  fields("schema", value.schema);
  fields("name", value.name);
  fields("format", value.format);
  fields("rows", value.rows);
  fields("row_bytes", value.row_bytes);
  fields("digest", value.digest);
}

template <typename Fields>
void describe(Fields& fields, Manifest::SequenceValue& value) {
  fields("schema", value.schema);
  fields("name", value.name);
  fields("last_value", value.last_value);
  fields("is_called", value.is_called);
}

template <typename Fields>
void describe(Fields& fields, LeftOut& value) {
  fields("object", value.object);
  fields("reason", value.reason);
}

template <typename Fields>
void describe(Fields& fields, Manifest::Source& value) {
  fields("database", value.database);
  fields("server_version", value.server_version);
  fields("encoding", value.encoding);
  fields("snapshot", value.snapshot);
  fields("description", value.description);
  fields("bytes", value.bytes);
}

template <typename Fields>
void describe(Fields& fields, Manifest& value) {
  fields("kind", value.kind);
  fields("format", value.format);
  fields("pghaul", value.pghaul);
  fields("created", value.created);
  fields("source", value.source);
  fields("schema", value.schema);
  fields("catalog", value.catalog);
  fields("tables", value.tables);
  fields("generated", value.generated);
  fields("large_objects", value.large_objects);
  fields("large_object_properties", value.large_object_properties);
  fields("sequences", value.sequences);
  fields("left_out", value.left_out);
  fields("left_out_entries", value.left_out_entries);
}

}  // namespace pghaul::archive
