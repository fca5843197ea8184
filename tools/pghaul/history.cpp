#include "history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "escape.h"
#include "output.h"
#include "quantities.h"
#include "report_file.h"
#include "report_pieces.h"
#include "text_table.h"

namespace pghaul::command {

namespace {

using nlohmann::json;

constexpr std::size_t kMost = 500;
constexpr std::size_t kTrimAt = kMost + 100;
constexpr std::size_t kShown = 20;

tl::unexpected<Failure> cannot_keep(const std::string& file, int error) {
  return tl::make_unexpected(
      Failure{fmt::format("the history '{}' can't be written: {}", file, std::strerror(error)), {}, {}});
}

/// Keeps other processes out in its lifetime.
class Lock {
 public:
  explicit Lock(const std::string& file)
      : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)),
        held_(descriptor_ >= 0 && wait()),
        error_(held_ ? 0 : errno) {}
  ~Lock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  [[nodiscard]] bool held() const { return held_; }
  [[nodiscard]] int error() const { return error_; }

 private:
  [[nodiscard]] bool wait() const {
    while (flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) return false;
    }
    return true;
  }

  int descriptor_;
  bool held_;
  int error_;
};

/// Tells whether options have left a part of the database out. Such a rehearsal foretells no copy of all of
/// it.
bool is_of_part(const json& report) {
  constexpr std::array kLeaveOut = {
      "schema",          "exclude-schema", "table",     "exclude-table",     "extension",
      "where",           "schema-only",    "data-only", "exclude-extension", "exclude-table-data",
      "no-large-objects"};
  const json settings = report.value("settings", json::object());
  return std::ranges::any_of(kLeaveOut, [&](const char* option) { return settings.contains(option); });
}

PastCopy past_copy_of(const json& report) {
  PastCopy copy;
  copy.started = report.value("started", "");
  copy.status = report.value("status", "");
  const bool rehearsal = report.value("rehearsal", false);
  copy.kind = report.contains("databases")      ? "server"
              : report.contains("read")         ? "discard"
              : rehearsal && is_of_part(report) ? "rehearsal of a part"
              : rehearsal                       ? "rehearsal"
                                                : "copy";
  copy.open_after = report.value("/opening/after"_json_pointer, "verified");
  copy.seconds = report.value("/downtime/seconds"_json_pointer, report.value("seconds", 0.0));
  copy.predicted_seconds = report.value("/downtime/predicted_seconds"_json_pointer, 0.0);
  copy.bytes = report.value("/source/bytes"_json_pointer, 0.0);
  for (const json& table : list_of(report, "tables")) copy.rows += table.value("rows", 0.0);
  for (const json& finding : list_of(report, "findings")) {
    if (finding.value("severity", "") == "warning") ++copy.warnings;
  }
  copy.partial = report.value("partial", false);
  copy.jobs = report.value("/resources/jobs"_json_pointer, 0);
  copy.source = report.value("/source/description"_json_pointer, "");
  copy.target = report.value("/target/description"_json_pointer, "");
  copy.source_version = report.value("/source/server_version"_json_pointer, "");
  copy.target_version = report.value("/target/server_version"_json_pointer, "");
  copy.pghaul = report.value("pghaul", "");
  return copy;
}

/// Reads a copy; throws json::exception when a member has another type than as_json() gives it.
PastCopy from_json(const json& line) {
  PastCopy copy;
  copy.id = line.at("id");
  copy.started = line.at("started");
  copy.status = line.at("status");
  copy.kind = line.value("kind", "copy");
  copy.open_after = line.value("open_after", "verified");
  copy.seconds = line.value("seconds", 0.0);
  copy.predicted_seconds = line.value("predicted_seconds", 0.0);
  copy.bytes = line.value("bytes", 0.0);
  copy.rows = line.value("rows", 0.0);
  copy.warnings = line.value("warnings", std::size_t{0});
  copy.partial = line.value("partial", false);
  copy.jobs = line.value("jobs", 0);
  copy.source = line.value("source", "");
  copy.target = line.value("target", "");
  copy.source_version = line.value("source_version", "");
  copy.target_version = line.value("target_version", "");
  copy.pghaul = line.value("pghaul", "");
  return copy;
}

std::size_t number_of(const PastCopy& copy) {
  std::size_t number = 0;
  if (copy.id.size() > 1) std::from_chars(copy.id.data() + 1, copy.id.data() + copy.id.size(), number);
  return number;
}

std::string line_of(const PastCopy& copy) {
  return as_json(copy).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

/// Tells whether the file ends in half a line, left by a killed process, to which nothing may be appended.
bool ends_half_way(const std::string& file) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream || stream.tellg() == 0) return false;
  stream.seekg(-1, std::ios::end);
  return stream.get() != '\n';
}

std::string when(const PastCopy& copy) {
  std::string text = copy.started.substr(0, 16);
  if (text.size() == 16) text[10] = ' ';
  return text;
}

