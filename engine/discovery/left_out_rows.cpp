#include "discovery/left_out_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "schema/name_pattern.h"

namespace pghaul::discovery {
namespace {

using Tables = std::vector<catalog::Relation*>;

/// Returns the tables with rows of their own that match the pattern.
Result<Tables> tables_of(catalog::Catalog& source, const std::string& pattern) {
  const Result<schema::NamePattern> parsed = schema::NamePattern::of_table(pattern);
  if (!parsed) return fail(parsed.error());
  Tables tables;
  std::set<std::string> schemas;
  for (catalog::Relation& relation : source.relations) {
    if (relation.kind != 'r' || !relation.extension.empty() || !parsed->matches(relation.name)) continue;
    tables.push_back(&relation);
    schemas.insert(relation.name.schema);
  }
  if (parsed->has_schema() || schemas.size() < 2) return tables;
  return fail(
      ErrorCode::usage,
      fmt::format("the pattern \"{}\" matches tables in several schemas: {}", pattern,
                  fmt::join(schemas, ", ")),
      fmt::format("name the schema, as in {}.{}", shown(catalog::Name{{}, *schemas.begin()}), pattern));
}

void leave_out_all(Discovery& found) {
  for (catalog::Relation& relation : found.source.relations) relation.with_rows = false;
  const std::string reason = "--schema-only copies definitions alone";
  found.left_out.push_back({"rows of all tables", reason});
  if (!found.source.sequences.empty()) found.left_out.push_back({"values of all sequences", reason});
  found.source.sequences.clear();
}

Status exclude(Discovery& found, const std::string& pattern) {
  const Result<Tables> tables = tables_of(found.source, pattern);
  if (!tables) return fail(tables.error());
  for (catalog::Relation* const table : *tables) {
    if (!std::exchange(table->with_rows, false)) continue;
    found.left_out.push_back({"rows of table " + shown(table->name), "left out as asked"});
  }
  if (!tables->empty()) return {};
  found.findings.push_back({plan::Finding::Severity::warning,
                            "no_table_to_exclude",
                            {},
                            fmt::format("--exclude-table-data {} matches no table with rows", pattern),
                            "check the pattern: a partitioned table has its rows in its partitions, and "
                            "names in capitals need quotes within it"});
  return {};
}

/// Has the source parse a condition: also within brackets, so that it can't end the parentheses that it will
/// stand in.
Status check_condition(Discovery& found, const catalog::Relation& table, const std::string& condition,
                       const std::stop_token& stop) {
  postgres::Connection& source = found.source_hold->connection();
  const postgres::CancelOnStop cancel_on_stop(stop, source);
  const std::string from =
      "SELECT FROM ONLY " + postgres::quote(table.name.schema, table.name.name) + " WHERE ";
  for (const std::string& expression : {"(" + condition + ")", "(ARRAY[" + condition + "])[1]"}) {
    if (const Status saved = source.execute("SAVEPOINT pghaul_condition"); !saved) return saved;
    const Result<postgres::Rows> parsed =
        source.query(from + expression + " LIMIT $1::pg_catalog.int8", {"0"});  // a single statement
    if (!parsed && parsed.error().code != ErrorCode::server_error) return fail(parsed.error());
    if (const Status undone = source.execute("ROLLBACK TO SAVEPOINT pghaul_condition"); !undone) {
      return undone;
    }
    if (parsed) continue;
    return fail(
        ErrorCode::usage,
        fmt::format("--where gives no condition for the rows of {}: {}", shown(table.name),
                    parsed.error().message),
        "write what would follow WHERE, with the schemas of tables and functions: there is no search_path");
  }
  return {};
}

Status choose_rows(Discovery& found, const std::string& where, const std::stop_token& stop) {
  const Result<RowsOfTable> wanted = parse_where(where);
  if (!wanted) return fail(wanted.error());
  if (found.stored) {
    return fail(ErrorCode::usage, "--where chooses among the rows of a server, and an archive is none",
                "give it when the archive is written");
  }
  const Result<Tables> tables = tables_of(found.source, wanted->table);
  if (!tables) return fail(tables.error());
  if (tables->empty()) {
    return fail(ErrorCode::usage, fmt::format("no table with rows matches \"{}\" of --where", wanted->table),
                "check the pattern; names in capitals need quotes within it");
  }
  for (catalog::Relation* const table : *tables) {
    if (const Status valid = check_condition(found, *table, wanted->condition, stop); !valid) return valid;
    table->condition += (table->condition.empty() ? "(" : " AND (") + wanted->condition + ")";
    found.left_out.push_back(
        {"other rows of table " + shown(table->name), "--where copies those where " + wanted->condition});
  }
  return {};
}

/// Has views that read what is not copied made, and not compared: they hold other rows on the target.
void leave_views_uncompared(catalog::Catalog& source) {
  std::set<catalog::Oid> changed = lacking_rows(source);
  for (bool any = !changed.empty(); any;) {  // views may read views
    any = false;
    for (catalog::Relation& view : source.relations) {
      if (view.kind != 'm' || changed.contains(view.oid)) continue;
      const auto reads = [&](catalog::Oid oid) { return changed.contains(oid); };
      if (std::ranges::none_of(view.depends_on, reads)) continue;
      changed.insert(view.oid);
      view.readable = false;
      view.unreadable_reason = "it reads rows that are left out";
      any = true;
    }
  }
}

}  // namespace

Status leave_out_rows(Discovery& found, const Options& options, const std::stop_token& stop) {
  if (options.schema_only) leave_out_all(found);
  for (const std::string& pattern : options.excluded_table_data) {
    if (const Status excluded = exclude(found, pattern); !excluded) return excluded;
  }
  for (const std::string& where : options.where) {
    if (const Status chosen = choose_rows(found, where, stop); !chosen) return chosen;
  }
  leave_views_uncompared(found.source);
  return {};
}

std::set<catalog::Oid> lacking_rows(const catalog::Catalog& source) {
  std::map<catalog::Oid, catalog::Oid> parents;
  for (const catalog::Relation& relation : source.relations) parents[relation.oid] = relation.parent;
  std::set<catalog::Oid> lacking;
  for (const catalog::Relation& relation : source.relations) {
    const bool only_some = !relation.condition.empty() && relation.extension.empty();
    if (relation.kind != 'r' || (relation.with_rows && !only_some)) continue;
    for (auto at = parents.find(relation.oid); at != parents.end(); at = parents.find(at->second)) {
      lacking.insert(at->first);
    }
  }
  return lacking;
}

Result<RowsOfTable> parse_where(const std::string& text) {
  const auto is_blank = [](const std::string& part) {
    return part.find_first_not_of(" \t\r\n") == std::string::npos;
  };
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] != '=' || quoted) continue;
    RowsOfTable parsed{text.substr(0, i), text.substr(i + 1)};
    if (is_blank(parsed.table) || is_blank(parsed.condition)) break;
    return parsed;
  }
  return fail(ErrorCode::usage, fmt::format("--where takes TABLE=CONDITION, not '{}'", text),
              "give it as in --where 'public.orders=id > 1000'");
}

}  // namespace pghaul::discovery
