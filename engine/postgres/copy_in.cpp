#include "postgres/copy_in.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/guard.h"
#include "base/units.h"

namespace pghaul::postgres {
namespace {

// Signature, no flags, no header extension; the trailer is a field count of -1.
constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kTrailer("\377\377", 2);
// libpq keeps a buffer as large as the largest message: a wide row goes in pieces.
constexpr std::size_t kMessageBytes = 256_KiB;

std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

CopyIn::CopyIn(Connection& connection, CopyFormat format, std::string what)
    : connection_(&connection), lifeline_(connection.lifeline()), format_(format), what_(std::move(what)) {}

CopyIn::CopyIn(CopyIn&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      lifeline_(std::move(other.lifeline_)),
      format_(other.format_),
      what_(std::move(other.what_)),
      rows_stored_(other.rows_stored_) {}

CopyIn::~CopyIn() {
  if (connection_ != nullptr) lifeline_->sever();
}

Result<CopyIn> CopyIn::begin(Connection& connection, const std::string& sql, CopyFormat format,
                             std::string what) {
  const Result<PGresult*> result = connection.run(sql);
  if (!result) return result.error().during("cannot write " + what);
  const bool begun = PQresultStatus(*result) == PGRES_COPY_IN;
  Error refusal;
  if (!begun) refusal = connection.error("cannot write " + what, *result);
  PQclear(*result);
  if (!begun) return fail(std::move(refusal));
  PQsetnonblocking(connection.handle(), 1);
  CopyIn copy(connection, format, std::move(what));
  if (format == CopyFormat::binary) {
    const Status sent = copy.send(as_bytes(kHeader));
    if (!sent) return fail(sent.error());
  }
  return copy;
}

Status CopyIn::drain(const pipeline::Chunk& chunk) {
  std::span<const std::byte> left = chunk.bytes();
  while (!left.empty()) {
    const std::size_t piece = std::min(left.size(), kMessageBytes);
    const Status sent = send(left.first(piece));
    if (!sent) return sent;
    left = left.subspan(piece);
  }
  return {};
}

Status CopyIn::finish() {
  if (format_ == CopyFormat::binary) {
    const Status sent = send(as_bytes(kTrailer));
    if (!sent) return sent;
  }
  return end(nullptr);
}

void CopyIn::abandon(const std::string& reason) noexcept {
  if (connection_ == nullptr) return;
  [[maybe_unused]] const Status ended = guarded("ending a COPY", [&] { return end(reason.c_str()); });
}

void CopyIn::cancel() noexcept {
  lifeline_->cancel_or_sever();
}

Status CopyIn::send(std::span<const std::byte> bytes) {
  lifeline_->add_traffic(bytes.size());
  PGconn* handle = connection_->handle();
  const char* start = reinterpret_cast<const char*>(bytes.data());
  if (PQputCopyData(handle, start, static_cast<int>(bytes.size())) != 1) {
    return end("the client could not send");
  }
  return flush();
}

/// Waits here rather than in libpq, so that an error the server sends meanwhile is seen at once.
Status CopyIn::flush() {
  PGconn* handle = connection_->handle();
  for (;;) {
    const int pending = PQflush(handle);
    pollfd socket{PQsocket(handle), static_cast<short>(pending == 1 ? POLLIN | POLLOUT : POLLIN), 0};
    const Lifeline::Waiting waiting(*lifeline_);
    const int ready = poll(&socket, 1, pending == 1 ? -1 : 0);
    const bool answered = ready > 0 && (socket.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    if (pending == -1 || answered) return end("the server has answered before the end of the rows");
    if (pending == 0) return {};
  }
}

/// Ends the COPY, successfully or with `failure`, and leaves the connection ready for the next statement.
Status CopyIn::end(const char* failure) {
  Connection& connection = *std::exchange(connection_, nullptr);
  PGconn* handle = connection.handle();
  PQsetnonblocking(handle, 0);
  const Lifeline::Waiting waiting(*lifeline_);
  PQputCopyEnd(handle, failure);  // a failure to send shows in the result
  if (const Status answered = connection.await_answer(); !answered) return answered;
  PGresult* result = PQgetResult(handle);
  const bool stored = PQresultStatus(result) == PGRES_COMMAND_OK;
  Error error;
  if (stored) {
    const std::string_view count = PQcmdTuples(result);
    std::from_chars(count.data(), count.data() + count.size(), rows_stored_);
  } else {
    error = connection.error("cannot write " + what_, result);
  }
  PQclear(result);
  while (PGresult* rest = PQgetResult(handle)) PQclear(rest);
  if (!stored) return fail(std::move(error));
  if (failure != nullptr) return fail(ErrorCode::internal, "writing " + what_ + " ended early: " + failure);
  return {};
}

}  // namespace pghaul::postgres
