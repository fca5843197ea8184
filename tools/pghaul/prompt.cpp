#include "prompt.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "columns.h"
#include "escape.h"
#include "output.h"
#include "report_text.h"
#include "quantities.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

constexpr const char* kNotEmpty = "target_not_empty";

std::string what_it_holds(const json& report, const Style& style) {
  for (const json& finding : list_of(report, "findings")) {
    if (finding.value("code", "") == kNotEmpty) return escape(finding.value("message", ""), style);
  }
  return {};
}

}  // namespace
std::string size_of(const json& report, const char* end) {
  const double bytes = report.value(json::json_pointer(std::string("/") + end + "/bytes"), 0.0);
  return bytes > 0 ? ", " + show_bytes(bytes) + " on disk" : "";
}


bool only_confirmation_is_missing(const json& report) {
  const json& findings = list_of(report, "findings");
  const auto refusal = [](const json& finding) { return finding.value("severity", "") == "refusal"; };
  const auto unconfirmed = [](const json& finding) { return finding.value("code", "") == kNotEmpty; };
  const auto refusals = std::count_if(findings.begin(), findings.end(), refusal);
  return refusals > 0 && refusals == std::count_if(findings.begin(), findings.end(), unconfirmed);
}

std::string destruction_warning(const json& report, std::size_t columns, const Style& style) {
  const std::string margin = "!  ";
  std::vector<std::string> lines{"source  " + end_text(report, "source", style) + size_of(report, "source"),
                                 "target  " + end_text(report, "target", style) + size_of(report, "target"),
                                 ""};
  for (const std::string& text :
       {what_it_holds(report, style),
        std::string("All of that will be removed, and replaced by a copy of the source.")}) {
    for (std::string& line : wrap(text, columns - margin.size())) lines.push_back(std::move(line));
  }
  lines.push_back(fmt::format("To proceed, type {} (or give it beforehand by --confirm).",
                              escape(report.value("/target/database"_json_pointer, ""), style)));

  std::string warning = margin + toned("WARNING: destructive action", Tone::bad, style) + "\n";
  for (const std::string& line : lines) warning += margin + line + "\n";
  return warning + "> ";
}

std::string ask_for_confirmation(const json& report, const Style& style) {
  write_fully(STDERR_FILENO, destruction_warning(report, window_size(STDERR_FILENO).columns, style));
  std::string typed;
  if (!std::getline(std::cin, typed)) write_fully(STDERR_FILENO, "\n");
  return typed;
}

}  // namespace pghaul::command
