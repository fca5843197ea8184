#include "support/pghaul.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace pghaul::support {

Haul haul(std::vector<std::string> arguments, const Environment& environment) {
  static int runs = 0;
  const std::filesystem::path report =
      std::filesystem::temp_directory_path() /
      ("pghaul-test-" + std::to_string(getpid()) + "-" + std::to_string(++runs) + ".json");
  arguments.insert(arguments.begin(), PGHAUL_COMMAND);
  arguments.insert(arguments.end(), {"--report", report.string()});
  const ProcessResult done = run_command(arguments, environment);
  Haul result{done.exit_status, done.out, done.err, nullptr};
  if (std::ifstream file(report); file) result.report = nlohmann::json::parse(file);
  std::filesystem::remove(report);
  return result;
}

}  // namespace pghaul::support
