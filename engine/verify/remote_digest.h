#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/source.h"
#include "verify/digest.h"

namespace pghaul::verify {

/// Returns what is put before a COPY … TO STDOUT to have its carrier return the rows' digest instead of the
/// rows. `token`: a secret between the carrier and us, so that no stored text is taken for it.
[[nodiscard]] std::string digest_request(const std::string& token, bool binary);

// A digest rendered as a row, and read from one; false when it is none.
[[nodiscard]] std::string encode_digest_row(const Digest& digest);
[[nodiscard]] bool decode_digest_row(std::string_view row, Digest& digest);

/// Reads the last of the rows with a digest: those before it report progress.
[[nodiscard]] Result<Digest> last_reported(pipeline::Source& rows, pipeline::Chunk& buffer);

}  // namespace pghaul::verify
