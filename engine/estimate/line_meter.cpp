#include "estimate/line_meter.h"

#include <algorithm>
#include <utility>

#include "base/units.h"

namespace pghaul::estimate {
namespace {

constexpr double kHeldUp = 0.7;
constexpr double kLeast = 1e-6;  // seconds

std::uint64_t bytes_of(const std::shared_ptr<link::NearHalf>& link) {
  return link ? link->bytes() : 0;
}

double seconds_of(std::uint64_t bytes, const plan::NetworkPath& line) {
  return static_cast<double>(bytes) / kGigabyte * line.seconds_per_gb;
}

}  // namespace

LineMeter::LineMeter(const plan::NetworkPaths& lines, std::shared_ptr<link::NearHalf> source_link,
                     std::shared_ptr<link::NearHalf> target_link)
    : lines_(lines), source_link_(std::move(source_link)), target_link_(std::move(target_link)) {}

void LineMeter::start() {
  source_before_ = bytes_of(source_link_);
  target_before_ = bytes_of(target_link_);
}

plan::LineTime LineMeter::crossed(std::uint64_t row_bytes) {
  const std::uint64_t from_source = source_link_ ? bytes_of(source_link_) - source_before_ : row_bytes;
  const std::uint64_t to_target = target_link_ ? bytes_of(target_link_) - target_before_ : row_bytes;
  return {.from_source = seconds_of(from_source, lines_.source),
          .to_target = seconds_of(to_target, lines_.target)};
}

double LineMeter::digested_from_target(std::uint64_t row_bytes) const noexcept {
  return target_link_ ? 0 : seconds_of(row_bytes, lines_.target);
}

double LineMeter::without_answers(double seconds, double of_source, double of_target) const noexcept {
  const double answers = of_source * lines_.source.round_trip + of_target * lines_.target.round_trip;
  return std::max(kLeast, seconds - answers);
}

bool LineMeter::held_up(const plan::LineTime& rows, double seconds) noexcept {
  return std::max({rows.from_source, rows.to_target, rows.from_target}) > kHeldUp * seconds;
}

}  // namespace pghaul::estimate
