#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "pipeline/source.h"
#include "postgres/connection.h"
#include "postgres/copy_data.h"
#include "postgres/copy_format.h"

namespace pghaul::postgres {

/// Rows of one COPY … TO STDOUT. Takes the header and trailer of COPY BINARY off: a chunk holds only rows.
///
/// Ownership  none of the connection, which must outlive it, is free again once the rows have ended or were
///            abandoned, and breaks where they were neither.
/// Threads    the lane's reader; cancel() from any.
/// Errors     server_error, connection_lost; a stream that breaks the format is server_error too.
/// Source     PostgreSQL manual, page COPY, "Binary Format".
class CopyOut : public pipeline::Source {
 public:
  /// `sql` is the whole COPY statement, of the given format; `what` names its rows in errors.
  [[nodiscard]] static Result<CopyOut> begin(Connection& connection, const std::string& sql,
                                             CopyFormat format, std::string what);

  [[nodiscard]] Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override;
  void abandon() override { data_->drop_rest(); }

 private:
  CopyOut(std::unique_ptr<CopyData> data, std::shared_ptr<Lifeline> lifeline, CopyFormat format,
          std::string what);
  [[nodiscard]] Status check_end();

  std::shared_ptr<Lifeline> lifeline_;
  std::unique_ptr<CopyData> data_;
  CopyFormat format_;
  std::string what_;
  std::span<const std::byte> held_back_;  // a row that had no room in the last chunk
  bool header_seen_ = false;
  bool trailer_seen_ = false;
  bool ended_ = false;
};

}  // namespace pghaul::postgres
