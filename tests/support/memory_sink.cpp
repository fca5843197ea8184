#include "support/memory_sink.h"

#include <utility>

namespace pghaul::support {

Status CountingSink::drain(const pipeline::Chunk& chunk) {
  rows_ += chunk.rows();
  bytes_ += chunk.bytes().size();
  return {};
}

void MemorySink::fail_after(std::size_t rows, Error failure) {
  takes_ = rows;
  failure_ = std::move(failure);
}

void MemorySink::fail_to_finish(Error failure) {
  finish_failure_ = std::move(failure);
}

Status MemorySink::drain(const pipeline::Chunk& chunk) {
  for (std::size_t i = 0; i < chunk.rows(); ++i) {
    if (failure_ && rows_.size() == takes_) return fail(*failure_);
    const std::span<const std::byte> row = chunk.row(i);
    rows_.emplace_back(row.begin(), row.end());
  }
  return {};
}

Status MemorySink::finish() {
  if (finish_failure_) return fail(*finish_failure_);
  finished_ = true;
  return {};
}

}  // namespace pghaul::support
