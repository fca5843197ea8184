#pragma once

#include "base/error.h"
#include "discovery/discovery.h"
#include "pipeline/chunk.h"
#include "pipeline/lane.h"
#include "plan/cost.h"
#include "postgres/connection.h"

namespace pghaul::estimate {

/// Copies a few hundred large objects' first pieces as a copy does, and a large one that is made of them, in
/// a transaction that is rolled back; sets the measured times in `rates`.
///
/// Reads  at most 8 MB of objects.
[[nodiscard]] Status sample_large_objects(const discovery::Discovery& found, postgres::Connection& source,
                                          postgres::Connection& target, pipeline::Lane& lane,
                                          pipeline::Chunk& buffer, plan::Rates& rates);

}  // namespace pghaul::estimate
