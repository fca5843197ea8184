#pragma once

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/source.h"
#include "verify/digest.h"

namespace pghaul::verify {

/// Reads all rows of `rows` for nothing but their digest. `buffer` is used for the rows on their way.
[[nodiscard]] Result<Digest> read_back(pipeline::Source& rows, pipeline::Chunk& buffer);

}  // namespace pghaul::verify
