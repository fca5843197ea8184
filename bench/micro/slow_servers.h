#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "pipeline/source.h"
#include "support/memory_sink.h"
#include "support/rows.h"

namespace pghaul::bench {

/// The pace of a benchmark's server: for every kBurstBytes it is busy for a while, on cores that are not
/// ours.
struct Pace {
  static constexpr std::size_t kBurstBytes = 256 << 10;
  std::chrono::microseconds mean_work{0};  // exponentially distributed around this
  std::uint64_t seed = 1;
};

/// Both ends of a socket.
///
/// Ownership  owns the descriptors.
class SocketPair {
 public:
  SocketPair();
  ~SocketPair();
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  [[nodiscard]] int client() const noexcept { return ends_[0]; }
  [[nodiscard]] int server() const noexcept { return ends_[1]; }
  void end_client() const noexcept;
  void end_server() const noexcept;

 private:
  int ends_[2];
};

/// A server that sends rows, and a source that takes them as libpq does: reads of 16 kB, and for each row a
/// malloc and a copy.
class SlowSource : public pipeline::Source {
 public:
  SlowSource(const support::RowSet& rows, const Pace& pace);
  ~SlowSource() override;

  Status fill(pipeline::Chunk& chunk) override;
  void cancel() noexcept override {}

 private:
  void serve(const support::RowSet& rows, const Pace& pace) const;
  bool receive(std::size_t bytes);

  SocketPair socket_;
  std::vector<std::byte> buffer_;  // what was read; begin_ to end_ of it is still to be given
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::thread server_;
};

/// A server that takes rows, and a sink that sends them as libpq does: a copy into a buffer, and that
/// written.
class SlowSink : public support::CountingSink {
 public:
  explicit SlowSink(const Pace& pace);
  ~SlowSink() override;

  Status drain(const pipeline::Chunk& chunk) override;
  /// Returns when the server has everything; fails if that is less than was drained.
  Status finish() override;

 private:
  void serve(const Pace& pace);

  SocketPair socket_;
  std::vector<std::byte> buffer_;
  std::size_t served_bytes_ = 0;
  std::thread server_;
};

}  // namespace pghaul::bench
