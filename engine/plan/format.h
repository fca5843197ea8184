#pragma once

#include <string>

#include "catalog/model.h"

namespace pghaul::plan {

/// How a table's rows travel, and why.
struct Format {
  bool binary = true;
  std::string reason;  // empty for binary; else "column kind: regclass carries an object's OID"
};

/// Binary where every column's type means the same bytes on both servers; text otherwise.
[[nodiscard]] Format choose_format(const catalog::Relation& relation, const catalog::Catalog& source,
                                   const catalog::Server& target);

}  // namespace pghaul::plan
