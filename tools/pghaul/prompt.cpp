#include "prompt.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "columns.h"
#include "escape.h"
#include "output.h"
#include "quantities.h"
#include "report_pieces.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

constexpr const char* kNotEmpty = "target_not_empty";
constexpr const char* kSwitchover = "switchover_not_confirmed";

bool is_unconfirmed(const json& finding) {
  const std::string code = finding.value("code", "");
  return code == kNotEmpty || code == kSwitchover;
}

std::string what_it_holds(const json& report, const Style& style) {
  for (const json& finding : list_of(report, "findings")) {
    if (is_unconfirmed(finding)) return escape(finding.value("message", ""), style);
  }
  return {};
}

std::string size_of(const json& report, const char* end) {
  const double bytes = report.value(json::json_pointer(std::string("/") + end + "/bytes"), 0.0);
  return bytes > 0 ? ", " + show_bytes(bytes) + " on disk" : "";
}

}  // namespace

bool only_confirmation_is_missing(const json& report) {
  const json& findings = list_of(report, "findings");
  const auto refusal = [](const json& finding) { return finding.value("severity", "") == "refusal"; };
  const auto refusals = std::count_if(findings.begin(), findings.end(), refusal);
  return refusals > 0 && refusals == std::count_if(findings.begin(), findings.end(), is_unconfirmed);
}

std::string destruction_warning(const json& report, std::size_t columns, const Style& style) {
  const std::string margin = "!  ";
  const bool switches = report.value("verb", "") == "switchover";
  std::vector<std::string> lines{"source  " + end_text(report, "source", style) + size_of(report, "source"),
                                 "target  " + end_text(report, "target", style) + size_of(report, "target"),
                                 ""};
  const bool sync = report.value("verb", "") == "sync";
  const char* const effect = sync       ? "All other rows stay as they are."
                             : switches ? "The source will refuse all writes from then on."
                                        : "All of that will be removed, and replaced by a copy of the source.";
  for (const std::string& text : {what_it_holds(report, style), std::string(effect)}) {
    for (std::string& line : wrap(text, columns - margin.size())) lines.push_back(std::move(line));
  }
  lines.push_back(fmt::format("To proceed, type {} (or give it beforehand by --confirm).",
                              escape(report.value("/target/database"_json_pointer, ""), style)));

  std::string warning =
      margin +
      toned(switches ? "WARNING: the source is closed to writers" : "WARNING: destructive action", Tone::bad,
            style) +
      "\n";
  for (const std::string& line : lines) warning += margin + line + "\n";
  return warning + "> ";
}

std::string ask_for_confirmation(const json& report, const Style& style) {
  write_fully(STDERR_FILENO, destruction_warning(report, window_size(STDERR_FILENO).columns, style));
  std::string typed;
  if (!std::getline(std::cin, typed)) write_fully(STDERR_FILENO, "\n");
  return typed;
}

std::optional<std::string> end_without_password(const std::string& error) {
  if (error.find("no password supplied") == std::string::npos) return std::nullopt;
  for (const char* end : {"source", "target"}) {
    if (error.find(fmt::format("cannot connect to the {}: ", end)) != std::string::npos) return end;
  }
  return std::nullopt;
}

std::string ask_for_password(const std::string& end) {
  termios shown{};
  if (tcgetattr(STDIN_FILENO, &shown) != 0) return {};
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);  // a signal would leave the terminal hidden
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);  // drops what was typed before: the question comes after it
  write_fully(STDERR_FILENO, fmt::format("Password for the {}: ", end));
  std::string typed;
  std::getline(std::cin, typed);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  write_fully(STDERR_FILENO, "\n");
  return typed.find('\x03') == std::string::npos ? typed : "";
}

}  // namespace pghaul::command
