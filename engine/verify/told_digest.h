#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/source.h"
#include "verify/digest.h"

namespace pghaul::verify {

/// Before a COPY … TO STDOUT: whoever carries it is to give the rows' digest instead of the rows. `token`: a
/// secret between that one and us, so that no stored text is taken for it.
[[nodiscard]] std::string digest_request(const std::string& token, bool binary);

/// A digest as a row, and back; false when it is none.
[[nodiscard]] std::string told(const Digest& digest);
[[nodiscard]] bool read_told(std::string_view row, Digest& digest);

/// The last of the rows that tell one: those before it tell how far it has come.
[[nodiscard]] Result<Digest> last_told(pipeline::Source& rows, pipeline::Chunk& buffer);

}  // namespace pghaul::verify
