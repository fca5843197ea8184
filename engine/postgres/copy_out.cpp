#include "postgres/copy_out.h"

#include <optional>
#include <span>
#include <utility>

#include "postgres/binary_stream.h"

namespace pghaul::postgres {

CopyOut::CopyOut(Connection& connection, CopyFormat format, std::string what)
    : connection_(&connection), lifeline_(connection.lifeline()), format_(format), what_(std::move(what)) {}

Result<CopyOut> CopyOut::begin(Connection& connection, const std::string& sql, CopyFormat format,
                               std::string what) {
  const Result<PGresult*> result = connection.run(sql);
  if (!result) return result.error().during("cannot read " + what);
  const bool begun = PQresultStatus(*result) == PGRES_COPY_OUT;
  Error refusal;
  if (!begun) refusal = connection.error("cannot read " + what, *result);
  PQclear(*result);
  if (!begun) return fail(std::move(refusal));
  return CopyOut(connection, format, std::move(what));
}

Status CopyOut::fill(pipeline::Chunk& chunk) {
  if (held_back_) {
    const std::span row(reinterpret_cast<const std::byte*>(held_back_.get()) + held_back_offset_,
                        held_back_bytes_ - held_back_offset_);
    chunk.append(row);
    held_back_.reset();
  }
  const Lifeline::Waiting waiting(*lifeline_);
  while (!ended_) {
    char* buffer = nullptr;
    const int bytes = PQgetCopyData(connection_->handle(), &buffer, 0);
    if (bytes < 0) return finish();
    std::unique_ptr<char, Free> message(buffer);
    lifeline_->add_traffic(static_cast<std::uint64_t>(bytes));
    std::span<const std::byte> row(reinterpret_cast<const std::byte*>(buffer),
                                   static_cast<std::size_t>(bytes));
    if (format_ == CopyFormat::binary) {
      if (!header_seen_) {
        const std::optional<std::span<const std::byte>> rest = without_header(row);
        if (!rest) {
          return fail(ErrorCode::server_error, "cannot read " + what_ + ": this is not COPY BINARY",
                      "is something between pghaul and the server that changes what it sends?");
        }
        header_seen_ = true;
        row = *rest;
        if (row.empty()) continue;
      }
      if (is_trailer(row)) {
        trailer_seen_ = true;
        continue;
      }
    }
    if (!chunk.has_room_for(row.size())) {
      held_back_offset_ = static_cast<std::size_t>(bytes) - row.size();
      held_back_bytes_ = static_cast<std::size_t>(bytes);
      held_back_ = std::move(message);
      return {};
    }
    chunk.append(row);
  }
  return {};
}

Status CopyOut::finish() {
  ended_ = true;
  PGconn* handle = connection_->handle();
  PGresult* result = PQgetResult(handle);
  const bool complete = PQresultStatus(result) == PGRES_COMMAND_OK;
  Error failure;
  if (!complete) failure = connection_->error("cannot read " + what_, result);
  PQclear(result);
  while (PGresult* rest = PQgetResult(handle)) PQclear(rest);
  if (!complete) return fail(std::move(failure));
  if (format_ == CopyFormat::binary && !trailer_seen_) {
    return fail(ErrorCode::server_error, "cannot read " + what_ + ": COPY BINARY ended without its trailer");
  }
  return {};
}

void CopyOut::cancel() noexcept {
  Lifeline::cancel_or_sever(lifeline_);
}

}  // namespace pghaul::postgres
