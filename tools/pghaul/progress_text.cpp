#include "progress_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "columns.h"
#include "escape.h"
#include "live_text.h"
#include "quantities.h"

namespace pghaul::command {

namespace {

constexpr std::size_t kRoomyColumns = 64;  // from here on the details are indented below the phase's name
constexpr std::size_t kTitleColumns = 11;
constexpr std::size_t kShortestBar = 5;

std::string title_of(const Progress& progress) {
  const std::string phase = progress.phase();
  return phase.empty() ? "Working" : phase_title(phase);
}

std::string percent(const Progress& progress) {
  if (!progress.fraction()) return "";
  return fmt::format("{:.0f} %", std::floor(*progress.fraction() * 100));
}

std::string bar(std::optional<double> fraction, std::size_t columns, const Style& style) {
  const auto filled =
      static_cast<std::size_t>(std::floor(fraction.value_or(0) * static_cast<double>(columns)));
  std::string done;
  std::string open;
  for (std::size_t i = 0; i < filled; ++i) done += style.unicode ? "━" : "#";
  for (std::size_t i = filled; i < columns; ++i) open += style.unicode ? "─" : "-";
  return toned(done, Tone::good, style) + toned(open, Tone::faint, style);
}

std::string times(const Progress& progress) {
  const std::string since = show_clock(progress.elapsed);
  if (!progress.remaining) return since;
  return fmt::format("{}, {} left", since, show_clock(*progress.remaining));
}

std::string bytes_moved(const Progress& progress) {
  std::string text = show_bytes(static_cast<double>(progress.bytes));
  if (progress.bytes_total >= progress.bytes && progress.bytes_total > 0) {
    text += fmt::format(" of ~{}", show_bytes(static_cast<double>(progress.bytes_total)));
  }
  if (const auto rate = progress.rate()) text += fmt::format(", {}/s", show_bytes(*rate));
  return text;
}

std::vector<std::string> counts(const Progress& progress) {
  std::vector<std::string> parts;
  if (progress.bytes_total > 0 || progress.bytes > 0) parts.push_back(bytes_moved(progress));
  if (progress.tables_total > 0) {
    parts.push_back(fmt::format("tables {}/{}", progress.tables_done, progress.tables_total));
  }
  if (progress.indexes_total > 0) {
    parts.push_back(fmt::format("indexes {}/{}", progress.indexes_done, progress.indexes_total));
  }
  if (!progress.bottleneck.empty()) parts.push_back("held up by " + progress.bottleneck);
  return parts;
}

std::string_view separator(const Style& style) {
  return style.unicode ? " · " : ", ";
}

/// Arranges `parts` in as few lines as hold them.
std::vector<std::string> flow(const std::vector<std::string>& parts, std::size_t columns,
                              const Style& style) {
  std::vector<std::string> lines;
  for (const std::string& part : parts) {
    const bool fits = !lines.empty() && columns_of(lines.back()) + 3 + columns_of(part) <= columns;
    if (fits) {
      lines.back().append(separator(style)).append(part);
    } else {
      lines.push_back(cut(part, columns, style));
    }
  }
  return lines;
}

/// Lists as many of the running tasks as fit, and the number of the others.
std::string running_now(const Progress& progress, std::size_t columns, const Style& style) {
  std::string line;
  for (std::size_t shown = 0; shown < progress.running.size(); ++shown) {
    const std::size_t others = progress.running.size() - shown - 1;
    const std::size_t kept_free = others > 0 ? fmt::formatted_size("  +{}", others) : 0;
    const std::string task = escape(progress.running[shown], style);
    std::string longer = line.empty() ? task : line + std::string(separator(style)) + task;
    if (columns_of(longer) + kept_free <= columns) {
      line = std::move(longer);
    } else if (line.empty()) {
      const std::string mark = others > 0 ? fmt::format("  +{}", others) : "";
      return cut(cut(task, columns - std::min(columns, kept_free), style) + mark, columns, style);
    } else {
      return line + fmt::format("  +{}", others + 1);
    }
  }
  return line;
}

std::string first_line(const std::string& title, const std::string& right, const Progress& progress,
                       std::size_t columns, const Style& style) {
  const std::size_t taken = columns_of(title) + columns_of(right) + 2;
  if (taken + kShortestBar > columns) return cut(title + "  " + right, columns, style);
  return toned(title, Tone::strong, style) + bar(progress.fraction(), columns - taken, style) + "  " + right;
}

}  // namespace

std::vector<std::string> progress_lines(const Progress& progress, std::size_t columns, const Style& style) {
  if (!progress.live.is_null()) {
    return {cut(show_clock(progress.elapsed) + "  " + live_line(progress.live, style), columns, style)};
  }
  const bool roomy = columns >= kRoomyColumns;
  const std::string title =
      roomy ? to_the_left(title_of(progress), kTitleColumns) + "  " : title_of(progress) + " ";
  const std::string indent(roomy ? kTitleColumns + 2 : 0, ' ');
  std::vector<std::string> details = counts(progress);
  std::string right = to_the_right(percent(progress), 4);
  if (roomy) {
    right += "  " + times(progress);
  } else {
    details.insert(details.begin(), times(progress));
  }

  std::vector<std::string> lines{first_line(title, right, progress, columns, style)};
  for (const std::string& line : flow(details, columns - indent.size(), style))
    lines.push_back(indent + line);
  lines.push_back(toned(indent + running_now(progress, columns - indent.size(), style), Tone::faint, style));
  return lines;
}

std::string progress_line(const Progress& progress, const Style& style) {
  if (!progress.live.is_null()) return show_clock(progress.elapsed) + "  " + live_line(progress.live, style);
  constexpr std::size_t kTasksNamed = 3;
  std::string line = fmt::format("{}  {}", show_clock(progress.elapsed), title_of(progress));
  if (progress.fraction()) line.append(" ").append(percent(progress));
  for (const std::string& part : counts(progress)) line += ", " + part;
  if (progress.remaining) line += fmt::format(", {} left", show_clock(*progress.remaining));
  const std::size_t named = std::min(kTasksNamed, progress.running.size());
  for (std::size_t i = 0; i < named; ++i)
    line.append(i == 0 ? "; " : ", ").append(escape(progress.running[i], style));
  if (progress.running.size() > named) line += fmt::format(" and {} more", progress.running.size() - named);
  return line;
}

std::string phase_title(const std::string& phase) {
  struct Title {
    std::string_view phase;
    const char* title;
  };
  constexpr std::array kTitles{
      Title{"discover", "Looking"},          Title{"clear target", "Clearing"},
      Title{"pre-data", "Schema"},           Title{"copy", "Copying"},
      Title{"compare", "Comparing"},         Title{"data", "Copying"},
      Title{"indexes", "Indexing"},          Title{"constraints", "Constraints"},
      Title{"post-data", "Finishing"},       Title{"refresh", "Refreshing"},
      Title{"verify", "Verifying"},          Title{"analyze", "Analyzing"},
      Title{"prepare", "Preparing"},         Title{"follow", "Following"},
      Title{"record", "Keeping the record"}, Title{"adopt", "Taking the target as filled"},
  };
  for (const Title& known : kTitles) {
    if (known.phase == phase) return known.title;
  }
  return phase;
}

}  // namespace pghaul::command
