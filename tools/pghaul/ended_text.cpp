#include "ended_text.h"

#include <fmt/format.h>

#include "escape.h"
#include "quantities.h"
#include "report_pieces.h"

namespace pghaul::command {

using nlohmann::json;

std::string abandoned(const json& report, const Style& style) {
  const json& copy = report["abandoned"];
  std::string left;
  for (const json& kind : list_of(copy, "left")) {
    const std::string name = kind.value("kind", "");
    left += (left.empty() ? "" : ", ") +
            show_count(kind.value("count", std::uint64_t{0}), name.c_str(), (name + "s").c_str());
  }
  const std::string name = report.value("/target/database"_json_pointer, "");
  const std::string freed =
      copy.value("freed_source", false)
          ? "Its replication slot, publication and schema were removed from the source.\n"
          : "";
  if (!report.contains("target") || copy.value("runs", 0) == 0) {
    return fmt::format("Gave up the live copy from {} that began {}.\n{}",
                       escape(copy.value("source", ""), style), copy.value("started", ""), freed);
  }
  const std::string state =
      copy.value("was_following", false)
          ? "Everything had been copied there, and the source's changes applied until pghaul was stopped."
          : "Rows, indexes and constraints may be missing there. To start anew: pghaul copy --confirm " +
                escape(name, style);
  return fmt::format("Gave up the copy from {} that began {}.\n{}\n{} keeps {}.\n{}\n",
                     escape(copy.value("source", ""), style), copy.value("started", ""), freed,
                     end_text(report, "target", style), left.empty() ? "nothing" : left, state);
}

std::string finished(const json& report, const Style& style) {
  const json& finish = report["finish"];
  const std::string closed = escape(finish.value("closed", ""), style);
  const std::string rest =
      finish.value("read_only", false)
          ? fmt::format(
                "New sessions of {} can only read, unless they ask otherwise; {} ended.\n", closed,
                show_count(finish.value("ended_sessions", std::uint64_t{0}), "session was", "sessions were"))
          : fmt::format("Nothing keeps an application from writing to {}.\n", closed);
  return fmt::format(
      "Finished the live copy: the application goes on with {}.\n"
      "There is no way back any more.\n{}",
      escape(finish.value("opened", ""), style), rest);
}

std::string prepared(const json& report, const Style& style) {
  const std::string until = escape(report.value("/standby/until"_json_pointer, ""), style);
  return fmt::format(
      "The source keeps its changes for the standby from {0} on. On the standby:\n\n"
      "  ALTER SYSTEM SET recovery_target_lsn = '{0}';\n"
      "  ALTER SYSTEM SET recovery_target_inclusive = off;\n"
      "  ALTER SYSTEM SET recovery_target_action = promote;\n\n"
      "Restart it, and upgrade it once it has ended its recovery, if it is to be upgraded. Then:\n\n"
      "  pghaul copy --follow --filled-at {0} SOURCE TARGET\n\n"
      "pghaul abandon SOURCE TARGET gives it up.\n",
      until);
}

}  // namespace pghaul::command
