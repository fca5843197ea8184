#include "follow/source_findings.h"

#include <fmt/format.h>

#include "postgres/quote.h"
#include "postgres/shown_name.h"

namespace pghaul::follow {
namespace {

constexpr int kLogicalReplication = 100000;  // the first version with pgoutput

std::string listed(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, "; "));
}

void judge_server(const SourceFacts& source, std::vector<Finding>& found) {
  if (source.version < kLogicalReplication) {
    found.push_back({true, "source_too_old", "",
                     "the source is older than PostgreSQL 10, which has no pgoutput",
                     "copy without --follow"});
  }
  if (source.in_recovery) {
    found.push_back({true, "source_is_standby", "",
                     "the source is a standby: which transactions it has seen can't be told exactly",
                     "give the primary server as SOURCE"});
  }
  if (source.wal_level != "logical") {
    found.push_back(
        {true, "wal_level", "", fmt::format("wal_level of the source is {}, not logical", source.wal_level),
         "ALTER SYSTEM SET wal_level = logical, then restart the source; on managed services: Amazon RDS "
         "rds.logical_replication = 1, Google Cloud SQL cloudsql.logical_decoding = on, Azure "
         "wal_level = logical in the server parameters"});
  }
  if (!source.may_replicate) {
    found.push_back({true, "no_replication_right", "", "the role on the source may not replicate",
                     "as a superuser: ALTER ROLE … REPLICATION; on Amazon RDS: GRANT rds_replication TO …"});
  }
  if (!source.may_create) {
    found.push_back({true, "no_create_right", "",
                     "the role may not create a schema and a publication in the source's database",
                     "as its owner: GRANT CREATE ON DATABASE … TO …"});
  }
}

void judge_capacity(const SourceFacts& source, std::vector<Finding>& found) {
  if (source.free_slots < 1) {
    found.push_back({true, "no_free_slot", "", "the source has no replication slot left",
                     "drop one that is not used (pg_replication_slots), or raise max_replication_slots"});
  }
  if (source.free_senders < 1) {
    found.push_back({true, "no_free_sender", "", "the source has no WAL sender left",
                     "end one that is not used (pg_stat_replication), or raise max_wal_senders"});
  }
  if (source.slot_keeps_bytes) {
    found.push_back(
        {false, "slot_limit", "",
         fmt::format("the source keeps at most {} MB of WAL for a slot: if more is written during the "
                     "copy or a pause, the live copy is lost",
                     *source.slot_keeps_bytes / (1024 * 1024)),
         "raise max_slot_wal_keep_size for the time of the live copy, if the disk has room"});
  }
  const std::int64_t locks = static_cast<std::int64_t>(source.tables.size()) + source.sequences;
  if (locks > source.lockable) {
    found.push_back(
        {false, "few_locks", "",
         fmt::format("a switchover would be refused: the source has room for the locks of {} tables and "
                     "sequences at once, and has {}",
                     source.lockable, locks),
         "raise max_locks_per_transaction of the source before, and restart it"});
  }
}

void judge_transactions(const SourceFacts& source, std::vector<Finding>& found) {
  if (!source.prepared.empty()) {
    found.push_back({true, "prepared_transactions", "",
                     "the replication slot would wait for prepared transactions: " + listed(source.prepared),
                     "COMMIT PREPARED or ROLLBACK PREPARED"});
  }
  if (!source.writers.empty()) {
    found.push_back(
        {false, "long_writers", "",
         "the replication slot has to wait for transactions that write: " + listed(source.writers),
         "let them end first"});
  }
  for (const std::string& subscription : source.subscriptions) {
    found.push_back({false, "subscription", "subscription " + postgres::shown_name("", subscription),
                     "the source receives changes by a subscription, which a later switchover has to stop",
                     ""});
  }
}

