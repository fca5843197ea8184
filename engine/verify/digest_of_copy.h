#pragma once

#include <string>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"
#include "verify/digest.h"
#include "verify/float_digits.h"

namespace pghaul::verify {

/// A COPY … TO STDOUT, with the form of its rows.
struct CopiedOut {
  std::string sql;
  postgres::CopyFormat format;
  FloatColumns floats;
  std::string what;  // for errors: "rows of public.orders"

  /// Tells whether a link's far half can return the digest, so that no row needs to cross the link.
  [[nodiscard]] bool stays_far(const postgres::Connection& server) const {
    return server.detour() != nullptr && floats.empty();
  }
};

/// Returns the digest of its rows; over a link, they stay where they are.
[[nodiscard]] Result<Digest> digest_of_copy(pipeline::Chunk& buffer, postgres::Connection& server,
                                            const CopiedOut& rows);

}  // namespace pghaul::verify
