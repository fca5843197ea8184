#include "support/browser.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "support/process.h"

namespace pghaul::support {
namespace {

std::optional<std::string> in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = folder + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> browser() {
  if (const char* chosen = std::getenv("PGHAUL_BROWSER")) return chosen;
  if (auto found = in_path("chromium-headless-shell")) return found;
  return in_path("chromium");
}

std::string document_of(const std::string& browser, const std::string& page_file) {
  const std::filesystem::path profile = page_file + ".profile";
  const ProcessResult done = run_command(
      {browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
       "--user-data-dir=" + profile.string(), "--window-size=1280,1000", "--virtual-time-budget=5000",
       "--dump-dom", "file://" + std::filesystem::absolute(page_file).string()},
      {{"HOME", profile.string()}});
  std::filesystem::remove_all(profile);
  if (done.exit_status != 0 || done.out.empty()) {
    throw std::runtime_error("the browser could not show the page: " + done.err);
  }
  return done.out;
}

}  // namespace pghaul::support
