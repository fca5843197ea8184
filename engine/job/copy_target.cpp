#include "job/copy.h"

#include <fmt/format.h>

#include "discovery/prepared.h"
#include "job/target_schemas.h"
#include "postgres/quote.h"
#include "schema/clear_database.h"
#include "tasks/pre_data.h"

namespace pghaul::job {

/// Removes what is in the way. Where the target's tables stay, that is the rows of an earlier run.
Status Copy::make_room(const std::string& journal_before) {
  if (context_.options.data_only) {
    return resume_ ? discovery::time_phase(context_, "clear target", [&] { return empty_tables(); })
                   : Status{};
  }
  const bool confirmed = context_.options.confirm == found_.target->database;
  if (found_.contents.empty() && !confirmed) return {};
  return discovery::time_phase(context_, "clear target", [&] { return clear_target(journal_before); });
}

/// Empties the tables that the copy fills. They may refer to each other, so all of them at once.
Status Copy::empty_tables() {
  std::string names;
  for (const plan::TablePlan& table : found_.plan.tables) {
    const catalog::Name& name = found_.source.relations[table.relation].name;
    names += (names.empty() ? "" : ", ") + postgres::quote(name.schema, name.name);
  }
  if (names.empty()) return {};
  Status emptied = target_hold_->connection().execute("TRUNCATE ONLY " + names);
  return emptied ? emptied : emptied.error().during("emptying tables that an earlier run has filled");
}

Status Copy::clear_target(const std::string& kept_schema) {
  const Result<std::vector<schema::LeftSlot>> slots =
      schema::clear_database(target_hold_->connection(), kept_schema, discovery::extensions_to_find(found_));
  if (!slots) return fail(slots.error());
  for (const schema::LeftSlot& left : *slots) {
    const std::string object = "subscription " + shown(catalog::Name{{}, left.subscription});
    const std::string message = fmt::format(
        "{} of the target was dropped; on its publisher the replication slot {} remains, which keeps WAL "
        "from "
        "being removed there",
        object, left.slot);
    const std::string hint = fmt::format("on the publisher: SELECT pg_drop_replication_slot({})",
                                         postgres::quote_literal(left.slot));
    context_.events.warning(message, hint, object);
    context_.report.findings.push_back({"warning", "slot_left", object, message, hint});
  }
  return {};
}

Status Copy::restore_pre_data() {
  postgres::Connection& target = target_hold_->connection();
  if (!context_.options.data_only) {  // otherwise the target keeps its own definitions
    if (Status made = make_definitions(target); !made) return made;
  }
  return journal_->enter(target, journal::Journal::Stage::tasks);
}

Status Copy::make_definitions(postgres::Connection& target) {
  if (Status dropped = drop_public_schema(target, found_, context_); !dropped) return dropped;
  if (Status prepared = prepare_schemas(target, found_, context_.options.filters); !prepared) return prepared;
  const auto make_schemas = [&] { return schema_->restore(found_.sections.schemas_first, false); };
  if (Status made = make_schemas(); !made) return made;
  return tasks::restore_pre_data(*schema_, workers(), found_.sections.before_data, [&]() -> Status {
    Status again = clear_target(journal_->schema());
    if (again) again = drop_public_schema(target, found_, context_);
    return again ? make_schemas() : again;
  });
}

}  // namespace pghaul::job
