#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/model.h"

namespace pghaul::plan {

/// The format in which a table's rows travel, and the reason for it.
struct Format {
  bool binary = true;
  std::string reason;  // empty for binary; else "column kind: regclass carries an object's OID"
  /// Flags of each copied column, as verify::FloatColumns: where the two servers write floating-point numbers
  /// in text with different digits. Empty: they don't, or there are none.
  std::vector<std::uint8_t> floats;
  bool only_counted = false;  // rows are only counted, as the two servers' texts can't be compared at all
};

/// Tells whether the values of a built-in type are OIDs of objects, as regclass's are.
[[nodiscard]] bool is_oid_alias(catalog::Oid type);

/// Chooses binary where every column's type means the same bytes on both servers, followed through arrays,
/// domains, composites and ranges; text otherwise.
///
/// Values that carry the OID of a user-defined type (arrays of such types, composites with such fields) are
/// text: newer servers could read them, but their digests would differ on two sides that hold the same.
/// Ownership  none of its arguments, which must outlive it.
class FormatChooser {
 public:
  /// `target` is nullptr when there is none yet: then it is taken to have the same extensions.
  FormatChooser(const catalog::Catalog& source, const catalog::Server* target);

  /// Chooses the format for the columns that are copied.
  [[nodiscard]] Format choose(const catalog::Relation& relation);
  [[nodiscard]] Format choose(const std::vector<catalog::Column>& columns);
  /// Changes a format to the one for rows that an archive holds.
  [[nodiscard]] Format stored(const catalog::Relation& relation, Format format) const;

 private:
  [[nodiscard]] const std::string& obstacle(catalog::Oid oid);
  [[nodiscard]] std::string look_at(const catalog::Type& type);
  [[nodiscard]] std::string look_at_base(const catalog::Type& type) const;
  void add_floats(const std::vector<catalog::Column>& columns, Format& format) const;
  [[nodiscard]] std::uint8_t float_bytes(catalog::Oid oid) const;
  [[nodiscard]] std::string shown_type(const catalog::Type& type) const;

  const catalog::Catalog* source_;
  const catalog::Server* target_;
  std::unordered_map<catalog::Oid, const catalog::Type*> types_;
  std::unordered_map<catalog::Oid, std::string> obstacles_;  // to binary, by type; empty: there is none
};

}  // namespace pghaul::plan
