#include "job/keep_record.h"

#include <utility>

#include "postgres/cancel_on_stop.h"

namespace pghaul::job {

Result<RecordDraft> begin_record(postgres::Connection& source) {
  Result<postgres::History> history = postgres::read_history(source);
  if (!history) return fail(history.error());
  Result<std::map<catalog::Oid, catalog::TableDefinition>> definitions =
      catalog::read_table_definitions(source);
  if (!definitions) return fail(definitions.error());
  return RecordDraft{std::move(*history), std::move(*definitions)};
}

Status keep_record(const RecordDraft& draft, std::vector<journal::CopyRecord::Table> tables,
                   const postgres::ConnectionString& source, postgres::Connection& target,
                   const std::stop_token& stop) {
  Result<postgres::Connection> opened =
      postgres::Connection::open(source, postgres::Side::source, "SQL_ASCII", stop);
  if (!opened) return fail(opened.error());
  const postgres::CancelOnStop cancel_on_stop(stop, *opened);
  if (Status flushed = postgres::wait_until_flushed(*opened, draft.source.position, stop); !flushed)
    return flushed;
  Result<postgres::History> history = postgres::read_history(target);
  if (!history) return fail(history.error());
  std::erase_if(tables, [&](journal::CopyRecord::Table& table) {
    const auto definition = draft.definitions.find(table.oid);
    if (definition == draft.definitions.end()) return true;
    table.definition = definition->second.digest;
    return false;
  });
  return journal::keep_copy_record(
      target, {.source = draft.source, .target = std::move(*history), .tables = std::move(tables)});
}

}  // namespace pghaul::job
