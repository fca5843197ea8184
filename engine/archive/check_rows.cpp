#include "archive/check_rows.h"

#include <fmt/format.h>

#include "transport/frame_reader.h"
#include "verify/read_back.h"

namespace pghaul::archive {

Status check_rows(transport::ByteInput& file, const Manifest::Rows& rows, transport::FrameDecoder& decoder,
                  pipeline::Chunk& buffer) {
  transport::FrameReader frames(decoder, file);
  const Result<verify::Digest> digest = verify::read_back(frames, buffer);
  if (!digest) return fail(digest.error());
  return check_digest(*digest, rows.rows_digest(), file.name());
}

Status check_digest(const verify::Digest& digest, const verify::Digest& expected, const std::string& name) {
  if (digest == expected) return {};
  return fail(
      ErrorCode::system,
      fmt::format("{} holds other rows than the archive's manifest lists: {} (digest {}) instead of {} ({})",
                  name, digest.rows, digest.hex(), expected.rows, expected.hex()),
      "the archive is damaged, or was put together from several");
}

}  // namespace pghaul::archive
