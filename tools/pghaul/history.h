#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "job.h"
#include "style.h"

namespace pghaul::command {

/// The stored facts of one past copy. No connection strings, no secrets.
struct PastCopy {
  std::string id;  // c001, c002, …
  std::string started;
  std::string status;      // as in the report
  std::string kind;        // copy, rehearsal, server: all its databases, or discard: read, and nothing kept
  std::string open_after;  // the milestone at which the application was let in
  double seconds = 0;
  double predicted_seconds = 0;  // 0: there was no forecast
  double bytes = 0;              // size of the source on disk
  double rows = 0;
  std::size_t warnings = 0;
  bool partial = false;  // something was left out
  int jobs = 0;
  std::string source, target;  // for people
  std::string source_version, target_version;
  std::string pghaul;
};
[[nodiscard]] nlohmann::json as_json(const PastCopy& copy);

/// The copies that this user has made on this machine: a file of one JSON object a line. Several processes
/// may add to it at once; the oldest go when there are many.
class History {
 public:
  /// `folder` is made when the first copy is added.
  explicit History(std::string folder) : folder_(std::move(folder)) {}
  /// $XDG_STATE_HOME/pghaul, by default ~/.local/state/pghaul; empty where there is no home.
  [[nodiscard]] static std::string usual_folder();

  /// Adds the copy of a report. One that was refused, or that reached no server, is none.
  [[nodiscard]] tl::expected<void, Failure> add(const nlohmann::json& report) const;
  /// Returns the copies, the oldest first. Lines that can't be read are left out; without a file there are
  /// none.
  [[nodiscard]] std::vector<PastCopy> read() const;

 private:
  [[nodiscard]] std::string file() const { return folder_ + "/history.jsonl"; }

  std::string folder_;
};

/// Renders `pghaul history`, the latest first.
[[nodiscard]] std::string history_text(const std::vector<PastCopy>& copies, const Style& style);

}  // namespace pghaul::command
