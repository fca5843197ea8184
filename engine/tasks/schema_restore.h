#pragma once

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/error.h"
#include "postgres/connection_string.h"
#include "schema/entry.h"

namespace pghaul::link {
class NearHalf;
}
namespace pghaul::schema {
class SchemaArchive;
}

namespace pghaul::tasks {

/// Restores entries of what pg_dump wrote of the source into the target.
///
/// Ownership  none of the dump, which outlives it.
/// Threads    any.
class SchemaRestore {
 public:
  /// `target`: with defaults and variables resolved, for pg_restore. `link`: by which that leads; nullptr: by
  /// none. `version`: the target's.
  SchemaRestore(const schema::SchemaArchive& archive, postgres::ConnectionString target,
                std::shared_ptr<link::NearHalf> link, int version, std::stop_token stop)
      : archive_(&archive),
        target_(std::move(target)),
        link_(std::move(link)),
        version_(version),
        stop_(std::move(stop)) {}

  /// Restores `entries`. `again`: an earlier attempt may have come half-way, so only what the target lacks of
  /// them.
  /// Errors  one that names all objects which pg_restore could not create.
  [[nodiscard]] Status restore(const std::vector<schema::Entry>& entries, bool again) const;

 private:
  [[nodiscard]] Result<std::vector<schema::Entry>> entries_of_target() const;

  const schema::SchemaArchive* archive_;
  postgres::ConnectionString target_;
  std::shared_ptr<link::NearHalf> link_;
  int version_;
  std::stop_token stop_;
};

}  // namespace pghaul::tasks
