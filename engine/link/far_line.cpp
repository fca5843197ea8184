#include "link/far_line.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "base/units.h"
#include "link/checked_request.h"

namespace pghaul::link {
namespace {

constexpr const char* kCarry = "carry";
constexpr std::size_t kMostBytes = 64_MiB;

std::string noise(std::size_t bytes) {
  std::mt19937_64 random;  // only its speed, and that it can't be compressed, matter
  std::string text(bytes, '\0');
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(text.data() + at, &word, sizeof word);
  }
  return text;
}

}  // namespace

Status carry(NearHalf& link, std::size_t bytes, const postgres::ConnectionString& server,
             const std::stop_token& stop) {
  const bool to_here = link.side() == postgres::Side::source;
  RemoteRequest request{.fields = {{"errand", kCarry}, {"bytes", std::to_string(to_here ? bytes : 0)}}};
  if (!to_here) request.text = noise(bytes);
  const Result<RemoteRequest> answer = request_with_liveness_check(link, request, server, stop);
  if (!answer) return fail(answer.error());
  return {};
}

bool is_carrying(const RemoteRequest& request) {
  return field_in(request.fields, "errand") == kCarry;
}

RemoteRequest answer_carrying(const RemoteRequest& request) {
  const auto bytes = static_cast<std::size_t>(std::max(0, number_in(request.fields, "bytes")));
  return {.text = noise(std::min(bytes, kMostBytes))};
}

}  // namespace pghaul::link
