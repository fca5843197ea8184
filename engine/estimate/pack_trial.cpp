#include "estimate/pack_trial.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "measure/sample_statistics.h"
#include "transport/byte_input.h"
#include "transport/frame_reader.h"
#include "verify/read_back.h"

namespace pghaul::estimate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kUsualLevel = 1;  // the one at which transport::LevelChooser begins

class Bytes : public transport::ByteInput {
 public:
  explicit Bytes(const std::vector<std::byte>& all) : left_(all) {}
  Result<std::size_t> read(std::span<std::byte> bytes) override {
    const std::size_t count = std::min(bytes.size(), left_.size());
    std::ranges::copy(left_.first(count), bytes.begin());
    left_ = left_.subspan(count);
    return count;
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  std::span<const std::byte> left_;
  std::string name_ = "a sample";
};

/// Packs the frames of a stream, in memory.
class Packing {
 public:
  Packing(transport::FrameEncoder& encoder, int level) : encoder_(encoder), level_(level) {
    encoder_.restart();
  }

  Status add(const pipeline::Chunk& chunk) {
    const auto start = Clock::now();
    if (!encoder_.has_room_for(chunk)) {
      if (Status packed = pack(); !packed) return packed;
    }
    encoder_.append(chunk);
    done_.row_bytes += chunk.bytes().size();
    done_.pack_seconds += measure::seconds_since(start);
    return {};
  }

  Result<PackTrial> finish() {
    const auto start = Clock::now();
    if (!encoder_.empty()) {
      if (Status packed = pack(); !packed) return fail(packed.error());
    }
    if (Status packed = pack(); !packed) return fail(packed.error());  // the frame without rows
    done_.pack_seconds += measure::seconds_since(start);
    done_.stored_bytes = frames_.size();
    return done_;
  }

  [[nodiscard]] double seconds() const noexcept { return done_.pack_seconds; }
  [[nodiscard]] bool shrank() const noexcept { return shrank_; }
  [[nodiscard]] const std::vector<std::byte>& frames() const noexcept { return frames_; }

 private:
  Status pack() {
    const Result<std::span<const std::byte>> frame = encoder_.pack(level_);
    if (!frame) return fail(frame.error());
    frames_.insert(frames_.end(), frame->begin(), frame->end());
    const transport::FrameHeader& header = encoder_.header();
    shrank_ = shrank_ || (header.rows > 0 && header.coding != transport::FrameHeader::Coding::stored);
    encoder_.clear();
    return {};
  }

  transport::FrameEncoder& encoder_;
  int level_;
  bool shrank_ = false;
  std::vector<std::byte> frames_;
  PackTrial done_;
};

}  // namespace

Status KeptRows::drain(const pipeline::Chunk& chunk) {
  chunks_.push_back(chunk);
  return {};
}

Result<PackTrial> try_packing(const std::vector<pipeline::Chunk>& rows, std::optional<int> level,
                              double most_seconds, transport::FrameEncoder& encoder,
                              transport::FrameDecoder& decoder, pipeline::Chunk& buffer) {
  Packing packing(encoder, level.value_or(kUsualLevel));
  for (const pipeline::Chunk& chunk : rows) {
    if (packing.seconds() > most_seconds) break;
    if (Status added = packing.add(chunk); !added) return fail(added.error());
  }
  Result<PackTrial> trial = packing.finish();
  if (!trial) return trial;
  if (!level && !packing.shrank()) {
    return try_packing(rows, transport::FrameEncoder::kStore, most_seconds, encoder, decoder, buffer);
  }
  Bytes bytes(packing.frames());
  transport::FrameReader frames(decoder, bytes);
  const auto start = Clock::now();
  const Result<verify::Digest> digest = verify::read_back(frames, buffer);
  if (!digest) return fail(digest.error());
  trial->unpack_seconds = measure::seconds_since(start);
  return trial;
}

}  // namespace pghaul::estimate
