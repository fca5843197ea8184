#include "complaint.h"

#include <fmt/format.h>

#include <new>
#include <system_error>

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

std::string text_of_exception(const std::exception& thrown, const Look& look) {
  if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr) {
    return error_text("out of memory", "give pghaul more memory", look);
  }
  const auto* of_system = dynamic_cast<const std::system_error*>(&thrown);
  if (of_system != nullptr && of_system->code() == std::errc::resource_unavailable_try_again) {
    return error_text(fmt::format("cannot start a thread: {}", thrown.what()),
                      "raise the limit on processes (ulimit -u; of a container: its limit on pids)", look);
  }
  return error_text(fmt::format("unexpected: {}", thrown.what()),
                    "this is a defect of pghaul: please report it with the command and this message", look);
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
