#include "postgres/copy_out.h"

#include <optional>
#include <utility>

#include "postgres/binary_stream.h"

namespace pghaul::postgres {

CopyOut::CopyOut(std::unique_ptr<CopyData> data, std::shared_ptr<Lifeline> lifeline, CopyFormat format,
                 std::string what)
    : lifeline_(std::move(lifeline)), data_(std::move(data)), format_(format), what_(std::move(what)) {}

Result<CopyOut> CopyOut::begin(Connection& connection, const std::string& sql, CopyFormat format,
                               std::string what) {
  Result<std::unique_ptr<CopyData>> data = begin_copy_out(connection, sql, what);
  if (!data) return fail(data.error());
  return CopyOut(std::move(*data), connection.lifeline(), format, std::move(what));
}

Status CopyOut::fill(pipeline::Chunk& chunk) {
  if (!held_back_.empty()) chunk.append(std::exchange(held_back_, {}));
  const Lifeline::Waiting waiting(*lifeline_);
  while (!ended_) {
    std::span<const std::byte> row;
    const Result<bool> more = data_->next(row);
    if (!more) ended_ = true;
    if (!more) return fail(more.error());
    if (!*more) return check_end();
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
      held_back_ = row;
      return {};
    }
    chunk.append(row);
  }
  return {};
}

Status CopyOut::check_end() {
  ended_ = true;
  if (format_ == CopyFormat::binary && !trailer_seen_) {
    return fail(ErrorCode::server_error, "cannot read " + what_ + ": COPY BINARY ended without its trailer");
  }
  return {};
}

void CopyOut::cancel() noexcept {
  lifeline_->cancel_or_sever();
}

}  // namespace pghaul::postgres
