#include "complaint.h"

#include <fmt/format.h>

#include "escape.h"
#include "report_text.h"

namespace pghaul::command {

namespace {

std::string complaint(const std::string& kind, std::string_view message, std::string_view hint,
                      const Look& look) {
  std::string text = fmt::format("pghaul: {} {}", kind, escape_lines(message, look));
  if (!hint.empty()) text += "\n  hint: " + escape_lines(hint, look);
  return text;
}

}  // namespace

std::string error_text(std::string_view message, std::string_view hint, const Look& look) {
  return complaint(toned("error:", Tone::bad, look), message, hint, look);
}

std::string warning_text(std::string_view message, std::string_view hint, const Look& look) {
  return complaint(toned("warning:", Tone::careful, look), message, hint, look);
}

std::vector<std::string> refusals_of(const nlohmann::json& report, const Look& look) {
  std::vector<std::string> errors;
  for (const nlohmann::json& finding : list_of(report, "findings")) {
    if (finding.value("severity", "") != "refusal") continue;
    errors.push_back(error_text(finding.value("message", ""), finding.value("hint", ""), look));
  }
  return errors;
}

}  // namespace pghaul::command
