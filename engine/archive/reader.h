#pragma once

#include <map>
#include <string>

#include "archive/manifest.h"
#include "base/error.h"
#include "catalog/model.h"
#include "transport/folder.h"

namespace pghaul::archive {

/// Reads an archive that is whole.
///
/// Threads    open_rows() any.
/// Errors     system, with the file; refused when the folder holds no archive, or an unfinished one.
class Reader {
 public:
  [[nodiscard]] static Result<Reader> open(const std::string& path);

  [[nodiscard]] const Manifest& manifest() const noexcept { return manifest_; }
  /// Returns the source's catalog, with the sequences' values.
  [[nodiscard]] const catalog::Catalog& catalog() const noexcept { return catalog_; }
  /// Makes the archive appear to hold no more than this part of its catalog.
  void narrow(catalog::Catalog part);
  [[nodiscard]] const std::string& path() const noexcept { return folder_.path(); }
  /// Identifies the archive: equal for a copy of it, different for any other.
  [[nodiscard]] const std::string& identity() const noexcept { return identity_; }

  /// Returns the files of a relation that has rows, by its place in the catalog.
  [[nodiscard]] const Manifest::Table& table(catalog::Place place) const { return *tables_.at(place); }

  /// Returns the digest of a relation's generated columns; nullptr: the archive holds none.
  [[nodiscard]] const Manifest::Generated* generated(catalog::Place place) const;

  /// Returns the schema, in pg_dump's custom format.
  [[nodiscard]] Result<std::string> read_schema() const;
  /// Opens a file; refuses one of another size than the manifest says.
  [[nodiscard]] Result<transport::File> open_rows(const Manifest::Rows& rows) const;

 private:
  Reader(transport::Folder folder, transport::Folder data)
      : folder_(std::move(folder)), data_(std::move(data)) {}
  [[nodiscard]] Status read_documents();
  void place_tables();
  [[nodiscard]] Result<std::string> read(const Manifest::Document& document) const;

  transport::Folder folder_;
  transport::Folder data_;
  Manifest manifest_;
  catalog::Catalog catalog_;
  std::string identity_;
  std::map<catalog::Place, const Manifest::Table*> tables_;
};

}  // namespace pghaul::archive
