#include "verify/read_back.h"

#include "verify/row_digest.h"

namespace pghaul::verify {

Result<Digest> read_back(pipeline::Source& rows, pipeline::Chunk& buffer, const FloatColumns& floats) {
  RowDigest digest(floats);
  for (;;) {
    buffer.clear();
    const Status filled = rows.fill(buffer);
    if (!filled) return fail(filled.error());
    if (buffer.empty()) return digest.digest();
    digest.see(buffer);
  }
}

}  // namespace pghaul::verify
