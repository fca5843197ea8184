#include "verify/digest_of_copy.h"

#include "postgres/copy_out.h"
#include "verify/read_back.h"
#include "verify/remote_digest.h"

namespace pghaul::verify {

Result<Digest> digest_of_copy(pipeline::Chunk& buffer, postgres::Connection& server, const CopiedOut& rows) {
  std::string sql = rows.sql;
  const bool far = rows.stays_far(server);
  if (far) {
    sql.insert(0, digest_request(server.detour()->digest_token, rows.format == postgres::CopyFormat::binary));
  }
  Result<postgres::CopyOut> copied =
      postgres::CopyOut::begin(server, sql, far ? postgres::CopyFormat::text : rows.format, rows.what);
  if (!copied) return fail(copied.error());
  if (far) return last_reported(*copied, buffer);
  return read_back(*copied, buffer, rows.floats);
}

}  // namespace pghaul::verify
