#include "display.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <exception>

#include "columns.h"
#include "escape.h"
#include "output.h"
#include "progress_text.h"
#include "quantities.h"

namespace pghaul::command {

namespace {

constexpr double kPlainEverySeconds = 5;   // at first
constexpr double kPlainAtLeastEvery = 60;  // seconds, in the end
constexpr double kPlainEveryPart = 20;     // of the time so far
constexpr std::chrono::seconds kTick{1};

ProgressStyle settled(ProgressStyle asked, const Style& style) {
  if (asked != ProgressStyle::automatic) return asked;
  return style.terminal ? ProgressStyle::bar : ProgressStyle::plain;
}

/// Returns this machine's time of day: "14:05:09".
std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace

Display::Display(ProgressStyle progress_style, bool verbose, const Style& style)
    : progress_style_(settled(progress_style, style)),
      verbose_(verbose),
      style_(style),
      ticker_([this] { tick(); }) {}

Display::~Display() {
  clear();
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  closed_.notify_one();
  ticker_.join();
}

void Display::show(const nlohmann::json& event) {
  const std::lock_guard lock(mutex_);
  progress_.take(event);
  heard_elapsed_ = progress_.elapsed;
  heard_ = Clock::now();
  const std::string kind = event.value("event", "");
  under_way_ = kind != "finished";
  if (kind == "started") last_plain_ = 0;
  if (kind == "job") report_ends(event);
  if (kind == "phase" && !event.contains("database")) report_phase(event);
  if (kind == "database") report_database(event);
  if (under_way_) return redraw();
  erase();
}

void Display::say(const std::string& text) {
  const std::lock_guard lock(mutex_);
  say_above(text);
}

void Display::clear() {
  const std::lock_guard lock(mutex_);
  under_way_ = false;
  erase();
}

void Display::tick() {
  std::unique_lock lock(mutex_);
  while (!closed_.wait_for(lock, kTick, [this] { return closing_; })) {
    const auto since = Clock::now() - heard_;
    if (!under_way_ || since < kTick) continue;
    progress_.elapsed = heard_elapsed_ + std::chrono::duration<double>(since).count();
    try {
      redraw();
    } catch (const std::exception&) {  // out of memory: a second later there may be some
    }
  }
}

void Display::redraw() {
  if (progress_style_ == ProgressStyle::bar) show_bar();
  if (progress_style_ == ProgressStyle::plain) show_plain();
}

void Display::show_bar() {
  const WindowSize window = window_size(STDERR_FILENO);
  const std::size_t columns =
      window.columns - 1;  // a full last column would start a new line on some terminals
  std::vector<std::string> lines = progress_lines(progress_, columns, style_);
  if (lines.size() > window.rows) lines.resize(1);
  const bool resized = window.columns != drawn_columns_;
  if (!resized && lines == drawn_) return;
  std::string text = back_to_top(window.columns) + (resized ? "\033[J" : "");
  for (const std::string& line : lines) text += (&line == &lines.front() ? "" : "\r\n") + line + "\033[K";
  write_fully(STDERR_FILENO, text + "\033[J");
  drawn_ = std::move(lines);
  drawn_columns_ = window.columns;
}

void Display::show_plain() {
  const double interval = std::clamp(last_plain_ / kPlainEveryPart, kPlainEverySeconds, kPlainAtLeastEvery);
  if (progress_.elapsed - last_plain_ < interval) return;
  last_plain_ = progress_.elapsed;
  say_above(time_of_day() + "  " + progress_line(progress_, style_));
}

void Display::report_ends(const nlohmann::json& event) {
  if (progress_style_ == ProgressStyle::none || !event.contains("source") || !event.contains("target"))
    return;
  const nlohmann::json forecast = event.value("forecast", nlohmann::json::object());
  const std::string likely = forecast.contains("high")
                                 ? show_range(forecast.value("low", 0.0), forecast.value("high", 0.0))
                                 : show_seconds(event.value("predicted_seconds", 0.0));
  say_above(fmt::format("{} {} {} {}, forecast {}", progress_.verb == "copy" ? "Copying" : "Comparing",
                        escape(event.value("source", ""), style_), progress_.verb == "copy" ? "to" : "with",
                        escape(event.value("target", ""), style_), likely));
}

void Display::report_database(const nlohmann::json& event) {
  if (progress_style_ == ProgressStyle::none || event.value("state", "") != "finished") return;
  say_above(fmt::format("{}: {}{}", escape(event.value("database", ""), style_),
                        escape(event.value("status", ""), style_),
                        event.value("partial", false) ? ", partial" : ""));
}

void Display::report_phase(const nlohmann::json& event) {
  if (progress_style_ == ProgressStyle::none || !verbose_) return;
  const std::string title = escape(event.value("phase", ""), style_);
  const std::string when = show_clock(progress_.elapsed);
  if (event.value("state", "") == "started") return say_above(fmt::format("{}  {} begins", when, title));
  say_above(fmt::format("{}  {} done in {}", when, title, show_seconds(event.value("seconds", 0.0))));
}

void Display::say_above(const std::string& text) {
  const bool standing = !drawn_.empty();
  erase();
  write_fully(STDERR_FILENO, text + "\n");
  if (standing) show_bar();
}

/// Moves to the first column of the bar's first line. A window made narrower since has folded its lines.
std::string Display::back_to_top(std::size_t columns) const {
  std::size_t rows = 0;
  for (const std::string& line : drawn_)
    rows += 1 + (std::max<std::size_t>(columns_of(line), 1) - 1) / columns;
  return rows > 1 ? fmt::format("\r\033[{}A", rows - 1) : drawn_.empty() ? "" : "\r";
}

void Display::erase() {
  if (drawn_.empty()) return;
  write_fully(STDERR_FILENO, back_to_top(window_size(STDERR_FILENO).columns) + "\033[J");
  drawn_.clear();
}

}  // namespace pghaul::command
