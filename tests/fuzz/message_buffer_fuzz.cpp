// The bytes of a server, cut into messages. The first byte of an input says how much memory there is, the
// second how many bytes come at a time. A caller that gets no memory for a message may try again, and nothing
// that came before it is lost or read twice.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string>

#include "fuzz/fuzz.h"
#include "postgres/message_buffer.h"

namespace {

std::size_t most_bytes = SIZE_MAX;  // limit of an allocation

}  // namespace

/// Limits arrays alone: the fuzzer's own allocations stay free.
void* operator new[](std::size_t bytes) {
  void* const memory = bytes > most_bytes ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using pghaul::postgres::MessageBuffer;

constexpr std::size_t kUsualBytes = 16;

/// Puts together what the buffer gave: it is the beginning of what came.
class Reader {
 public:
  explicit Reader(std::string_view bytes, std::size_t at_a_time) : bytes_(bytes), at_a_time_(at_a_time) {}

  void run() {
    while (go_on()) continue;
    for (int attempt = 0; attempt < 2; ++attempt) require(!take(), "nothing is left once it has stopped");
  }

 private:
  bool go_on() {
    if (take()) return true;
    if (wrong_ || came_ == bytes_.size()) return false;
    try {
      const std::span<std::byte> room = buffer_.room();
      require(!room.empty(), "there is room while a message is incomplete");
      const std::size_t count = std::min({room.size(), at_a_time_, bytes_.size() - came_});
      std::memcpy(room.data(), bytes_.data() + came_, count);
      std::memset(room.data() + count, 0x5A, room.size() - count);  // all of it can be written
      buffer_.fill(count);
      came_ += count;
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }

  bool take() {
    MessageBuffer::Message message;
    const MessageBuffer::Taken taken = buffer_.take(message);
    wrong_ = taken == MessageBuffer::Taken::wrong;
    if (taken != MessageBuffer::Taken::whole) return false;
    const std::size_t head = 5;
    require(given_ + head + message.body.size() <= came_, "no message is longer than what came");
    require(message.type == bytes_[given_], "a message begins where the last one ended");
    require(message.body.empty() ||
                std::memcmp(message.body.data(), bytes_.data() + given_ + head, message.body.size()) == 0,
            "its body is what came");
    given_ += head + message.body.size();
    buffer_.drop(message);
    return true;
  }

  std::string_view bytes_;
  std::size_t at_a_time_;
  MessageBuffer buffer_{kUsualBytes};
  std::size_t came_ = 0;
  std::size_t given_ = 0;
  bool wrong_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  most_bytes = kUsualBytes + std::size_t{data[0]} * 8;
  Reader(text_of(data + 2, size - 2), std::size_t{data[1]} + 1).run();
  most_bytes = SIZE_MAX;
  return 0;
}
