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
constexpr std::size_t kLarge = 1_MiB;  // of a message: it keeps the memory that it came in
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
    good = await_room(stop);
    if (good) good = fill(chunk, stop);
    if (!chunk.empty()) hand_over(chunk);  // also what came before the end
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
  while (chunk.messages.small.size() < kChunkBytes) {
    if (Status told = stream_.confirm({durable_.load(std::memory_order_relaxed)}); !told) return told;
    const milliseconds wait = chunk.empty() ? kLookInterval : milliseconds::zero();
    const Result<Received> received = stream_.receive(wait, stop);
    if (!received) return fail(received.error());
    switch (received->kind) {
      case Received::Kind::message:
        chunk.keepalive.reset();
        if (received->message.size() >= kLarge) {
          chunk.messages.large = Large{.memory = stream_.keep(), .received = *received};
          return {};
        }
        append(chunk.messages.small, *received);
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
  std::vector<std::byte>& small = chunk.messages.small;
  const std::optional<Large>& large = chunk.messages.large;
  ahead_bytes_ += small.size() + (large ? large->received.message.size() : 0);
  const bool goes_along = !large && !ahead_.empty() && !ahead_.back().large &&
                          ahead_.back().small.size() + small.size() <= kChunkBytes;
  if (goes_along) {
    std::vector<std::byte>& last = ahead_.back().small;
    last.insert(last.end(), small.begin(), small.end());
    small.clear();
  } else if (!chunk.messages.empty()) {
    ahead_.push_back(std::exchange(chunk.messages, {}));
    if (!spare_.empty()) {
      small = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  came_.notify_one();
}

Result<ReadAhead::Received> ReadAhead::next(milliseconds wait, const std::stop_token& stop) {
  if (is_large_taken_) let_go();
  const bool is_empty = taken_ == current_.small.size() && !current_.large;
  if (is_empty && !fetch(wait, stop)) return take_keepalive();
  if (taken_ == current_.small.size()) {
    is_large_taken_ = true;
    return current_.large->received;
  }
  Head head;
  std::memcpy(&head, current_.small.data() + taken_, sizeof head);
  taken_ += sizeof head;
  const std::span<const std::byte> message(current_.small.data() + taken_, head.bytes);
  taken_ += head.bytes;
  return Received{
      .kind = Received::Kind::message, .server_end = head.server_end, .message = message, .own = {}};
}

/// Frees the large message that was given last.
void ReadAhead::let_go() {
  const std::size_t bytes = current_.large->received.message.size();
  current_.large.reset();
  is_large_taken_ = false;
  const std::scoped_lock lock(mutex_);
  ahead_bytes_ -= bytes;
  taken_away_.notify_one();
}

/// Gives what there is beside messages: a keepalive, the end, or nothing.
Result<ReadAhead::Received> ReadAhead::take_keepalive() {
  const std::scoped_lock lock(mutex_);
  if (!ahead_.empty()) return Received{};  // they have come meanwhile, and are the next to be given
  if (const std::optional<Lsn> keepalive = std::exchange(keepalive_, {})) {
    return Received{.kind = Received::Kind::keepalive, .server_end = *keepalive, .message = {}, .own = {}};
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
  if (current_.small.capacity() <= 2 * kChunkBytes && spare_.size() < kMostSpare) {
    current_.small.clear();
    spare_.push_back(std::move(current_.small));
  }
  current_ = std::move(ahead_.front());
  ahead_.pop_front();
  ahead_bytes_ -= current_.small.size();
  taken_ = 0;
  taken_away_.notify_one();
  return true;
}

}  // namespace pghaul::follow
