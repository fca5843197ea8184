#include "metrics.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace pghaul::command {
namespace {

struct Gauge {
  const char* member;  // of the events `progress` and `following`
  const char* name;
  const char* help;
};
constexpr std::array kGauges{
    Gauge{"bytes", "pghaul_bytes", "Bytes of COPY data moved so far."},
    Gauge{"bytes_total", "pghaul_bytes_expected", "Bytes of COPY data in all, estimated."},
    Gauge{"bytes_per_second", "pghaul_bytes_per_second",
          "Bytes of COPY data moved a second, over the last seconds."},
    Gauge{"rows", "pghaul_rows", "Rows moved so far."},
    Gauge{"tables_done", "pghaul_tables_done", "Tables whose rows have all been moved."},
    Gauge{"tables_total", "pghaul_tables", "Tables with rows to move."},
    Gauge{"indexes_done", "pghaul_indexes_done", "Indexes that have been built."},
    Gauge{"indexes_total", "pghaul_indexes", "Indexes to build."},
    Gauge{"tasks_done", "pghaul_tasks_done", "Pieces of work that are done."},
    Gauge{"tasks_total", "pghaul_tasks", "Pieces of work of all kinds."},
    Gauge{"remaining_seconds", "pghaul_remaining_seconds", "Seconds left, by the forecast."},
    Gauge{"lag_seconds", "pghaul_lag_seconds", "Age of the oldest change that a live copy has not applied."},
    Gauge{"lag_bytes", "pghaul_lag_bytes", "Bytes of WAL that a live copy is behind its source."},
    Gauge{"changes", "pghaul_changes", "Changes of rows received by a live copy since its run began."},
    Gauge{"slot_holds_bytes", "pghaul_slot_holds_bytes",
          "Bytes of WAL that the source keeps for a live copy."},
};

/// Writes a label's value: backslash, quote and line break are escaped.
std::string label_value(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    result += c == '\n' ? "\\n" : std::string(1, c);
  }
  return result + "\"";
}

void add_head(std::string& text, const char* name, const char* help) {
  text += fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
}

void add(std::string& text, const char* name, const char* help, double value) {
  add_head(text, name, help);
  text += fmt::format("{} {}\n", name, value);
}

}  // namespace

void Metrics::take(const nlohmann::json& event) {
  const std::string kind = event.value("event", "");
  if (kind == "started") {
    *this = {};
    verb_ = event.value("verb", "");
    version_ = event.value("pghaul", "");
  }
  elapsed_ = event.value("elapsed", elapsed_);
  if (kind == "retry") ++retries_;
  if (kind == "warning") ++warnings_;
  if (event.contains("database")) return;  // of one among many, whose progress is added up
  if (kind == "job") {
    source_ = event.value("source", "");
    target_ = event.value("target", "");
  }
  if (kind == "phase") phases_[event.value("phase", "")] = event.value("state", "") == "started";
  if (kind == "progress" || kind == "following") {
    for (const Gauge& gauge : kGauges) {
      if (event.contains(gauge.member)) gauges_[gauge.member] = event.value(gauge.member, 0.0);
    }
  }
  if (kind == "progress") {
    for (const char* may_be_unknown : {"remaining_seconds", "bytes_per_second"}) {
      if (!event.contains(may_be_unknown)) gauges_.erase(may_be_unknown);
    }
    running_ = static_cast<double>(event.value("running", nlohmann::json::array()).size());
  }
  if (kind != "finished") return;
  status_ = event.value("status", "");
  partial_ = event.value("partial", false);
  running_ = 0;
  gauges_.erase("remaining_seconds");
  gauges_.erase("bytes_per_second");
}

std::string Metrics::text() const {
  std::string text;
  add_head(text, "pghaul_info", "The run that these metrics are of.");
  text += fmt::format("pghaul_info{{verb={},version={},source={},target={}}} 1\n", label_value(verb_),
                      label_value(version_), label_value(source_), label_value(target_));
  add(text, "pghaul_elapsed_seconds", "Seconds since the run began.", elapsed_);
  for (const Gauge& gauge : kGauges) {
    if (const auto known = gauges_.find(gauge.member); known != gauges_.end()) {
      add(text, gauge.name, gauge.help, known->second);
    }
  }
  add(text, "pghaul_workers_busy", "Workers that have a piece of work now.", running_);
  add(text, "pghaul_retries", "Failures after which work was tried again.", static_cast<double>(retries_));
  add(text, "pghaul_warnings", "Warnings so far.", static_cast<double>(warnings_));
  if (!phases_.empty()) add_head(text, "pghaul_phase", "1 while the phase lasts, 0 after its end.");
  for (const auto& [phase, under_way] : phases_) {
    text += fmt::format("pghaul_phase{{phase={}}} {}\n", label_value(phase),
                        under_way && status_.empty() ? 1 : 0);
  }
  add(text, "pghaul_finished", "1 once the run has ended.", status_.empty() ? 0 : 1);
  if (status_.empty()) return text;
  add_head(text, "pghaul_result", "How the run ended: the report's status.");
  text += fmt::format("pghaul_result{{status={}}} 1\n", label_value(status_));
  add(text, "pghaul_partial", "1 if something was left out or not compared.", partial_ ? 1 : 0);
  if (exit_status_ >= 0) add(text, "pghaul_exit_status", "The command's exit status.", exit_status_);
  return text;
}

}  // namespace pghaul::command
