#include "job/writes_since_snapshot.h"

#include <fmt/format.h>

#include "catalog/read_catalog.h"
#include "postgres/connection.h"

namespace pghaul::job {

void mention_writes_since_snapshot(const discovery::Discovery& found, const discovery::VerbContext& context) {
  if (found.stored || context.options.follow) return;
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, postgres::Side::source, {}, context.stop);
  if (!source) return;
  const Result<std::string> state = catalog::read_state(*source);
  const Result<catalog::Writers> writers = catalog::read_writers(*source);
  if (!state || !writers) return;
  const bool since_discovery = writers->rows_written != found.writers.rows_written;
  if (!since_discovery && context.options.snapshot.empty()) return;
  const std::int64_t transactions = catalog::transactions_between(found.source_state, *state);
  if (transactions <= 0) return;
  const std::string message = fmt::format(
      "since the snapshot {} written on the source's server, to this database, too: that is not in "
      "the copy",
      transactions == 1 ? "a transaction has" : fmt::format("{} transactions have", transactions));
  const std::string hint = "where the target is to take the source's place: stop its writers, and copy again";
  context.events.warning(message, hint, {});
  context.report.findings.push_back({"warning", "source_written", {}, message, hint});
}

}  // namespace pghaul::job
