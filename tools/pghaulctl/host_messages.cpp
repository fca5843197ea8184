#include "host_messages.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "pghaul/output.h"

namespace pghaul::platform {
namespace {

constexpr std::size_t kMostTexts = 10'000;
constexpr std::size_t kLongestText = 256UL << 20U;
constexpr std::size_t kLongestNumber = 20;

tl::unexpected<Failure> lost(const std::string& why) {
  return failed(PGHAUL_EXIT_UNREACHABLE, why);
}

}  // namespace

Outcome send_message(int descriptor, const HostMessage& message) {
  std::string bytes = fmt::format("{}\n", message.size());
  for (const std::string& text : message) bytes += fmt::format("{}\n{}", text.size(), text);
  if (command::write_fully(descriptor, bytes)) return {};
  if (errno == EAGAIN) return lost("takes nothing any more");
  return lost(fmt::format("cannot be written to: {}", std::strerror(errno)));
}

Result<HostMessage> MessageReader::next(std::chrono::milliseconds longest_silence) {
  const auto count = number(kMostTexts, longest_silence);
  if (!count) return tl::make_unexpected(count.error());
  HostMessage message;
  while (message.size() < *count) {
    const auto length = number(kLongestText, longest_silence);
    if (!length) return tl::make_unexpected(length.error());
    while (buffer_.size() < *length) {
      if (auto more = fill(longest_silence); !more) return tl::make_unexpected(more.error());
    }
    message.push_back(buffer_.substr(0, *length));
    buffer_.erase(0, *length);
  }
  return message;
}

Outcome MessageReader::fill(std::chrono::milliseconds longest_silence) {
  pollfd waits{descriptor_, POLLIN, 0};
  const int ready = ::poll(&waits, 1, static_cast<int>(longest_silence.count()));
  if (ready < 0 && errno == EINTR) return {};
  if (ready == 0) return lost(fmt::format("sent nothing for {} s", longest_silence.count() / 1000));
  std::array<char, 65536> part;
  const ssize_t got = ::read(descriptor_, part.data(), part.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  if (got <= 0) return lost("has ended");
  buffer_.append(part.data(), static_cast<std::size_t>(got));
  return {};
}

/// Reads a line that holds a number. What is none is quoted: a shell's startup file may have written it.
Result<std::size_t> MessageReader::number(std::size_t most, std::chrono::milliseconds longest_silence) {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos && buffer_.size() <= kLongestNumber) {
    if (auto more = fill(longest_silence); !more) {
      if (buffer_.empty()) return tl::make_unexpected(more.error());
      break;
    }
  }
  const std::string line = buffer_.substr(0, end);
  std::size_t value = 0;
  const auto [last, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  const bool is_number = error == std::errc() && last == line.data() + line.size() && value <= most;
  if (end == std::string::npos || !is_number)
    return lost(fmt::format("wrote what pghaulctl would not: '{}'", line.substr(0, 200)));
  buffer_.erase(0, end + 1);
  return value;
}

}  // namespace pghaul::platform
