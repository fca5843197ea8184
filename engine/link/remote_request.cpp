#include "link/remote_request.h"

#include <charconv>
#include <utility>

namespace pghaul::link {

std::string pack_request(const RemoteRequest& request) {
  const std::string fields = pack_fields(request.fields);
  return std::to_string(fields.size()) + "\n" + fields + request.text;
}

Result<RemoteRequest> unpack_request(std::string_view packed) {
  std::size_t size = 0;
  const char* const end = packed.data() + packed.size();
  const auto [next, error] = std::from_chars(packed.data(), end, size);
  const auto behind = static_cast<std::size_t>(next - packed.data()) + 1;
  if (error != std::errc{} || next == end || *next != '\n' || size > packed.size() - behind) {
    return fail(ErrorCode::connection_lost, "protocol error on the link: a request that cannot be read");
  }
  Result<Fields> fields = unpack_fields(packed.substr(behind, size));
  if (!fields) return fail(fields.error());
  return RemoteRequest{std::move(*fields), std::string(packed.substr(behind + size))};
}

}  // namespace pghaul::link
