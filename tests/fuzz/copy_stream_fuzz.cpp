// The messages of COPY BINARY, as a server sends them: each led by a byte that says how long it is. Removing
// the header removes what stands there, and nothing of the rows.

#include <cstring>

#include "fuzz/fuzz.h"
#include "postgres/binary_stream.h"

namespace {

constexpr std::size_t kHeaderBytes = 19;

void read_message(std::span<const std::byte> message) {
  const auto rest = pghaul::postgres::without_header(message);
  if (rest) {
    require(message.size() >= kHeaderBytes && rest->size() <= message.size() - kHeaderBytes,
            "a header has its bytes");
    require(std::memcmp(message.data(), "PGCOPY\n\377\r\n\0", 11) == 0, "a header begins with the signature");
    require(rest->data() + rest->size() == message.data() + message.size(), "what follows is kept whole");
  }
  const bool trailer = message.size() == 2 && (message[0] & message[1]) == std::byte{0xFF};
  require(pghaul::postgres::is_trailer(message) == trailer, "a trailer is two bytes of ones");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::byte> rest = std::as_bytes(std::span(data, size));
  read_message(rest);
  while (!rest.empty()) {
    const std::size_t length = std::min(std::to_integer<std::size_t>(rest[0]), rest.size() - 1);
    read_message(rest.subspan(1, length));
    rest = rest.subspan(1 + length);
  }
  return 0;
}
