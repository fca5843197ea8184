#pragma once

#include <string>
#include <vector>

#include "catalog/model.h"

/// The SQL of what is built after the rows have landed. Pure: text from catalog values.
namespace pghaul::schema {

/// CREATE INDEX and what belongs to it: statistics targets, CLUSTER ON, replica identity (the latter two
/// only for an index without constraint: with one, add_key() sets them). One statement after another.
[[nodiscard]] std::string create_index(const catalog::IndexInfo& index, const catalog::Relation& relation);

/// Attaches `child`, an index on a partition, to `parent`.
[[nodiscard]] std::string attach_index(const catalog::IndexInfo& parent, const catalog::IndexInfo& child);

/// Whether the constraint's index is built first, by create_index(), and then made a constraint; otherwise
/// add_key() builds it: exclusion constraints, keys of partitioned tables, WITHOUT OVERLAPS.
[[nodiscard]] bool built_from_index(const catalog::Constraint& key, const catalog::Relation& relation);

/// ALTER TABLE … ADD CONSTRAINT of a primary key, a unique or an exclusion constraint, and CLUSTER ON and
/// replica identity of its index.
[[nodiscard]] std::string add_key(const catalog::Constraint& key, const catalog::Relation& relation,
                                  const catalog::IndexInfo& index);

/// ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY, as NOT VALID where that allows checking it under a weaker
/// lock.
[[nodiscard]] std::string add_foreign_key(const catalog::Constraint& key, const catalog::Relation& relation);
/// VALIDATE CONSTRAINT; empty when add_foreign_key() has checked already or the source's isn't valid either.
[[nodiscard]] std::string validate_foreign_key(const catalog::Constraint& key,
                                               const catalog::Relation& relation);

/// setval() of all sequences, in statements of a bounded size.
[[nodiscard]] std::vector<std::string> set_sequences(const std::vector<catalog::Sequence>& sequences);

}  // namespace pghaul::schema
