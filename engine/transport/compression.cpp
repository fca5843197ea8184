#include "transport/compression.h"

#include <charconv>

#include "transport/frame_encoder.h"

namespace pghaul::transport {

Result<Compression> Compression::parse(const std::string& text) {
  if (text == "auto") return Compression{};
  if (text == "none") return Compression{FrameEncoder::kStore};
  constexpr int kHighest = 19;  // higher ones need far more memory on both sides
  int level = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, level);
  if (problem != std::errc{} || stopped != end || level < 1 || level > kHighest) {
    return fail(ErrorCode::usage, "option compress can't be \"" + text + "\"",
                "give auto, none, or a level of zstd from 1 to 19");
  }
  return Compression{level};
}

std::string Compression::text() const {
  if (!level) return "auto";
  return *level == FrameEncoder::kStore ? "none" : std::to_string(*level);
}

}  // namespace pghaul::transport
