#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "catalog/model.h"
#include "pipeline/chunk.h"
#include "plan/task_graph.h"
#include "postgres/connection.h"
#include "verify/digest.h"

/// Rows that are read for nothing but their digest.
namespace pghaul::tasks {

class WorkPlan;

/// Returns the digest, or just the number, of the task's rows of one relation. `pages`: how many blocks it
/// has on that server; absent: the server is asked.
[[nodiscard]] Result<verify::Digest> digest_of_relation(pipeline::Chunk& buffer, postgres::Connection& server,
                                                        const WorkPlan& work, const plan::Task& task,
                                                        catalog::Place place,
                                                        std::optional<std::uint32_t> pages);

/// Returns the digest of the large objects of one range, within a transaction.
[[nodiscard]] Result<verify::Digest> digest_of_large_objects(pipeline::Chunk& buffer,
                                                             postgres::Connection& server,
                                                             const catalog::Catalog& source,
                                                             catalog::Place range);

/// Returns how many blocks the table has now.
[[nodiscard]] Result<std::uint32_t> pages_of(postgres::Connection& server, const catalog::Relation& relation);

}  // namespace pghaul::tasks
