#include "process/program_image.h"

#include <unistd.h>

#include <string_view>
#include <utility>

namespace pghaul::process {
namespace {

/// Returns a null-terminated array of C strings, as exec takes it.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with("PG") && !added.contains(name)) result.emplace_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

}  // namespace

ProgramImage::ProgramImage(std::vector<std::string> arguments,
                           const std::map<std::string, std::string>& added)
    : arguments_(std::move(arguments)),
      environment_(environment_with(added)),
      argument_pointers_(pointers(arguments_)),
      environment_pointers_(pointers(environment_)) {}

void ProgramImage::become() const noexcept {
  execve(argument_pointers_.front(), argument_pointers_.data(), environment_pointers_.data());
}

}  // namespace pghaul::process
