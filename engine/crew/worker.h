#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "pipeline/chunk.h"
#include "pipeline/lane.h"
#include "postgres/connection.h"
#include "postgres/connection_string.h"
#include "transport/frame_decoder.h"
#include "transport/frame_encoder.h"
#include "transport/level_chooser.h"

namespace pghaul::crew {

/// One worker's connections, one to each server, opened when first needed, and a lane between them.
///
/// Threads    its own; cancel(), lifeline() and sever() from any.
class Worker {
 public:
  struct Endpoints {
    postgres::ConnectionString source;
    postgres::ConnectionString target;
    std::string encoding;                // client_encoding on both
    std::stop_token stop;                // gives up connecting
    std::string toast_compression = {};  // that of the target's sessions; empty: as the target is set
    bool silences_triggers = false;      // the target's sessions fire neither triggers nor foreign keys
  };
  /// `ends` must outlive the worker.
  Worker(int number, const Endpoints& ends) : number_(number), ends_(&ends) {}

  [[nodiscard]] int number() const noexcept { return number_; }
  [[nodiscard]] Result<postgres::Connection*> source();
  [[nodiscard]] Result<postgres::Connection*> target();
  void close_source();
  /// Returns the server that has no session for it, and has had none before; nothing: there was no such
  /// refusal.
  [[nodiscard]] std::optional<postgres::Side> locked_out() const noexcept { return locked_out_; }
  /// Tells whether it has given its task back, and takes no other.
  [[nodiscard]] bool retired() const noexcept { return retired_; }
  void retire() noexcept { retired_ = true; }
  /// Drops connections that a failure has left unusable, or in the middle of something.
  void reconnect();
  /// Tells whether its task has been tried before, and failed.
  [[nodiscard]] bool repeats() const noexcept { return repeats_; }
  void set_repeats(bool repeats) noexcept { repeats_ = repeats; }
  [[nodiscard]] pipeline::Lane& lane();
  /// Returns a buffer for rows that are read for their digest alone.
  [[nodiscard]] pipeline::Chunk& buffer();

  /// Returns a decoder for files of an archive.
  [[nodiscard]] transport::FrameDecoder& unpacker();
  [[nodiscard]] transport::FrameEncoder& packer();
  /// Returns a chooser that keeps its state from one file to the next. `compression`: the same each time.
  [[nodiscard]] transport::LevelChooser& levels(const transport::Compression& compression);

  /// Cancels what this worker has both servers doing.
  void cancel();
  /// Returns the lifeline of its connection to that server; nullptr while it has none.
  [[nodiscard]] std::shared_ptr<postgres::Lifeline> lifeline(postgres::Side side);
  /// Breaks both connections, for when the servers don't respond.
  void sever();

 private:
  [[nodiscard]] Result<postgres::Connection*> connected(std::optional<postgres::Connection>& connection,
                                                        const postgres::ConnectionString& server,
                                                        postgres::Side side,
                                                        std::shared_ptr<postgres::Lifeline>& lifeline);
  [[nodiscard]] Status prepare_target(postgres::Connection& target) const;

  int number_;
  const Endpoints* ends_;
  bool repeats_ = false;
  bool retired_ = false;
  std::optional<postgres::Side> locked_out_;
  std::array<bool, 2> had_session_{};  // by side
  std::optional<postgres::Connection> source_;
  std::optional<postgres::Connection> target_;
  std::optional<pipeline::Lane> lane_;
  std::optional<pipeline::Chunk> buffer_;
  std::optional<transport::FrameDecoder> unpacker_;
  std::optional<transport::FrameEncoder> packer_;
  std::optional<transport::LevelChooser> levels_;
  std::mutex mutex_;  // guards the two lifelines, which other threads use
  std::shared_ptr<postgres::Lifeline> source_lifeline_;
  std::shared_ptr<postgres::Lifeline> target_lifeline_;
};

}  // namespace pghaul::crew
