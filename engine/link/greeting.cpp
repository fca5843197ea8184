#include "link/greeting.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "measure/version.h"
#include "transport/frame_encoder.h"

namespace pghaul::link {
namespace {

constexpr const char* kWord = "pghaul-link";
constexpr int kProtocol = 4;

/// Makes any line readable for people.
std::string printable(const std::string& line) {
  std::string text;
  for (const char byte : line.substr(0, 200)) text += byte >= ' ' && byte <= '~' ? byte : '?';
  return text;
}

}  // namespace

std::string greeting() {
  return fmt::format("{} {} {}\n", kWord, kProtocol, measure::kVersion);
}

Status check_greeting(const std::string& line) {
  if (line + "\n" == greeting()) return {};
  std::istringstream words(line);
  std::string word;
  std::string protocol;
  std::string version;
  words >> word >> protocol >> version;
  if (word == kWord) {
    return fail(ErrorCode::connection_failed,
                fmt::format("the far half of the link is pghaul {}, and this is pghaul {}",
                            printable(version), measure::kVersion),
                "install the same version on both machines");
  }
  return fail(
      ErrorCode::connection_failed,
      fmt::format("the far half of the link sent no greeting; it wrote \"{}\"", printable(line)),
      "the command has to start pghaul there, and nothing may write to its standard output before: try it "
      "with --version; shells' startup files must print nothing in sessions without a terminal");
}

std::string this_machine() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string this_place() {
  std::error_code unknown;
  const std::string network = std::filesystem::read_symlink("/proc/self/ns/net", unknown);
  const std::string machine = this_machine();
  return unknown || machine.empty() ? std::string{} : machine + " " + network;
}

transport::Compression compression_to(const std::string& place, const transport::Compression& asked) {
  if (asked.level || place.empty() || place != this_place()) return asked;
  return {.level = transport::FrameEncoder::kStore};
}

}  // namespace pghaul::link
