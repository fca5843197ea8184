#pragma once

#include <string>
#include <unordered_map>

#include "catalog/model.h"

namespace pghaul::plan {

/// How a table's rows travel, and why.
struct Format {
  bool binary = true;
  std::string reason;  // empty for binary; else "column kind: regclass carries an object's OID"
};

/// Binary where every column's type means the same bytes on both servers, followed through arrays, domains,
/// composites and ranges; text otherwise.
///
/// Where a value carries the OID of a user-defined type (arrays of such types, composites with such fields),
/// newer servers could read it, but its digest would differ on two sides that hold the same: text.
/// Ownership  none of its arguments, which must outlive it.
class FormatChooser {
 public:
  /// `target` is nullptr when there is none yet: then it is taken to have the same extensions.
  FormatChooser(const catalog::Catalog& source, const catalog::Server* target);

  [[nodiscard]] Format choose(const catalog::Relation& relation);

 private:
  [[nodiscard]] const std::string& obstacle(catalog::Oid oid);
  [[nodiscard]] std::string look_at(const catalog::Type& type);
  [[nodiscard]] std::string look_at_base(const catalog::Type& type) const;
  [[nodiscard]] std::string shown_type(const catalog::Type& type) const;

  const catalog::Catalog* source_;
  const catalog::Server* target_;
  std::unordered_map<catalog::Oid, const catalog::Type*> types_;
  std::unordered_map<catalog::Oid, std::string> obstacles_;  // to binary, of each type looked at; empty: none
};

}  // namespace pghaul::plan
