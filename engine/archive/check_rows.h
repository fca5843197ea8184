#pragma once

#include "archive/manifest.h"
#include "base/error.h"
#include "pipeline/chunk.h"
#include "transport/byte_input.h"
#include "transport/frame_decoder.h"

namespace pghaul::archive {

/// Reads a file's frames only to check that they hold what was written. `buffer` is used for rows. Errors
/// system, with the file and the frame.
[[nodiscard]] Status check_rows(transport::ByteInput& file, const Manifest::Rows& rows,
                                transport::FrameDecoder& decoder, pipeline::Chunk& buffer);
/// Checks that `digest`, taken of rows while they were read, is the manifest's. `name`: the file or table.
[[nodiscard]] Status check_digest(const verify::Digest& digest, const verify::Digest& expected,
                                  const std::string& name);

}  // namespace pghaul::archive
