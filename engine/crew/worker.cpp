#include "crew/worker.h"

#include <utility>

#include "base/units.h"
#include "crew/retry.h"
#include "postgres/quote.h"

namespace pghaul::crew {

Result<postgres::Connection*> Worker::source() {
  return connected(source_, ends_->source, postgres::Side::source, source_lifeline_);
}

Result<postgres::Connection*> Worker::target() {
  return connected(target_, ends_->target, postgres::Side::target, target_lifeline_);
}

Result<postgres::Connection*> Worker::connected(std::optional<postgres::Connection>& connection,
                                                const postgres::ConnectionString& server, postgres::Side side,
                                                std::shared_ptr<postgres::Lifeline>& lifeline) {
  if (!connection) {
    Result<postgres::Connection> opened =
        postgres::Connection::open(server, side, ends_->encoding, ends_->stop);
    bool& had_session = had_session_[side == postgres::Side::source ? 0 : 1];
    if (!opened && !had_session && has_no_place(opened.error())) locked_out_ = side;
    if (!opened) return fail(opened.error());
    locked_out_.reset();
    had_session = true;
    if (side == postgres::Side::target) {
      if (const Status set = prepare_target(*opened); !set) return fail(set.error());
    }
    connection.emplace(std::move(*opened));
    const std::lock_guard lock(mutex_);
    lifeline = connection->lifeline();
  }
  return &*connection;
}

Status Worker::prepare_target(postgres::Connection& target) const {
  if (ends_->silences_triggers) {
    if (Status set = target.execute("SET session_replication_role = replica"); !set) return set;
  }
  if (ends_->toast_compression.empty()) return {};
  return target.execute("SET default_toast_compression = " +
                        postgres::quote_literal(ends_->toast_compression));
}

void Worker::close_source() {
  source_.reset();
  const std::lock_guard lock(mutex_);
  source_lifeline_.reset();
}

void Worker::reconnect() {
  close_source();
  target_.reset();
  const std::lock_guard lock(mutex_);
  target_lifeline_.reset();
}

pipeline::Lane& Worker::lane() {
  if (!lane_) lane_.emplace(pipeline::Lane::Options{});
  return *lane_;
}

pipeline::Chunk& Worker::buffer() {
  if (!buffer_) buffer_.emplace(pipeline::Lane::Options{}.chunk_bytes);
  return *buffer_;
}

transport::FrameDecoder& Worker::unpacker() {
  if (!unpacker_) unpacker_.emplace();
  return *unpacker_;
}

transport::FrameEncoder& Worker::packer() {
  if (!packer_) packer_.emplace();
  return *packer_;
}

transport::LevelChooser& Worker::levels(const transport::Compression& compression) {
  constexpr int kLowest = 1;  // a large archive is of little use, however fast it was written
  if (!levels_) levels_.emplace(compression, kLowest);
  return *levels_;
}

std::shared_ptr<postgres::Lifeline> Worker::lifeline(postgres::Side side) {
  const std::lock_guard lock(mutex_);
  return side == postgres::Side::source ? source_lifeline_ : target_lifeline_;
}

void Worker::cancel() {
  for (const postgres::Side side : {postgres::Side::source, postgres::Side::target}) {
    if (const auto line = lifeline(side)) line->cancel_soon();
  }
}

void Worker::sever() {
  for (const postgres::Side side : {postgres::Side::source, postgres::Side::target}) {
    if (const auto line = lifeline(side)) line->sever();
  }
}

}  // namespace pghaul::crew
