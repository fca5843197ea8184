#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"
#include "rows/key.h"
#include "verify/float_digits.h"

namespace pghaul::rows {

/// A table of both databases, or a tree of partitions between which rows may have moved.
///
/// Ownership  none of the relations.
struct ComparedTable {
  struct Part {
    catalog::Place place = catalog::kNone;
    const catalog::Relation* relation = nullptr;
    catalog::Relation target = {};  // as it is read on the target: all its rows, whatever was chosen to copy

    [[nodiscard]] const catalog::Relation& on(postgres::Side side) const {
      return side == postgres::Side::source ? *relation : target;
    }
  };
  std::vector<Part> parts;
  Key key;
  postgres::CopyFormat format = postgres::CopyFormat::binary;
  verify::FloatColumns floats;

  [[nodiscard]] const catalog::Relation& first() const { return *parts.front().relation; }
  [[nodiscard]] const catalog::Relation& relation(catalog::Place place) const {
    for (const Part& part : parts) {
      if (part.place == place) return *part.relation;
    }
    return first();
  }
};

}  // namespace pghaul::rows
