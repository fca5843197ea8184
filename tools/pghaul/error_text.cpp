#include "error_text.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

#include "escape.h"
#include "report_pieces.h"

namespace pghaul::command {

namespace {

std::string labelled(const std::string& kind, std::string_view message, std::string_view hint,
                     const Style& style) {
  std::string text = fmt::format("pghaul: {} {}", kind, escape_lines(message, style));
  if (!hint.empty()) text += "\n  hint: " + escape_lines(hint, style);
  return text;
}

}  // namespace

std::string error_text(std::string_view message, std::string_view hint, const Style& style) {
  return labelled(toned("error:", Tone::bad, style), message, hint, style);
}

std::string warning_text(std::string_view message, std::string_view hint, const Style& style) {
  return labelled(toned("warning:", Tone::careful, style), message, hint, style);
}

std::string text_of_exception(const std::exception& thrown, const Style& style) {
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr) {
    return error_text("out of memory", "give pghaul more memory", style);
  }
  const auto* of_system = dynamic_cast<const std::system_error*>(&thrown);
  if (of_system != nullptr && of_system->code() == std::errc::resource_unavailable_try_again) {
    return error_text(fmt::format("cannot start a thread: {}", thrown.what()),
                      "raise the limit on processes (ulimit -u; of a container: its limit on pids)", style);
  }
  return error_text(fmt::format("unexpected: {}", thrown.what()),
                    "this is a defect of pghaul: please report it with the command and this message", style);
}

std::vector<std::string> refusals_of(const nlohmann::json& report, const Style& style) {
  std::vector<std::string> errors;
  for (const nlohmann::json& finding : list_of(report, "findings")) {
    if (finding.value("severity", "") != "refusal") continue;
    errors.push_back(error_text(finding.value("message", ""), finding.value("hint", ""), style));
  }
  return errors;
}

}  // namespace pghaul::command
