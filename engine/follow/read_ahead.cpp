#include "follow/read_ahead.h"

#include <cstring>
#include <utility>

#include "base/guard.h"
#include "base/units.h"

namespace pghaul::follow {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kChunkBytes = 64_KiB;
constexpr std::size_t kMostAhead = 4_MiB;
constexpr std::size_t kMostSpare = 4;
constexpr milliseconds kLookInterval{20};  // at what is to be confirmed, and at whether the thread is to end
constexpr milliseconds kAliveInterval{500};
constexpr std::chrono::microseconds kNap{200};

/// What stands before each message in a chunk.
struct Head {
  Lsn server_end;
  std::size_t bytes = 0;
};

void append(std::vector<std::byte>& messages, const ReadAhead::Received& received) {
  const Head head{.server_end = received.server_end, .bytes = received.message.size()};
  const auto* const bytes = reinterpret_cast<const std::byte*>(&head);
  messages.insert(messages.end(), bytes, bytes + sizeof head);
  messages.insert(messages.end(), received.message.begin(), received.message.end());
}

}  // namespace

ReadAhead::ReadAhead(postgres::ReplicationStream stream)
    : stream_(std::move(stream)),
      thread_(guarded_thread(
          "reading the source's changes", [this](const std::stop_token& stop) { return read(stop); },
          [this](Error error) { end(std::move(error)); })) {}

Status ReadAhead::read(const std::stop_token& stop) {
  Chunk chunk;
  Status good;
  while (good && !stop.stop_requested()) {
    good = fill(chunk, stop);
    if (chunk.empty()) continue;
    if (good) good = await_room(stop);
    hand_over(chunk);  // also what came before the end
  }
  return good;
}

void ReadAhead::end(Error error) {
  const std::scoped_lock lock(mutex_);
  end_ = std::move(error);
  came_.notify_one();
}

/// Fills `chunk` with what has come; where nothing has, waits for it a little.
Status ReadAhead::fill(Chunk& chunk, const std::stop_token& stop) {
  bool napped = false;
  while (chunk.messages.size() < kChunkBytes) {
    if (Status told = stream_.confirm({durable_.load(std::memory_order_relaxed)}); !told) return told;
    const milliseconds wait = chunk.empty() ? kLookInterval : milliseconds::zero();
    const Result<Received> received = stream_.receive(wait, stop);
    if (!received) return fail(received.error());
    switch (received->kind) {
      case Received::Kind::message:
        append(chunk.messages, *received);
        chunk.keepalive.reset();
        break;
      case Received::Kind::keepalive:
        chunk.keepalive = received->server_end;
        break;
      case Received::Kind::nothing:
        if (chunk.empty() || std::exchange(napped, true)) return {};
        std::this_thread::sleep_for(kNap);  // lets messages come together
        break;
    }
  }
  return {};
}

/// Waits until the taker has taken enough, and keeps the stream alive meanwhile.
Status ReadAhead::await_room(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!taken_away_.wait_for(lock, stop, kAliveInterval, [&] { return ahead_bytes_ < kMostAhead; })) {
    if (stop.stop_requested()) return {};
    lock.unlock();
    Status told = stream_.confirm({durable_.load(std::memory_order_relaxed)});
    if (told) told = stream_.keep_alive();
    if (!told) return told;
    lock.lock();
  }
  return {};
}

void ReadAhead::hand_over(Chunk& chunk) {
  const std::scoped_lock lock(mutex_);
  keepalive_ = std::exchange(chunk.keepalive, {});
  std::vector<std::byte>& messages = chunk.messages;
  ahead_bytes_ += messages.size();
  if (!messages.empty() && !ahead_.empty() && ahead_.back().size() + messages.size() <= kChunkBytes) {
    ahead_.back().insert(ahead_.back().end(), messages.begin(), messages.end());
    messages.clear();
  } else if (!messages.empty()) {
    ahead_.push_back(std::move(messages));
    messages = {};
    if (!spare_.empty()) {
      messages = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  came_.notify_one();
}

Result<ReadAhead::Received> ReadAhead::next(milliseconds wait, const std::stop_token& stop) {
  if (taken_ == current_.size() && !fetch(wait, stop)) return take_keepalive();
  Head head;
  std::memcpy(&head, current_.data() + taken_, sizeof head);
  taken_ += sizeof head;
  const std::span<const std::byte> message(current_.data() + taken_, head.bytes);
  taken_ += head.bytes;
  return Received{.kind = Received::Kind::message, .server_end = head.server_end, .message = message};
}

/// Gives what there is beside messages: a keepalive, the end, or nothing.
Result<ReadAhead::Received> ReadAhead::take_keepalive() {
  const std::scoped_lock lock(mutex_);
  if (!ahead_.empty()) return Received{};  // they have come meanwhile, and are the next to be given
  if (const std::optional<Lsn> keepalive = std::exchange(keepalive_, {})) {
    return Received{.kind = Received::Kind::keepalive, .server_end = *keepalive, .message = {}};
  }
  if (end_) return fail(*end_);
  return Received{};
}

/// Waits for messages; false: there are none.
bool ReadAhead::fetch(milliseconds wait, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto has_come = [&] { return !ahead_.empty() || keepalive_ || end_; };
  if (!has_come() && wait > milliseconds::zero()) came_.wait_for(lock, stop, wait, has_come);
  if (ahead_.empty()) return false;
  if (current_.capacity() <= 2 * kChunkBytes && spare_.size() < kMostSpare) {
    current_.clear();
    spare_.push_back(std::move(current_));
  }
  current_ = std::move(ahead_.front());
  ahead_.pop_front();
  ahead_bytes_ -= current_.size();
  taken_ = 0;
  taken_away_.notify_one();
  return true;
}

}  // namespace pghaul::follow
