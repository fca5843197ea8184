#include "link/remote_request.h"

#include <charconv>
#include <utility>

namespace pghaul::link {

std::string pack_errand(const RemoteRequest& request) {
  const std::string words = pack_words(request.words);
  return std::to_string(words.size()) + "\n" + words + request.text;
}

Result<RemoteRequest> unpack_errand(std::string_view packed) {
  std::size_t size = 0;
  const char* const end = packed.data() + packed.size();
  const auto [next, error] = std::from_chars(packed.data(), end, size);
  const auto behind = static_cast<std::size_t>(next - packed.data()) + 1;
  if (error != std::errc{} || next == end || *next != '\n' || size > packed.size() - behind) {
    return fail(ErrorCode::connection_lost, "protocol error on the link: a request that cannot be read");
  }
  Result<Fields> words = unpack_words(packed.substr(behind, size));
  if (!words) return fail(words.error());
  return RemoteRequest{std::move(*words), std::string(packed.substr(behind + size))};
}

}  // namespace pghaul::link
