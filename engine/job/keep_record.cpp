#include "job/keep_record.h"

#include <tuple>
#include <utility>

#include "postgres/cancel_on_stop.h"

namespace pghaul::job {

Result<RecordDraft> read_draft(postgres::Connection& server) {
  Result<postgres::History> history = postgres::read_history(server);
  if (!history) return fail(history.error());
  Result<std::map<catalog::Oid, catalog::TableDefinition>> definitions =
      catalog::read_table_definitions(server);
  if (!definitions) return fail(definitions.error());
  return RecordDraft{std::move(*history), std::move(*definitions)};
}

Status await_durable(const RecordDraft& draft, postgres::Connection& source, const std::stop_token& stop) {
  const postgres::CancelOnStop cancel_on_stop(stop, source);
  return postgres::wait_until_flushed(source, draft.history.position, stop);
}

Status keep_record(const RecordDraft& draft, const RecordDraft& before,
                   std::vector<journal::CopyRecord::Table> tables, postgres::Connection& target) {
  std::map<catalog::Name, std::pair<catalog::Oid, std::string>> on_target;
  for (const auto& [oid, definition] : before.definitions) on_target[definition.name] = {oid, definition.digest};
  std::erase_if(tables, [&](journal::CopyRecord::Table& table) {
    const auto definition = draft.definitions.find(table.oid);
    const auto copy = on_target.find(table.name);
    if (definition == draft.definitions.end() || copy == on_target.end()) return true;
    table.definition = definition->second.digest;
    std::tie(table.target_oid, table.target_definition) = copy->second;
    if (table.target_xmin == 0) table.target_xmin = before.history.xmin;
    return false;
  });
  return journal::keep_copy_record(
      target, {.source = draft.history, .target = before.history, .tables = std::move(tables)});
}

}  // namespace pghaul::job
