#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/connection.h"
#include "postgres/raw_stream.h"
#include "postgres/silence.h"

namespace pghaul::postgres {

/// The stream of logical replication out of one slot, in pgoutput's protocol version 1 with values as text.
///
/// Ownership  of the connection, which serves for nothing else from then on. Destroyed, it ends the stream;
///            the slot is free again once the server has noticed.
/// Threads    one at a time.
/// Waiting    no longer than asked for. The server ends a stream of which it hears nothing for
///            wal_sender_timeout: whoever does something else for long calls keep_alive() meanwhile, each
///            second or so.
/// Errors     connection_lost, also when the server ends the stream because it shuts down; server_error, when
///            it can't go on: a publication or WAL is missing.
/// Source     PostgreSQL manual, protocol, "Streaming Replication Protocol".
class ReplicationStream {
 public:
  struct Start {
    std::string slot;
    std::vector<std::string> publications;
    Lsn from;  // what was confirmed to the slot as durable is not sent again, whatever this says
  };
  /// `connection`: by open_for_replication().
  [[nodiscard]] static Result<ReplicationStream> start(Connection connection, const Start& start);

  struct Received {
    enum class Kind { nothing, message, keepalive };
    Kind kind = Kind::nothing;
    Lsn server_end;                      // how far the server has read its WAL, and sent what is in it
    std::span<const std::byte> message;  // of the output plugin; good until the next call
    std::span<char> own;  // the same, where its taker may change it: a zero byte stands behind it
  };
  /// Gives what comes next, nothing after `wait` without it, or once `stop` is requested.
  [[nodiscard]] Result<Received> receive(std::chrono::milliseconds wait, const std::stop_token& stop);

  struct Free {
    void operator()(char* buffer) const noexcept { PQfreemem(buffer); }
  };
  using Buffer = std::unique_ptr<char, Free>;
  /// Gives away the memory of the message that was received last, which is good as long as that is kept.
  [[nodiscard]] Buffer keep() noexcept { return std::move(buffer_); }

  /// Tells the server that all up to `durable` will never be asked for again. Positions only grow.
  [[nodiscard]] Status confirm(Lsn durable);
  /// Sends the server a sign of life, unless one was sent less than a second ago. Does not wait.
  [[nodiscard]] Status keep_alive();

 private:
  ReplicationStream(Connection connection, const Start& start);
  [[nodiscard]] Result<Received> read(std::size_t bytes);
  [[nodiscard]] Status await(std::chrono::milliseconds wait, const std::stop_token& stop);
  [[nodiscard]] Status send_status();
  [[nodiscard]] Error ended();

  std::unique_ptr<Connection> connection_;  // where `silence_` finds it, wherever this is moved to
  std::string slot_;
  std::optional<RawStream> raw_;  // tells what encryption has read ahead
  Silence silence_;
  Lsn confirmed_;
  std::chrono::steady_clock::time_point last_sent_;  // when the server was last sent something
  std::size_t unreported_ = 0;                       // messages since
  Buffer buffer_;
};

}  // namespace pghaul::postgres
