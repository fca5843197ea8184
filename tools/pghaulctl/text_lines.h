#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Texts of files, line by line.
namespace pghaul::platform {

using Lines = std::vector<std::string>;

[[nodiscard]] Lines lines_of(const std::string& text);
[[nodiscard]] std::string joined(const Lines& lines);
/// Takes blanks around a text off.
[[nodiscard]] std::string trimmed(std::string_view text);
/// Puts double quotes around a name, and doubles those within, as PgBouncer reads it. Not named `quoted`: of a
/// std::string, compilers from GCC 14 on may find the standard library's.
[[nodiscard]] std::string in_double_quotes(const std::string& name);
/// Returns what stands before and after the first '='; nothing: the line is a comment, or has none.
[[nodiscard]] std::pair<std::string, std::string> setting(const std::string& line);

}  // namespace pghaul::platform
