#include "postgres/message_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>

#include "support/memory_limit.h"

namespace pghaul::postgres {
namespace {

using Taken = MessageBuffer::Taken;

constexpr std::size_t kBytes = 64;

/// Makes a message as a server sends it.
std::string message(char type, const std::string& body) {
  std::string text(1, type);
  const std::size_t length = body.size() + 4;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(length >> shift & 0xFF);
  return text + body;
}

/// Puts as much of `bytes` in as there is room for, and takes that off them.
void put(MessageBuffer& buffer, std::string_view& bytes) {
  const std::span<std::byte> room = buffer.room();
  const std::size_t count = std::min(room.size(), bytes.size());
  std::ranges::copy(std::as_bytes(std::span(bytes.substr(0, count))), room.begin());
  buffer.fill(count);
  bytes.remove_prefix(count);
}

std::string text_of(const MessageBuffer::Message& message) {
  return {reinterpret_cast<const char*>(message.body.data()), message.body.size()};
}

TEST(MessageBuffer, GivesMessagesOneAfterAnotherAndGrowsForAWideOne) {
  const std::string wide(10 * kBytes, 'x');
  const std::string all = message('d', "one") + message('d', wide) + message('c', "");
  std::string_view left = all;
  MessageBuffer buffer(kBytes);
  std::string types;
  std::string bodies;
  MessageBuffer::Message next;
  while (types.size() < 3) {
    if (buffer.take(next) == Taken::incomplete) {
      put(buffer, left);
      continue;
    }
    types += next.type;
    bodies += text_of(next) + ".";
    buffer.drop(next);
  }
  EXPECT_EQ(types, "ddc");
  EXPECT_EQ(bodies, "one." + wide + "..");
  EXPECT_TRUE(left.empty());
}

TEST(MessageBuffer, TakesNoLengthThatLeavesOutItself) {
  MessageBuffer buffer(kBytes);
  std::string_view short_one("d\0\0\0\3", 5);
  put(buffer, short_one);
  MessageBuffer::Message next;
  EXPECT_EQ(buffer.take(next), Taken::wrong);
}

TEST(MessageBuffer, IsAsItWasWhereThereIsNoMemoryForAMessage) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP()
      << "sanitizers end a process that is short of memory; message_buffer_fuzz shows it there";
#endif
  MessageBuffer buffer(kBytes);
  std::string_view head("d\x7f\xff\xff\xff", 5);
  put(buffer, head);
  MessageBuffer::Message next;
  EXPECT_EQ(buffer.take(next), Taken::incomplete);
  const support::MemoryLimit limit(64 << 20);
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_THROW((void)buffer.room(), std::bad_alloc);
    EXPECT_EQ(buffer.take(next), Taken::incomplete);
  }
}

}  // namespace
}  // namespace pghaul::postgres
