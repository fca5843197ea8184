#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/left_out.h"
#include "catalog/model.h"
#include "verify/digest.h"

namespace pghaul::archive {

/// An archive's description of itself: manifest.json (docs/formats/archive.md). Plain values.
struct Manifest {
  static constexpr int kFormat = 1;

  /// A document in a file of its own, read whole.
  struct Document {
    std::string file;
    std::uint64_t bytes = 0;
    std::string hash;  // XXH3, 128 bits, as 32 hexadecimal digits
  };
  /// A stream of frames in a file in data/.
  struct Rows {
    std::string file;
    std::uint64_t bytes = 0;  // size of the file
    std::uint64_t frames = 0;
    std::uint64_t rows = 0;
    std::uint64_t row_bytes = 0;
    std::string digest;                    // that of the rows: verify::Digest::hex()
    std::uint32_t first_page = 0;          // on the source's table; for others than tables: 0
    std::uint32_t end_page = 0xFFFFFFFFU;  // past its last page; the last file's is open

    /// Returns zero where `digest` isn't one: check() refuses that.
    [[nodiscard]] verify::Digest rows_digest() const;
    void set_digest(const verify::Digest& digest);
  };
  struct Table {
    std::string schema, name;
    std::string format;       // binary or text, of COPY
    std::string reason;       // the reason for text
    double seconds = 0;       // time that writing it took
    std::vector<Rows> files;  // in the order of their pages
  };
  /// The digest of a table's generated columns, which the archive's rows lack, taken of what
  /// catalog::computed_columns() lists.
  struct Generated {
    std::string schema, name;
    std::string format;  // the format that was digested: binary or text, of COPY
    std::uint64_t rows = 0;
    std::uint64_t row_bytes = 0;
    std::string digest;  // verify::Digest::hex()

    [[nodiscard]] verify::Digest rows_digest() const;
  };
  struct SequenceValue {
    std::string schema, name;
    std::int64_t last_value = 0;
    bool is_called = false;
  };
  struct Source {
    std::string database, server_version, encoding, snapshot, description;
    std::int64_t bytes = 0;  // on disk
  };

  std::string kind = "pghaul archive";
  int format = kFormat;
  std::string pghaul;   // the version that wrote it
  std::string created;  // UTC, ISO 8601: when the snapshot was taken
  Source source;
  Document schema;
  Document catalog;
  std::vector<Table> tables;
  std::vector<Generated> generated;           // absent in what an older version wrote
  std::vector<Rows> large_objects;            // pieces, as COPY BINARY of (oid, bigint, bytea)
  std::vector<Rows> large_object_properties;  // statements: owners, grants, comments
  std::vector<SequenceValue> sequences;
  LeftOuts left_out;
  std::vector<int> left_out_entries;  // entries of the schema, by dump id, that need something left out

  [[nodiscard]] std::string to_json() const;
  /// Reads one. Trusts nothing: names that aren't plain, or come twice, and digests that aren't any are
  /// refused.
  /// Errors  system; an unknown format is refused by its number.
  [[nodiscard]] static Result<Manifest> of_json(const std::string& json);
  /// Checks that it and the catalog list the same tables.
  [[nodiscard]] Status check(const catalog::Catalog& source_catalog) const;
};

}  // namespace pghaul::archive
