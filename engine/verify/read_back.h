#pragma once

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/source.h"
#include "verify/digest.h"
#include "verify/float_digits.h"

namespace pghaul::verify {

/// Reads all rows of `rows` for nothing but their digest. `buffer` holds the rows on their way; `floats` as
/// RowDigest takes them.
[[nodiscard]] Result<Digest> read_back(pipeline::Source& rows, pipeline::Chunk& buffer,
                                       const FloatColumns& floats = {});

}  // namespace pghaul::verify