std::string state_of(const PastCopy& copy) {
  struct State {
    const char* status;
    const char* text;
  };
  constexpr std::array kStates{
      State{"verified", "Completed, verified"},   State{"counted", "Completed, counted"},
      State{"copied", "Completed, not verified"}, State{"mismatch", "Finished, different"},
      State{"incomplete", "Failed half-way"},     State{"failed", "Failed"},
      State{"interrupted", "Interrupted"},        State{"read", "Read, nothing kept"}};
  for (const State& known : kStates) {
    if (copy.status != known.status) continue;
    std::string text = known.text;
    if (copy.warnings > 0 && text.starts_with("Completed")) {
      text = fmt::format("Finished with {}", show_count(copy.warnings, "warning", "warnings"));
    }
    if (copy.partial) text += ", partial";
    if (copy.kind == "rehearsal") return "Rehearsal: " + text;
    return copy.kind == "rehearsal of a part" ? "Rehearsal of a part: " + text : text;
  }
  return copy.status;
}

}  // namespace

json as_json(const PastCopy& copy) {
  return {{"id", copy.id},
          {"started", copy.started},
          {"status", copy.status},
          {"kind", copy.kind},
          {"open_after", copy.open_after},
          {"seconds", copy.seconds},
          {"predicted_seconds", copy.predicted_seconds},
          {"bytes", copy.bytes},
          {"rows", copy.rows},
          {"warnings", copy.warnings},
          {"partial", copy.partial},
          {"jobs", copy.jobs},
          {"source", copy.source},
          {"target", copy.target},
          {"source_version", copy.source_version},
          {"target_version", copy.target_version},
          {"pghaul", copy.pghaul}};
}

std::string History::usual_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/pghaul";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.local/state/pghaul" : "";
}

tl::expected<void, Failure> History::add(const json& report) const {
  PastCopy copy = past_copy_of(report);
  const bool has_ends = !copy.source.empty() && (!copy.target.empty() || copy.kind == "discard");
  if (folder_.empty() || copy.status == "refused" || !has_ends) return {};
  std::error_code problem;
  std::filesystem::create_directories(folder_, problem);
  if (problem) return cannot_keep(file(), problem.value());
  const Lock lock(folder_ + "/history.lock");
  if (!lock.held()) return cannot_keep(file(), lock.error());

  std::vector<PastCopy> copies = read();
  copy.id = fmt::format("c{:03}", copies.empty() ? 1 : number_of(copies.back()) + 1);
  if (copies.size() >= kTrimAt) {
    copies.erase(copies.begin(), copies.end() - static_cast<std::ptrdiff_t>(kMost - 1));
    copies.push_back(copy);
    std::string all;
    for (const PastCopy& one : copies) all += line_of(one);
    return write_report_file(file(), all);
  }
  const int descriptor = open(file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return cannot_keep(file(), errno);
  const bool written = write_fully(descriptor, (ends_half_way(file()) ? "\n" : "") + line_of(copy));
  const int error = errno;
  close(descriptor);
  if (!written) return cannot_keep(file(), error);
  return {};
}

std::vector<PastCopy> History::read() const {
  std::vector<PastCopy> copies;
  std::ifstream lines(file());
  for (std::string line; std::getline(lines, line);) {
    const json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object()) continue;
    try {
      copies.push_back(from_json(parsed));
    } catch (const json::exception&) {  // another program's, or damaged
    }
  }
  return copies;
}

std::string history_text(const std::vector<PastCopy>& copies, const Style& style) {
  if (copies.empty()) return "no copies yet\n";
  using Side = TextTable::Side;
  TextTable table({{"id"},
                   {"started (UTC)"},
                   {"state"},
                   {"took", Side::right},
                   {"size", Side::right},
                   {"per GB", Side::right}});
  const auto shown = copies.rbegin() + static_cast<std::ptrdiff_t>(std::min(copies.size(), kShown));
  for (auto copy = copies.rbegin(); copy != shown; ++copy) {
    const std::string state = state_of(*copy);
    const bool complete =
        state.find("ompleted") != std::string::npos || state.find("inished") != std::string::npos;
    table.add({escape(copy->id, style), escape(when(*copy), style), escape(state, style),
               show_seconds(copy->seconds), show_bytes(copy->bytes),
               complete && copy->bytes > 0 ? show_seconds(copy->seconds / (copy->bytes / 1e9)) : "-"});
  }
  std::istringstream lines(table.text(80, style));
  std::string line;
  std::getline(lines, line);
  std::string text = line + "\n";
  for (auto copy = copies.rbegin(); copy != shown && std::getline(lines, line); ++copy) {
    text += line + "\n";
    text += toned(fmt::format("        {} to {}", escape(copy->source, style),
                              copy->target.empty() ? "nowhere" : escape(copy->target, style)),
                  Tone::faint, style) +
            "\n";
  }
  if (copies.size() > kShown) {
    text += fmt::format("  and {} earlier ones: pghaul history --json lists all\n", copies.size() - kShown);
  }
  return text;
}

}  // namespace pghaul::command
