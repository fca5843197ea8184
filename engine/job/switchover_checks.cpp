#include "job/switchover_checks.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "discovery/option_value.h"
#include "journal/journal.h"
#include "postgres/cancel_on_stop.h"

namespace pghaul::job {
namespace {

/// Takes the copy's --map-tablespace, for a switchover back the other way round: there what was mapped to the
/// target database's own tablespace has no name.
Status adopt_tablespaces(const std::string& mapped, discovery::Options& options) {
  for (std::string word : discovery::split_renamings(mapped)) {
    const std::size_t equals = word.find('=');
    if (options.back && equals != std::string::npos) {
      word = word.substr(equals + 1) + "=" + word.substr(0, equals);
      if (word.starts_with('=')) continue;
    }
    if (Status set = options.set("map-tablespace", word); !set) return set;
  }
  return {};
}

}  // namespace

Status adopt_copy_options(postgres::Connection& journal_holder, discovery::Options& options) {
  const Result<std::optional<journal::Journal>> journal = journal::Journal::find(journal_holder);
  if (!journal) return fail(journal.error());
  if (!*journal) return {};
  const std::map<std::string, std::string>& copied = (*journal)->header().options;
  const std::map<std::string, std::string> asked = options.identity();
  const auto value_of = [&](const char* name) {
    const auto then = copied.find(name);
    return then == copied.end() ? std::string() : then->second;
  };
  for (const char* name :
       {"schema", "exclude-schema", "table", "exclude-table", "extension", "exclude-extension"}) {
    const std::string value = value_of(name);
    if (value == asked.at(name)) continue;
    return fail(ErrorCode::refused,
                fmt::format("the live copy was made with another selection of objects: --{} {}", name,
                            value.empty() ? "was not given" : value),
                "give the same -n, -N, -t, -T and -e to the switchover as to the copy");
  }
  for (const char* name : {"no-owner", "no-acl", "no-comments", "no-security-labels", "no-publications",
                           "no-subscriptions", "no-event-triggers", "no-tablespaces"}) {
    if (value_of(name) != "true") continue;
    if (Status set = options.set(name, "true"); !set) return set;
  }
  if (Status adopted = adopt_tablespaces(value_of("map-tablespace"), options); !adopted) return adopted;
  if (value_of("large-objects") == "false") options.with_large_objects = false;
  return {};
}

Status check_not_carried(postgres::Connection& source, bool with_large_objects,
                         const discovery::VerbContext& context) {
  const bool partial = !context.options.filters.all();
  const bool lacks_large_objects = context.options.with_large_objects && !with_large_objects;
  const Result<postgres::Rows> left = source.query(
      "SELECT 'table ' || pg_catalog.format('%I.%I', n.nspname, c.relname),"
      " 'it is unlogged: its changes are not followed, and a switchover of a part of a database carries "
      "none' FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE $1 AND c.relkind = 'r' AND c.relpersistence = 'u' AND pg_catalog.pg_relation_size(c.oid) > 0"
      " AND n.nspname !~ '^pghaul_(live|journal)'"
      " UNION ALL SELECT 'large objects', 'their changes are not followed, and only superusers of both "
      "servers can carry them' WHERE $2 AND EXISTS"
      "  (SELECT FROM pg_catalog.pg_largeobject_metadata)"
      " UNION ALL SELECT 'subscription ' || s.subname, 'its worker writes to the source whatever refuses "
      "writes'"
      "  FROM pg_catalog.pg_stat_subscription AS s JOIN pg_catalog.pg_stat_activity AS a ON a.pid = s.pid"
      "  WHERE a.datname = pg_catalog.current_database()",
      {partial ? "true" : "false", lacks_large_objects ? "true" : "false"});
  if (!left) return left.error().during("looking for what a switchover does not carry");
  LeftOuts all;
  for (int row = 0; row < left->size(); ++row) all.push_back({left->string(row, 0), left->string(row, 1)});
  if (context.options.skip_unreadable) {
    context.report.left_out.insert(context.report.left_out.end(), all.begin(), all.end());
    return {};
  }
  if (all.empty()) return {};
  std::string text;
  for (const LeftOut& one : all) text += (text.empty() ? "" : "; ") + one.object + ": " + one.reason;
  return fail(ErrorCode::refused, "the target would lack a part of the source: " + text,
              "carry it by hand and remove it from the source, disable the subscription, or give "
              "--skip-unreadable to go on without");
}

Status check_locks(postgres::Connection& source, std::size_t wanted) {
  const Result<postgres::Rows> capacity = source.query(
      "SELECT pg_catalog.current_setting('max_locks_per_transaction')::bigint"
      " * pg_catalog.current_setting('max_connections')::bigint / 2");
  if (!capacity) return fail(capacity.error());
  const auto locks = static_cast<std::int64_t>(wanted);
  if (locks <= capacity->integer(0, 0)) return {};
  return fail(ErrorCode::refused,
              fmt::format("the source has room for the locks of {} tables and sequences at once, not for {}",
                          capacity->integer(0, 0), locks),
              "raise max_locks_per_transaction of the source, and restart it");
}

Status refresh_views(postgres::Connection& target, const std::stop_token& stop) {
  const Result<postgres::Rows> views = target.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " WHERE c.relkind = 'm' AND c.relispopulated ORDER BY c.oid");
  if (!views) return views.error().during("listing the materialized views of the target");
  const postgres::CancelOnStop cancel_on_stop(stop, target);
  for (int row = 0; row < views->size(); ++row) {
    const Status refreshed = target.execute("REFRESH MATERIALIZED VIEW " + views->string(row, 0));
    if (!refreshed) return refreshed.error().during("refreshing " + views->string(row, 0) + " on the target");
  }
  return {};
}

}  // namespace pghaul::job
