#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "pipeline/source.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"

namespace pghaul::postgres {

/// Rows of one COPY … TO STDOUT. Takes the header and trailer of COPY BINARY off: a chunk holds only rows.
///
/// Ownership  none of the connection, which must outlive it and is free again once the rows have ended.
/// Threads    the lane's reader; cancel() from any.
/// Errors     server_error, connection_lost; a stream that breaks the format is server_error too.
/// Source     PostgreSQL manual, libpq, "Functions Associated with the COPY Command"; page COPY,
///            "Binary Format".
class CopyOut : public pipeline::Source {
 public:
  /// `sql` is the whole COPY statement, of the given format; `what` names its rows in errors.
  [[nodiscard]] static Result<CopyOut> begin(Connection& connection, const std::string& sql,
                                             CopyFormat format, std::string what);

  [[nodiscard]] Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override;

 private:
  CopyOut(Connection& connection, CopyFormat format, std::string what);
  [[nodiscard]] Status finish();

  struct Free {
    void operator()(char* buffer) const noexcept { PQfreemem(buffer); }
  };
  Connection* connection_;
  std::shared_ptr<Lifeline> lifeline_;
  CopyFormat format_;
  std::string what_;
  std::unique_ptr<char, Free> held_back_;  // a row that had no room in the last chunk
  std::size_t held_back_offset_ = 0;       // of the row in it
  std::size_t held_back_bytes_ = 0;
  bool header_seen_ = false;
  bool trailer_seen_ = false;
  bool ended_ = false;
};

}  // namespace pghaul::postgres
