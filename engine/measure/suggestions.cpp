#include "measure/suggestions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pghaul::measure {
namespace {

constexpr double kWorthSaying = 0.1;  // fraction of the time that workers had
constexpr double kShortestSeconds = 1;

/// The time in which workers were at work.
struct Shift {
  double start = 0, end = 0;
  double busy = 0;                  // seconds of all workers
  std::map<int, const Span*> last;  // the latest ending span of each worker

  [[nodiscard]] double seconds() const { return end - start; }
};

Shift shift_of(const std::vector<Span>& spans) {
  Shift shift;
  bool first = true;
  for (const Span& span : spans) {
    if (span.worker < 0) continue;
    const double end = span.start + span.seconds;
    shift.start = first ? span.start : std::min(shift.start, span.start);
    shift.end = first ? end : std::max(shift.end, end);
    shift.busy += span.seconds;
    first = false;
    const Span*& last = shift.last[span.worker];
    if (last == nullptr || last->start + last->seconds < end) last = &span;
  }
  return shift;
}

/// Finds one worker that continues after all others have nothing left to do.
void lonely_end(const Report& report, const Shift& shift, std::vector<Report::Suggestion>& out) {
  if (report.jobs < 2 || shift.last.empty()) return;
  const Span* longest = nullptr;
  double others = shift.start;
  for (const auto& [worker, span] : shift.last) {
    const double end = span->start + span->seconds;
    if (longest == nullptr || end > longest->start + longest->seconds) {
      if (longest != nullptr) others = std::max(others, longest->start + longest->seconds);
      longest = span;
    } else {
      others = std::max(others, end);
    }
  }
  const double alone = shift.end - std::max(others, longest->start);
  if (alone < kShortestSeconds || alone < shift.seconds() * kWorthSaying) return;
  out.push_back({fmt::format("For the last {:.1f} s only one worker was busy, with {} ({}), while the others "
                             "were idle. Shortening that task shortens the copy.",
                             alone, longest->what, longest->phase),
                 alone * (1 - 1.0 / report.jobs)});
}

void what_held_it_up(const Report& report, std::vector<Report::Suggestion>& out) {
  std::map<std::string, std::size_t> seen;
  std::size_t all = 0;
  for (const Sample& sample : report.samples) {
    if (sample.bottleneck.empty()) continue;
    ++seen[sample.bottleneck];
    ++all;
  }
  constexpr std::size_t kFewest = 10;
  if (all < kFewest) return;
  const auto most = std::ranges::max_element(seen, {}, [](const auto& one) { return one.second; });
  if (most->second * 2 < all) return;
  out.push_back({fmt::format("In {} % of the samples the bottleneck was {}: relieving it shortens the copy.",
                             most->second * 100 / all, most->first),
                 std::nullopt});
}

void rows_as_text(const Report& report, std::vector<Report::Suggestion>& out) {
  double all = 0;
  double as_text = 0;
  const Report::Table* longest = nullptr;
  std::size_t tables = 0;
  for (const Report::Table& table : report.tables) {
    all += table.seconds;
    if (table.format != "text") continue;
    as_text += table.seconds;
    ++tables;
    if (longest == nullptr || table.seconds > longest->seconds) longest = &table;
  }
  if (as_text < kShortestSeconds || as_text < all * kWorthSaying) return;
  out.push_back(
      {fmt::format("{} of {} tables were copied as text, which costs both servers more than binary: {:.1f} s "
                   "of work. The longest is {}.{}: {}.",
                   tables, report.tables.size(), as_text, longest->schema, longest->name, longest->reason),
       std::nullopt});
}

void fewer_workers(const Report& report, std::vector<Report::Suggestion>& out) {
  for (const Report::Finding& finding : report.findings) {
    if (finding.code != "fewer_connections") continue;
    out.push_back({finding.message + (finding.hint.empty() ? "" : ": " + finding.hint), std::nullopt});
  }
}

}  // namespace

std::vector<Report::Suggestion> suggestions(const Report& report) {
  std::vector<Report::Suggestion> out;
  if (report.verb == "plan" || report.spans.empty()) return out;
  lonely_end(report, shift_of(report.spans), out);
  what_held_it_up(report, out);
  rows_as_text(report, out);
  fewer_workers(report, out);
  return out;
}

}  // namespace pghaul::measure
