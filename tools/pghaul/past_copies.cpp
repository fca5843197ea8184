#include "past_copies.h"

#include <cstdlib>
#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>

namespace pghaul::command {

namespace {

constexpr std::size_t kMost = 200;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool was_foretold(const std::string& line) {
  const nlohmann::json copy = nlohmann::json::parse(line, nullptr, false);
  const auto is_positive = [&](const char* name) {
    const auto found = copy.find(name);
    return found != copy.end() && found->is_number() && found->get<double>() > 0;
  };
  return copy.is_object() && is_positive("predicted_seconds") && is_positive("seconds");
}

}  // namespace

std::string history_path() {
  std::string state = variable("XDG_STATE_HOME");
  if (state.empty()) {
    const std::string home = variable("HOME");
    if (home.empty()) return {};
    state = home + "/.local/state";
  }
  return state + "/pghaul/history.jsonl";
}

std::vector<std::string> past_copies(const std::string& path) {
  std::ifstream file(path);
  std::deque<std::string> latest;
  for (std::string line; std::getline(file, line);) {
    if (!was_foretold(line)) continue;
    latest.push_back(line);
    if (latest.size() > kMost) latest.pop_front();
  }
  return {latest.begin(), latest.end()};
}

}  // namespace pghaul::command
