#include "postgres/replication_stream.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "postgres/quote.h"

namespace pghaul::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStopInterval{100};  // between looks at whether somebody asks to stop
constexpr milliseconds kReadAheadPause{1};
constexpr std::chrono::seconds kStatusInterval{1};
constexpr std::size_t kReportEach =
    128;  // messages that have come already: the clock costs as much as they do

constexpr std::size_t kDataHead = 1 + 8 + 8 + 8;  // 'w', where the data begins, the server's end, its clock
constexpr std::size_t kKeepaliveBytes = 1 + 8 + 8 + 1;

/// Quotes a text as the grammar of replication commands takes it, which knows no backslashes.
std::string option_literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) literal += c == '\'' ? std::string("''") : std::string(1, c);
  return literal + "'";
}

std::string start_command(const ReplicationStream::Start& start) {
  std::string publications;
  for (const std::string& publication : start.publications) {
    publications += (publications.empty() ? "" : ",") + quote(publication);
  }
  return "START_REPLICATION SLOT " + quote(start.slot) + " LOGICAL " + lsn_text(start.from) +
         " (proto_version '1', publication_names " + option_literal(publications) + ")";
}

std::uint64_t big_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | std::to_integer<std::uint64_t>(byte);
  return value;
}

void put(std::uint64_t value, std::span<char> bytes) {
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xFF);
}

/// Since 2000, as the protocol counts time.
std::int64_t microseconds_now() {
  constexpr std::chrono::seconds k2000(946'684'800);
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_1970 - k2000).count();
}

}  // namespace

ReplicationStream::ReplicationStream(Connection connection, const Start& start)
    : connection_(std::make_unique<Connection>(std::move(connection))),
      slot_(start.slot),
      raw_(RawStream::of(connection_->handle())),
      silence_(*connection_),
      last_sent_(steady_clock::now()) {}

Result<ReplicationStream> ReplicationStream::start(Connection connection, const Start& start) {
  const std::string doing = "cannot read the changes of replication slot " + start.slot;
  const Result<PGresult*> result = connection.run(start_command(start));
  if (!result) return result.error().during(doing);
  const bool begun = PQresultStatus(*result) == PGRES_COPY_BOTH;
  Error refusal;
  if (!begun) refusal = connection.error(doing, *result);
  PQclear(*result);
  if (!begun) return fail(std::move(refusal));
  PQsetnonblocking(connection.handle(), 1);
  return ReplicationStream(std::move(connection), start);
}

Result<ReplicationStream::Received> ReplicationStream::receive(milliseconds wait,
                                                               const std::stop_token& stop) {
  std::optional<steady_clock::time_point> deadline;
  for (bool waited = false;; waited = true) {
    char* buffer = nullptr;
    const int bytes = PQgetCopyData(connection_->handle(), &buffer, 1);
    buffer_.reset(buffer);
    if (bytes < 0) return fail(ended());
    if (bytes == 0 || ++unreported_ >= kReportEach) {
      unreported_ = 0;
      if (const Status sent = keep_alive(); !sent) return fail(sent.error());
    }
    if (bytes > 0 && waited) silence_.end();
    if (bytes > 0) return read(static_cast<std::size_t>(bytes));
    if (!deadline) deadline = steady_clock::now() + wait;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - steady_clock::now());
    if (waited && (left <= milliseconds::zero() || stop.stop_requested())) return Received{};
    const Status come = await(std::clamp(left, milliseconds::zero(), kStopInterval), stop);
    if (!come) return fail(come.error());
  }
}

Result<ReplicationStream::Received> ReplicationStream::read(std::size_t bytes) {
  const auto whole = std::as_bytes(std::span(buffer_.get(), bytes));
  const char kind = buffer_.get()[0];
  if (kind == 'w' && bytes >= kDataHead) {
    connection_->lifeline()->add_traffic(bytes);
    return Received{.kind = Received::Kind::message,
                    .server_end = {big_endian(whole.subspan(9, 8))},
                    .message = whole.subspan(kDataHead),
                    .own = std::span(buffer_.get(), bytes).subspan(kDataHead)};
  }
  if (kind == 'k' && bytes == kKeepaliveBytes) {
    const bool wants_answer = whole.back() != std::byte{0};
    if (wants_answer) {
      if (const Status sent = send_status(); !sent) return fail(sent.error());
    }
    return Received{.kind = Received::Kind::keepalive,
                    .server_end = {big_endian(whole.subspan(1, 8))},
                    .message = {},
                    .own = {}};
  }
  return fail(ErrorCode::server_error, "cannot read the changes of replication slot " + slot_ +
                                           ": what came is neither WAL nor a keepalive of the protocol");
}

Status ReplicationStream::await(milliseconds wait, const std::stop_token& stop) {
  PGconn* const handle = connection_->handle();
  const int unsent = PQflush(handle);
  if (unsent < 0) return fail(ended());
  // What encryption has read ahead is not seen by poll(), and of GSSAPI's it can't be asked.
  const bool has_more = raw_ && raw_->has_read_ahead();
  const bool may_have_more = has_more || !raw_;
  if (may_have_more) wait = std::min(wait, kReadAheadPause);
  pollfd socket{PQsocket(handle), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
  const bool ready = poll(&socket, 1, static_cast<int>(wait.count())) > 0;
  if ((ready || may_have_more) && PQconsumeInput(handle) != 1) return fail(ended());
  if (ready || has_more) return {};
  if (Status sent = keep_alive(); !sent) return sent;
  return silence_.check(stop);
}

Status ReplicationStream::confirm(Lsn durable) {
  if (durable <= confirmed_) return {};
  confirmed_ = durable;
  return send_status();
}

Status ReplicationStream::keep_alive() {
  if (steady_clock::now() - last_sent_ < kStatusInterval) return {};
  return send_status();
}

/// Asks for an answer, too: a server that has nothing to send shows by it that it is there.
Status ReplicationStream::send_status() {
  std::array<char, 1 + 8 + 8 + 8 + 8 + 1> status{'r'};
  const std::span<char> fields(status);
  for (const std::size_t written_flushed_applied : {1, 9, 17}) {
    put(confirmed_.value, fields.subspan(written_flushed_applied, 8));
  }
  put(static_cast<std::uint64_t>(microseconds_now()), fields.subspan(25, 8));
  fields.back() = 1;
  last_sent_ = steady_clock::now();
  PGconn* const handle = connection_->handle();
  // It takes none only while its buffer is full, which the server has then stopped reading: once is enough
  // there.
  if (PQputCopyData(handle, status.data(), static_cast<int>(status.size())) < 0) return fail(ended());
  if (PQflush(handle) < 0) return fail(ended());
  return {};
}

/// Says why no more comes: by the server's last message, or by what broke the connection.
Error ReplicationStream::ended() {
  const std::string doing = "cannot read the changes of replication slot " + slot_;
  PGresult* const result = PQgetResult(connection_->handle());
  const bool in_order = result != nullptr && PQresultStatus(result) != PGRES_FATAL_ERROR &&
                        PQstatus(connection_->handle()) == CONNECTION_OK;
  Error error = in_order ? Error{.code = ErrorCode::connection_lost,
                                 .message = doing + ": the source has ended the stream",
                                 .sqlstate = {},
                                 .hint = {}}
                         : connection_->error(doing, result);
  PQclear(result);
  return error;
}

}  // namespace pghaul::postgres
