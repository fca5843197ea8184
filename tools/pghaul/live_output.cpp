#include "live_output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "error_text.h"
#include "escape.h"
#include "quantities.h"

namespace pghaul::command {

using nlohmann::json;

LiveOutput::LiveOutput(const Options& options, const Style& style, EventFile events)
    : options_(options),
      style_(style),
      events_(std::move(events)),
      metrics_(options.metrics_file),
      display_(options.progress, options.verbose, style) {}

void LiveOutput::take(std::string_view event) noexcept {
  try {
    show(event);
  } catch (const std::exception&) {
    lost_ = true;
  }
}

void LiveOutput::show(std::string_view text) {
  if (!events_.write(text)) {
    warn(fmt::format("no more events are written to '{}': {}", options_.events_file, std::strerror(errno)),
         {});
  }
  const json event = json::parse(text, nullptr, false);
  if (!event.is_object()) return;
  if (!metrics_.take(event)) {
    warn(fmt::format("cannot write the metrics to '{}': {}", options_.metrics_file, std::strerror(errno)),
         {});
  }
  const std::string kind = event.value("event", "");
  if (kind == "milestone" && event.value("open", false)) show_opening(event);
  if (kind == "phase" && event.value("phase", "") == "record" && event.value("state", "") == "started")
    display_.say("Verified: writes may resume now; the record for the next sync is kept meanwhile");
  if (kind == "retry") show_retry(event);
  const std::string database = event.value("database", "");
  if (kind == "warning") {
    warn((database.empty() ? "" : database + ": ") + event.value("message", ""), event.value("hint", ""));
  }
  display_.show(event);
}

/// Shows once what comes again and again.
void LiveOutput::show_retry(const json& event) {
  const std::string why = event.value("message", "");
  if (said_.insert(why).second) display_.say(fmt::format("Trying again: {}", escape(why, style_)));
}

/// Shows that the application may write; of the last milestone the results say so.
void LiveOutput::show_opening(const json& event) {
  const std::string milestone = event.value("name", "");
  if (milestone == "verified" || milestone == "copied") return;
  const std::string downtime =
      event.contains("downtime_seconds")
          ? fmt::format(" (downtime {})", show_seconds(event.value("downtime_seconds", 0.0)))
          : "";
  const std::string text =
      fmt::format("Writes may resume now{}: {} stand; the rest continues meanwhile", downtime, milestone);
  if (said_.insert(text).second) display_.say(text);
}

void LiveOutput::warn(const std::string& message, const std::string& hint) {
  if (said_.insert(message).second) display_.say(warning_text(message, hint, style_));
}

}  // namespace pghaul::command
