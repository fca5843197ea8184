#include "switchover_text.h"

#include <fmt/format.h>

#include "quantities.h"
#include "report_pieces.h"

namespace pghaul::command {
namespace {

using nlohmann::json;

std::string steps(const json& switchover) {
  std::string text;
  for (const json& step : list_of(switchover, "steps")) {
    text += fmt::format("  {:<10} {:>9}", step.value("step", ""), show_seconds(step.value("seconds", 0.0)));
    if (step.contains("failure")) text += "  gave up";
    text += "\n";
  }
  return text;
}

std::string verdict(const json& report, const json& switchover, const Style& style) {
  const std::string state = switchover.value("state", "");
  if (state == "rehearsed") {
    return fmt::format("Writers would wait for about {}. Nothing was changed.\n",
                       show_seconds(switchover.value("forecast_seconds", 0.0)));
  }
  if (state == "open")
    return toned("The two differ: see above. Nothing was switched over.", Tone::bad, style) + "\n";
  if (report.value("status", "") == "mismatch")
    return toned("The two differ: see above. The source refuses writes.", Tone::bad, style) + "\n";
  std::string text =
      toned("The source refuses writes; the application goes on with the target.", Tone::good, style);
  text += switchover.value("proved", false)
              ? "\nEvery row was compared with the source after its last change.\n"
              : "\nThe rows were not compared after the source's last change.\n";
  return text;
}

}  // namespace

std::string switchover_text(const json& report, const SummaryLayout& layout) {
  const json switchover = report.value("switchover", json::object());
  const std::string state = switchover.value("state", "");
  const bool rehearsed = state == "rehearsed";
  const std::string did = rehearsed         ? "Rehearsed the switchover of"
                          : state == "open" ? "Did not switch over"
                                            : "Switched over";
  std::string text = fmt::format("{} {}\n{:>{}} {}\n\n", did, end_text(report, "source", layout.style), "to",
                                 did.size(), end_text(report, "target", layout.style));
  text += steps(switchover) + "\n";
  if (switchover.contains("hold_seconds") && !rehearsed) {
    text += fmt::format("Writers waited for {}, in attempt {}.\n",
                        show_seconds(switchover.value("hold_seconds", 0.0)), switchover.value("attempts", 1));
  }
  if (switchover.contains("ended_sessions")) {
    text +=
        fmt::format("Ended {} on the server that was closed.\n",
                    show_count(switchover.value("ended_sessions", std::uint64_t{0}), "session", "sessions"));
  }
  text += left_out_text(report, layout.style);
  return text + verdict(report, switchover, layout.style);
}

}  // namespace pghaul::command
