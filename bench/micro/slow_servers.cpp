#include "slow_servers.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

#include "base/units.h"

namespace pghaul::bench {

namespace {

constexpr std::size_t kServerBuffer = 8_KiB;  // PqSendBuffer and PqRecvBuffer of a PostgreSQL server
constexpr std::size_t kLibpqBuffer = 16_KiB;  // libpq's input buffer to begin with
using Length = std::uint32_t;                 // what stands before each row

class Work {
 public:
  explicit Work(const Pace& pace)
      : random_(pace.seed),
        seconds_(1e6 / static_cast<double>(std::max<long>(pace.mean_work.count(), 1))),
        idle_(pace.mean_work.count() == 0) {}

  void for_bytes(std::size_t bytes) {
    bytes_ += bytes;
    if (idle_ || bytes_ < Pace::kBurstBytes) return;
    bytes_ -= Pace::kBurstBytes;
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds_(random_)));
  }

 private:
  std::mt19937_64 random_;
  std::exponential_distribution<double> seconds_;
  bool idle_;
  std::size_t bytes_ = 0;
};

void send_all(int descriptor, const std::byte* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) std::abort();
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
}

struct Free {
  void operator()(std::byte* memory) const noexcept { std::free(memory); }
};

}  // namespace

SocketPair::SocketPair() {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) != 0) std::abort();
}

SocketPair::~SocketPair() {
  close(ends_[0]);
  close(ends_[1]);
}

void SocketPair::end_client() const noexcept {
  shutdown(client(), SHUT_WR);
}
void SocketPair::end_server() const noexcept {
  shutdown(server(), SHUT_WR);
}

SlowSource::SlowSource(const support::RowSet& rows, const Pace& pace)
    : buffer_(kLibpqBuffer), server_([this, &rows, pace] { serve(rows, pace); }) {}

SlowSource::~SlowSource() {
  server_.join();
}

void SlowSource::serve(const support::RowSet& rows, const Pace& pace) const {
  Work work(pace);
  std::vector<std::byte> buffer;
  const auto put = [&](const std::byte* bytes, std::size_t count) {
    buffer.insert(buffer.end(), bytes, bytes + count);
    if (buffer.size() < kServerBuffer) return;
    work.for_bytes(buffer.size());
    send_all(socket_.server(), buffer.data(), buffer.size());
    buffer.clear();
  };
  for (const std::vector<std::byte>& row : rows.rows) {
    const auto length = static_cast<Length>(row.size());
    put(reinterpret_cast<const std::byte*>(&length), sizeof(length));
    put(row.data(), row.size());
  }
  send_all(socket_.server(), buffer.data(), buffer.size());
  socket_.end_server();
}

Status SlowSource::fill(pipeline::Chunk& chunk) {
  while (receive(sizeof(Length))) {
    Length row_bytes = 0;
    std::memcpy(&row_bytes, buffer_.data() + begin_, sizeof(row_bytes));
    if (!chunk.has_room_for(row_bytes)) break;
    if (!receive(sizeof(Length) + row_bytes)) return fail(ErrorCode::system, "the rows end within a row");
    const std::unique_ptr<std::byte, Free> row(static_cast<std::byte*>(std::malloc(row_bytes)));
    std::memcpy(row.get(), buffer_.data() + begin_ + sizeof(Length), row_bytes);
    chunk.append({row.get(), row_bytes});
    begin_ += sizeof(Length) + row_bytes;
  }
  return {};
}

/// Has at least `bytes` in the buffer from begin_ on; false if the rows end before.
bool SlowSource::receive(std::size_t bytes) {
  while (end_ - begin_ < bytes) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() < bytes) buffer_.resize(bytes);
    const ssize_t count = recv(socket_.client(), buffer_.data() + end_, buffer_.size() - end_, 0);
    if (count <= 0) return false;
    end_ += static_cast<std::size_t>(count);
  }
  return true;
}

SlowSink::SlowSink(const Pace& pace) : server_([this, pace] { serve(pace); }) {}

SlowSink::~SlowSink() {
  socket_.end_client();
  if (server_.joinable()) server_.join();
}

void SlowSink::serve(const Pace& pace) {
  Work work(pace);
  std::array<std::byte, kServerBuffer> buffer;
  for (;;) {
    const ssize_t count = recv(socket_.server(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return;
    served_bytes_ += static_cast<std::size_t>(count);
    work.for_bytes(static_cast<std::size_t>(count));
  }
}

Status SlowSink::drain(const pipeline::Chunk& chunk) {
  buffer_.assign(chunk.bytes().begin(), chunk.bytes().end());
  send_all(socket_.client(), buffer_.data(), buffer_.size());
  return CountingSink::drain(chunk);
}

Status SlowSink::finish() {
  socket_.end_client();
  server_.join();
  if (served_bytes_ != bytes())
    return fail(ErrorCode::system, "the server took fewer bytes than it was sent");
  return {};
}

}  // namespace pghaul::bench
