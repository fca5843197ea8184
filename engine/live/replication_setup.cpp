#include "live/replication_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "catalog/replica_role.h"
#include "discovery/session_encoding.h"
#include "follow/source_facts.h"
#include "follow/source_findings.h"
#include "journal/journal.h"
#include "live/session.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/publication.h"
#include "postgres/quote.h"
#include "postgres/replication_connection.h"
#include "postgres/replication_slot.h"

namespace pghaul::live {
namespace {

using postgres::Side;

/// The two connections that what a live copy keeps on the source is made and removed by.
struct SourceSessions {
  postgres::Connection sql;
  postgres::Connection replication;
};

Result<SourceSessions> open_sessions(const postgres::ConnectionString& source, const std::stop_token& stop) {
  Result<postgres::Connection> sql = postgres::Connection::open(source, Side::source, {}, stop);
  if (!sql) return fail(sql.error());
  if (Status silent = silence_event_triggers(*sql); !silent) return fail(silent.error());
  Result<postgres::Connection> replication = postgres::open_for_replication(source, Side::source, {}, stop);
  if (!replication) return fail(replication.error());
  return SourceSessions{std::move(*sql), std::move(*replication)};
}

/// Returns the quoted tables to publish: whole trees by their roots where the version allows it, so that
/// later partitions are not missed.
std::vector<std::string> published_tables(const catalog::Catalog& source) {
  const bool by_root = source.server.version >= postgres::kPublishesPartitioned;
  std::set<catalog::Oid> roots;
  for (const catalog::Relation& relation : source.relations) {
    if (relation.kind == 'p') roots.insert(relation.oid);
  }
  std::vector<std::string> tables;
  for (const catalog::Relation& relation : source.relations) {
    const bool table = relation.kind == 'r' || (relation.kind == 'p' && by_root);
    const bool in_tree = by_root && roots.contains(relation.parent);
    if (!table || in_tree || relation.persistence != 'p') continue;
    tables.push_back(postgres::quote(relation.name.schema, relation.name.name));
  }
  return tables;
}

/// `source`: as Journal::Header has it.
std::string standby_name(const std::string& source) {
  const std::size_t slash = source.find('/');
  return follow::standby_registration_name(source.substr(0, slash),
                                           static_cast<std::uint32_t>(std::stoul(source.substr(slash + 1))));
}

plan::Finding as_finding(follow::Finding one) {
  using Severity = plan::Finding::Severity;
  return {one.refuses ? Severity::refusal : Severity::warning, "live_" + one.code, std::move(one.object),
          std::move(one.message), std::move(one.hint)};
}

/// Adds what stands in the way, and, where a target is given, whether it could be followed back.
Status add_source_findings(const discovery::Discovery& found, const follow::SourceFacts& source,
                           std::vector<plan::Finding>& findings, const std::stop_token& stop) {
  std::vector<follow::Finding> of_source;
  if (!found.target) {
    of_source = follow::source_findings(source, true);
  } else {
    Result<postgres::Connection> target =
        postgres::Connection::open(found.target_string, Side::target, {}, stop);
    if (!target) return fail(target.error());
    const Result<bool> replica_role = catalog::may_set_replica_role(*target);
    if (!replica_role) return fail(replica_role.error());
    const Result<follow::SourceFacts> facts = follow::read_source_facts(*target);
    if (!facts) return fail(facts.error());
    of_source = follow::source_findings(source, *replica_role);
    std::ranges::move(follow::way_back_findings(*facts), std::back_inserter(of_source));
  }
  for (follow::Finding& one : of_source) findings.push_back(as_finding(std::move(one)));
  return {};
}

/// Judges what the application may write that the server which follows has no character for. A copy can look
/// at the rows; of those to come nothing is known.
void judge_encodings(const std::string& source, const std::string& target,
                     std::vector<plan::Finding>& findings) {
  if (source == target || discovery::common_encoding(source, target) == "SQL_ASCII") return;
  if (target != "UTF8") {
    findings.push_back(as_finding(
        {true, "encoding", "",
         fmt::format("the source's encoding is {}, the target's {}: the first character that the target "
                     "lacks, in a row to come, would end the live copy",
                     source, target),
         "create the target database with the source's encoding, or with ENCODING 'UTF8' TEMPLATE "
         "template0"}));
    return;
  }
  findings.push_back(as_finding(
      {false, "way_back_encoding", "",
       fmt::format("after a switchover the first character that the source's encoding {} lacks, written to "
                   "the target, ends the way back",
                   source),
       "create the target database with the source's encoding if the way back has to hold whatever is "
       "written"}));
}

}  // namespace

Result<std::vector<plan::Finding>> live_findings(const discovery::Discovery& found,
                                                 const std::stop_token& stop) {
  Result<postgres::Connection> source =
      postgres::Connection::open(found.source_string, Side::source, {}, stop);
  if (!source) return fail(source.error());
  if (Status silent = silence_event_triggers(*source); !silent) return fail(silent.error());
  Result<follow::SourceFacts> facts = follow::read_source_facts(*source);
  if (!facts) return fail(facts.error());
  std::set<catalog::Name> copied;
  for (const catalog::Relation& relation : found.source.relations) copied.insert(relation.name);
  std::erase_if(facts->tables, [&](const follow::SourceFacts::Table& table) {
    return !copied.contains({table.schema, table.name});
  });
  std::vector<plan::Finding> findings;
  if (const Status added = add_source_findings(found, *facts, findings, stop); !added)
    return fail(added.error());
  if (found.target) judge_encodings(found.source.server.encoding, found.target->encoding, findings);
  if (found.source.large_objects.count > 0) {
    findings.push_back(as_finding(
        {false, "large_objects", "",
         "changes of large objects can't be followed; a switchover of the whole database copies those "
         "that have changed, if the roles are superusers on both servers",
         "otherwise keep the application from changing them meanwhile, or copy without --follow"}));
  }
  return findings;
}

std::string live_name(const catalog::Server& target) {
  return follow::registration_name(target.system_identifier, target.database_oid);
}

Result<std::string> live_name(postgres::Connection& end, const catalog::Server& server) {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(end);
  if (!journal) return fail(journal.error());
  if (!*journal || (*journal)->header().filled_at().empty()) return live_name(server);
  return standby_name((*journal)->header().source);
}

Result<follow::Progress> register_live_copy(const discovery::Discovery& found,
                                            const follow::Registration& registration,
                                            const std::stop_token& stop) {
  Result<SourceSessions> source = open_sessions(found.source_string, stop);
  if (!source) return fail(source.error());
  const std::string& name = registration.name;
  if (const Status dropped = follow::drop_registration(source->sql, source->replication, name, stop);
      !dropped) {
    return fail(dropped.error());
  }
  const Status created =
      follow::create_registration(source->sql, registration, published_tables(found.source));
  if (!created) return fail(created.error());
  const Result<Lsn> from = postgres::create_slot(source->replication, name, {}, stop);
  if (!from) {
    [[maybe_unused]] const Status undone =
        follow::drop_registration(source->sql, source->replication, name, {});
    return fail(from.error());
  }
  const Result<postgres::SystemIdentity> identity = postgres::identify_system(source->replication);
  if (!identity) return fail(identity.error());
  return follow::Progress{.slot = name,
                          .system_identifier = identity->system_identifier,
                          .position = *from,
                          .snapshot = {},
                          .snapshot_until = {}};
}

Result<follow::Progress> find_live_copy(const discovery::Endpoint& source, const std::string& name,
                                        const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = source.connection_string();
  if (!server) return fail(server.error());
  Result<postgres::Connection> replication = postgres::open_for_replication(*server, Side::source, {}, stop);
  if (!replication) return fail(replication.error());
  const Result<std::optional<postgres::Slot>> slot = postgres::find_slot(*replication, name);
  if (!slot) return fail(slot.error());
  if (!*slot || (*slot)->invalid) {
    return fail(ErrorCode::refused,
                fmt::format("replication slot {} of the source {}", name,
                            *slot ? "is of no use: the source has removed WAL that it needs" : "is gone"),
                "start the live copy anew: pghaul copy --follow --confirm");
  }
  const Result<postgres::SystemIdentity> identity = postgres::identify_system(*replication);
  if (!identity) return fail(identity.error());
  return follow::Progress{.slot = name,
                          .system_identifier = identity->system_identifier,
                          .position = (*slot)->confirmed,
                          .snapshot = {},
                          .snapshot_until = {}};
}

Status drop_live_slot(const discovery::Endpoint& end, const std::string& name, const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = end.connection_string();
  if (!server) return fail(server.error());
  Result<postgres::Connection> replication = postgres::open_for_replication(*server, Side::source, {}, stop);
  if (!replication) return fail(replication.error());
  return postgres::drop_slot(*replication, name, stop);
}

Status unregister_live_copy(const discovery::Endpoint& source, const std::string& name,
                            const std::stop_token& stop) {
  const Result<postgres::ConnectionString> server = source.connection_string();
  if (!server) return fail(server.error());
  Result<SourceSessions> sessions = open_sessions(*server, stop);
  if (!sessions) return fail(sessions.error());
  const postgres::CancelOnStop cancel_on_stop(stop, sessions->sql);
  return follow::drop_registration(sessions->sql, sessions->replication, name, stop);
}

}  // namespace pghaul::live
