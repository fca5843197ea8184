#include "measure/stretches.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace pghaul::measure {
namespace {

/// Short spans of one worker that are about to become a stretch.
class Gathering {
 public:
  explicit Gathering(const Span& first) : stretch_{first.worker, {}, {}, first.start, 0, 0, false} {
    add(first);
  }

  void add(const Span& span) {
    seconds_[span.phase] += span.seconds;
    if (stretch_.spans == 0 || span.seconds > longest_) {
      longest_ = span.seconds;
      stretch_.what = span.what;
    }
    ++stretch_.spans;
    stretch_.seconds = std::max(stretch_.seconds, span.start + span.seconds - stretch_.start);
  }

  /// Tells whether the span is near enough, and either too short to be seen by itself or more of the same.
  [[nodiscard]] bool takes(const Span& span, double shortest) const {
    const bool near = span.start - (stretch_.start + stretch_.seconds) < shortest;
    return span.worker == stretch_.worker && near && (stretch_.seconds < shortest || phase() == span.phase);
  }

  [[nodiscard]] Stretch done() {
    stretch_.phase = phase();
    return std::move(stretch_);
  }

 private:
  [[nodiscard]] const std::string& phase() const {
    return std::ranges::max_element(seconds_, {}, [](const auto& one) { return one.second; })->first;
  }

  Stretch stretch_;
  std::map<std::string, double> seconds_;  // by phase
  double longest_ = 0;
};

}  // namespace

std::vector<Stretch> stretches(std::vector<Span> spans, double shortest) {
  std::ranges::stable_sort(spans, {}, [](const Span& span) { return std::pair(span.worker, span.start); });
  std::vector<Stretch> all;
  std::optional<Gathering> gathering;
  const auto close = [&] {
    if (gathering) all.push_back(gathering->done());
    gathering.reset();
  };
  for (const Span& span : spans) {
    if (span.seconds >= shortest || span.failed) {
      close();
      all.push_back({span.worker, span.phase, span.what, span.start, span.seconds, 1, span.failed});
    } else if (gathering && gathering->takes(span, shortest)) {
      gathering->add(span);
    } else {
      close();
      gathering.emplace(span);
    }
  }
  close();
  return all;
}

}  // namespace pghaul::measure
