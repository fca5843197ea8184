#include "live_text.h"

#include <fmt/format.h>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

std::string state_name(const json& live) {
  const std::string state = live.value("state", "");
  return state == "catching_up" ? "catching up" : state;
}

std::string count(const json& live, const char* member) {
  return show_count(live.value(member, std::uint64_t{0}));
}

std::string rate(const json& live) {
  return show_count(static_cast<std::uint64_t>(live.value("changes_per_second", 0.0)));
}

/// Renders a bound only where there is one.
std::string slot(const json& live) {
  std::string text = "holds " + show_bytes(live.value("slot_holds_bytes", 0.0)) + " of WAL on the source";
  if (live.contains("slot_may_hold_bytes")) {
    text +=
        fmt::format("; lost when it has to hold {} more", show_bytes(live.value("slot_may_hold_bytes", 0.0)));
  }
  return text;
}

std::string fact(const char* name, const std::string& value) {
  return fmt::format("  {:<10} {}\n", name, value);
}

std::string joined(const json& lines, const Style& style) {
  std::string text;
  for (const json& line : lines) text += (text.empty() ? "" : "; ") + escape(line.get<std::string>(), style);
  return text;
}

/// Renders what a switchover would have to copy itself.
std::string carried(const json& carry) {
  const std::uint64_t tables = carry.value("tables", std::uint64_t{0});
  const bool large_objects = carry.value("large_objects", false);
  std::string what = tables > 0 ? show_count(tables, "table", "tables") : std::string();
  if (large_objects) what += tables > 0 ? " and large objects" : "large objects";
  return fmt::format("{}, {}: not followed; where they have changed, a switchover copies them, in up to {}",
                     what, show_bytes(carry.value("bytes", 0.0)),
                     show_seconds(carry.value("forecast_seconds", 0.0)));
}

/// Renders what was written to the server that is closed.
std::string late_writes(const json& late, const Style& style) {
  const std::uint64_t transactions = late.value("transactions", std::uint64_t{0});
  if (transactions == 0) return "none";
  return fmt::format("{}; the last one: {}", show_count(transactions, "transaction", "transactions"),
                     escape(late.value("last", ""), style));
}

/// Renders what has been compared since the copy.
std::string proved(const json& live, const Style& style) {
  if (!live["different"].empty()) return "no: rows differ: " + joined(live["different"], style);
  const std::string until = live.value("proved_until", "");
  std::string text = until.empty() ? "not yet" : "up to " + until;
  if (!live["not_compared"].empty()) text += ", but not " + joined(live["not_compared"], style);
  return text;
}

}  // namespace

std::string live_line(const json& live, const Style& style) {
  const std::string_view and_ = style.unicode ? " · " : ", ";
  const std::string until = live.value("proved_until", "");
  const bool differs = live.contains("different") && !live["different"].empty();
  return fmt::format("{}{}lag {}{}{} changes/s{}slot holds {}{}", state_name(live), and_,
                     show_seconds(live.value("lag_seconds", 0.0)), and_, rate(live), and_,
                     show_bytes(live.value("slot_holds_bytes", 0.0)),
                     differs         ? fmt::format("{}rows differ", and_)
                     : until.empty() ? std::string()
                                     : fmt::format("{}proved up to {}", and_, until));
}

std::string status_text(const json& report, const SummaryLayout& layout) {
  const json live = report.value("live", json::object());
  const std::string state = live.value("state", "");
  const bool runs = state == "following" || state == "catching_up";
  const Tone tone = state == "broken" ? Tone::bad : runs ? Tone::good : Tone::careful;
  std::string text =
      fmt::format("Live copy of {}\n{:>12} {}\n\n", escape(live.value("source", ""), layout.style), "into",
                  end_text(report, "target", layout.style));
  text += fact("state", toned(state_name(live), tone, layout.style));
  if (live.value("direction", "") == "back") text += fact("direction", "back: the source follows the target");
  if (live.contains("why")) text += fact("because", escape(live.value("why", ""), layout.style));
  const bool is_written =
      live.contains("age_seconds");  // by the pghaul that follows; not where a slot shows it
  if (is_written) {
    text += fact(
        "lag",
        fmt::format("{}, {} of WAL, {} transactions under way", show_seconds(live.value("lag_seconds", 0.0)),
                    show_bytes(live.value("lag_bytes", 0.0)), count(live, "pending_transactions")));
    text += fact("applied", fmt::format("{} changes in {} transactions since it was started; {} a second",
                                        count(live, "changes"), count(live, "transactions"), rate(live)));
  }
  if (is_written || live.value("source_position", "0/0") != "0/0") {
    text += fact("slot", slot(live));
    text += fact("position",
                 fmt::format("{} of {}", live.value("position", ""), live.value("source_position", "")));
  }
  if (live.contains("different")) text += fact("proved", proved(live, layout.style));
  if (live.contains("carried")) text += fact("carried", carried(live["carried"]));
  if (live.contains("late_writes")) text += fact("too late", late_writes(live["late_writes"], layout.style));
  if (live.contains("ready")) {
    std::string ready = "yes: nothing is known that a switchover would wait for";
    if (!live.value("ready", false)) {
      ready.clear();
      for (const json& reason : live["not_ready"]) {
        ready += (ready.empty() ? "no: " : "; ") + escape(reason.get<std::string>(), layout.style);
      }
    }
    text += fact("ready", ready);
  }
  if (is_written) text += fact("as of", show_seconds(live.value("age_seconds", 0.0)) + " ago");
  if (state == "stopped") text += "\nTo go on: pghaul copy --follow --resume SOURCE TARGET\n";
  return text;
}

}  // namespace pghaul::command
