#pragma once

#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "style.h"

namespace pghaul::command {

/// Returns "pghaul: error: MESSAGE", and below it "  hint: …" when there is one. Without a line break at the
/// end.
[[nodiscard]] std::string error_text(std::string_view message, std::string_view hint, const Style& style);
[[nodiscard]] std::string warning_text(std::string_view message, std::string_view hint, const Style& style);

/// Describes an exception that reached the top of the command.
[[nodiscard]] std::string text_of_exception(const std::exception& thrown, const Style& style);

/// Returns every reason why a run was refused, each as an error of its own.
[[nodiscard]] std::vector<std::string> refusals_of(const nlohmann::json& report, const Style& style);

}  // namespace pghaul::command
