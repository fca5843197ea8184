#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/lsn.h"
#include "postgres/replication_stream.h"

namespace pghaul::follow {

/// Reads a stream on a thread of its own, ahead of whoever takes its messages. A socket holds no more than a
/// few hundred small messages: without this the source would decode only while nobody writes to the target.
///
/// The thread also confirms positions and keeps the stream alive, however long the taker does something else.
/// Of the server's keepalives only one that nothing has come after is given: a server that has just sent all
/// it has says so each time, and whoever takes that for a pause would stop gathering.
///
/// Ownership  of the stream.
/// Memory     about 10 MB, and the widest message, which libpq has once more. The next one is not read while
/// a
///            large one is being taken.
/// Threads    its own for the stream, and one at a time for its functions.
/// Waiting    no longer than asked for; its destruction waits for the thread, a few hundredths of a second.
/// Errors     those of the stream, once all that came before has been taken.
class ReadAhead {
 public:
  using Received = postgres::ReplicationStream::Received;

  explicit ReadAhead(postgres::ReplicationStream stream);

  /// Gives what comes next, good until the next call; nothing after `wait` without it, or once `stop` is
  /// requested.
  [[nodiscard]] Result<Received> next(std::chrono::milliseconds wait, const std::stop_token& stop);
  /// Has the server told that all up to `durable` will never be asked for again. Positions only grow.
  void confirm(Lsn durable) noexcept { durable_.store(durable.value, std::memory_order_relaxed); }

 private:
  /// A message that is too large to be copied.
  struct Large {
    postgres::ReplicationStream::Buffer memory;
    Received received;
  };
  /// What was received, one after another.
  struct Messages {
    std::vector<std::byte> small;
    std::optional<Large> large;  // after all of them
    [[nodiscard]] bool empty() const noexcept { return small.empty() && !large; }
  };
  struct Chunk {
    Messages messages;
    std::optional<Lsn> keepalive;  // after all of them
    [[nodiscard]] bool empty() const noexcept { return messages.empty() && !keepalive; }
  };

  [[nodiscard]] Status read(const std::stop_token& stop);
  void end(Error error);
  [[nodiscard]] Status fill(Chunk& chunk, const std::stop_token& stop);
  [[nodiscard]] Status await_room(const std::stop_token& stop);
  void hand_over(Chunk& chunk);
  void let_go();
  [[nodiscard]] Result<Received> take_keepalive();
  [[nodiscard]] bool fetch(std::chrono::milliseconds wait, const std::stop_token& stop);

  // The thread's
  postgres::ReplicationStream stream_;

  // The taker's
  Messages current_;
  std::size_t taken_ = 0;        // bytes of its small ones
  bool is_large_taken_ = false;  // and still in use

  std::atomic<std::uint64_t> durable_{0};
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::condition_variable_any taken_away_;
  std::deque<Messages> ahead_;
  std::vector<std::vector<std::byte>> spare_;
  std::size_t ahead_bytes_ = 0;   // and of a large message that is being taken
  std::optional<Lsn> keepalive_;  // after all that is ahead
  std::optional<Error> end_;

  std::jthread thread_;  // the last: it uses all others
};

}  // namespace pghaul::follow