void judge_event_triggers(const SourceFacts& source, std::vector<Finding>& found) {
  for (const std::string& trigger : source.event_triggers) {
    const std::string object = "event trigger " + postgres::shown_name("", trigger);
    found.push_back(
        {false, "event_trigger", object,
         object + " of the source fires for what pghaul makes there: a schema, tables and a "
                  "publication now, functions and triggers at a switchover; if it raises an error, "
                  "that fails",
         fmt::format("as its owner, see that it lets these pass, or ALTER EVENT TRIGGER {} DISABLE "
                     "meanwhile; a role that may set session_replication_role fires none but "
                     "those that are ENABLE ALWAYS or ENABLE REPLICA",
                     postgres::quote(trigger))});
  }
}

/// Gives the statement that makes rows of the table tell apart.
std::string identity_hint(const SourceFacts::Table& table) {
  return fmt::format("give it a primary key, or: ALTER TABLE {} REPLICA IDENTITY FULL (or USING INDEX …)",
                     postgres::quote(table.schema, table.name));
}

void judge_table(const SourceFacts::Table& table, std::vector<Finding>& found) {
  const std::string name = postgres::shown_name(table.schema, table.name);
  const std::string object = "table " + name;
  if (table.unlogged) {
    found.push_back({false, "unlogged_table", object,
                     object + " is unlogged: its changes can't be followed; a switchover of the whole "
                              "database copies its rows "
                              "where they differ",
                     ""});
    return;
  }
  if (!table.has_identity) {
    found.push_back(
        {true, "no_identity", object,
         object + (table.deferrable_key
                       ? " has only a deferrable primary key, which does not tell changed rows apart"
                       : " has neither a primary key nor another replica identity: its rows could "
                         "not be updated or deleted any more while it is followed"),
         identity_hint(table)});
  }
  if (table.generated_key) {
    found.push_back({true, "generated_identity", object,
                     object + " is identified by a generated column, which is not streamed: its rows could "
                              "not be found on the target",
                     fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL (or USING INDEX …)",
                                 postgres::quote(table.schema, table.name))});
  }
  if (!table.owned) {
    found.push_back({true, "not_owned", object, object + " can't be published, as the role does not own it",
                     "connect as its owner, or as a role that is a member of the owner"});
  }
}

}  // namespace

std::vector<Finding> source_findings(const SourceFacts& source, bool may_set_replica_role) {
  std::vector<Finding> found;
  judge_server(source, found);
  judge_capacity(source, found);
  judge_transactions(source, found);
  judge_event_triggers(source, found);
  for (const SourceFacts::Table& table : source.tables) judge_table(table, found);
  if (!may_set_replica_role) {
    found.push_back(
        {false, "no_replica_role", "",
         "the role on the target may not set session_replication_role: while it is followed, the target does "
         "without its triggers, rules and foreign keys, until the live copy is abandoned",
         "let a role follow that may: a superuser, or from PostgreSQL 15 on: GRANT SET ON PARAMETER "
         "session_replication_role TO …"});
  }
  return found;
}

std::vector<Finding> way_back_findings(const SourceFacts& target) {
  std::vector<std::string> reasons;
  std::string hint;
  const auto add = [&](bool applies, std::string reason, const char* mend) {
    if (!applies) return;
    reasons.push_back(std::move(reason));
    if (hint.empty()) hint = mend;
  };
  add(target.version < kLogicalReplication, "the target is older than PostgreSQL 10", "");
  add(target.wal_level != "logical",
      fmt::format("wal_level of the target is {}, not logical", target.wal_level),
      "ALTER SYSTEM SET wal_level = logical on the target, and restart it before the switchover");
  add(!target.may_replicate, "the role on the target may not replicate",
      "as a superuser of the target: ALTER ROLE … REPLICATION");
  add(!target.may_create, "the role may not create a schema and a publication in the target's database",
      "as its owner: GRANT CREATE ON DATABASE … TO …");
  add(target.free_slots < 1, "the target has no replication slot left",
      "raise max_replication_slots of the target");
  add(target.free_senders < 1, "the target has no WAL sender left", "raise max_wal_senders of the target");
  if (reasons.empty()) return {};
  return {{false, "no_way_back", "",
           "after a switchover the source could not follow the target, so there would be no way back: " +
               listed(reasons),
           hint}};
}

}  // namespace pghaul::follow
