#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pipeline/sink.h"
#include "postgres/connection.h"
#include "postgres/copy_format.h"

namespace pghaul::postgres {

/// One COPY … FROM STDIN. Sends chunks in messages of at most 256 KiB, and writes the header and
/// trailer of COPY BINARY.
///
/// The server's refusal is noticed at the next chunk, not at the end of the rows: before and while it sends,
/// it listens for an answer, which nothing but an error can be.
///
/// Ownership  none of the connection, which must outlive it and is free again after finish() or abandon().
/// Threads    the lane's writer; cancel() from any.
/// Source     PostgreSQL manual, libpq, "Functions Associated with the COPY Command"; protocol chapter,
///            "COPY Operations".
class CopyIn : public pipeline::Sink {
 public:
  /// `sql` is the whole COPY statement, of the given format; `what` names its rows in errors.
  [[nodiscard]] static Result<CopyIn> begin(Connection& connection, const std::string& sql, CopyFormat format,
                                            std::string what);
  ~CopyIn() override;
  CopyIn(CopyIn&& other) noexcept;
  CopyIn& operator=(CopyIn&&) = delete;

  [[nodiscard]] Status drain(const pipeline::Chunk& chunk) override;
  [[nodiscard]] Status finish() override;
  void abandon(const std::string& reason) noexcept override;
  void cancel() noexcept override;

  /// Rows the server says it has stored; known after finish().
  [[nodiscard]] std::int64_t rows_stored() const noexcept { return rows_stored_; }

 private:
  CopyIn(Connection& connection, CopyFormat format, std::string what);
  [[nodiscard]] Status send(std::span<const std::byte> bytes);
  [[nodiscard]] Status flush();
  [[nodiscard]] Status end(const char* failure);

  Connection* connection_;  // nullptr once ended or moved from
  std::shared_ptr<Lifeline> lifeline_;
  CopyFormat format_;
  std::string what_;
  std::int64_t rows_stored_ = 0;
};

}  // namespace pghaul::postgres
