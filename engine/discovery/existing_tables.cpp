#include "discovery/existing_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "catalog/read_catalog.h"
#include "catalog/replica_role.h"
#include "postgres/cancel_on_stop.h"
#include "postgres/quote.h"
#include "verify/readable.h"

namespace pghaul::discovery {
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kTablesAtOnce = 500;  // in one statement, which locks them all

std::string list_of(const Names& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown));
  std::string list = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kNamesShown) list += fmt::format(" and {} more", names.size() - kNamesShown);
  return list;
}

std::string word(const std::string& name) {
  return shown(catalog::Name{{}, name});
}

/// Names foreign keys by their table and what they say.
std::set<std::pair<catalog::Name, std::string>> foreign_keys(const catalog::Catalog& catalog) {
  std::set<std::pair<catalog::Name, std::string>> keys;
  for (const catalog::Constraint& key : catalog.constraints) {
    if (key.kind == 'f') keys.emplace(catalog.relations[key.relation].name, key.definition);
  }
  return keys;
}

class ExistingTables {
 public:
  ExistingTables(Discovery& found, bool began, postgres::Connection& target)
      : found_(found), began_(began), target_(target), role_(word(found.target->role)) {}

  Status check() {
    Result<catalog::Catalog> there = catalog::read_catalog(target_, [](catalog::Oid) { return true; });
    if (!there) return there.error().during("reading the target's tables");
    there_ = std::move(*there);
    const Result<bool> silences = catalog::may_set_replica_role(target_);
    if (!silences) return fail(silences.error());
    found_.silences_triggers = *silences;
    match_relations();
    match_sequences();
    look_for_large_objects();
    if (found_.silences_triggers) look_at_foreign_keys();
    Status done = look_at_rights();
    if (done) done = look_at_triggers();
    if (done && !began_) done = look_for_rows();
    return done;
  }

 private:
  void refuse(const char* code, const Names& objects, std::string message, std::string hint) {
    if (objects.empty()) return;
    found_.findings.push_back(
        {plan::Finding::Severity::refusal, code, objects.front(), std::move(message), std::move(hint)});
  }

  /// Finds the target's tables and views for those of the source.
  void match_relations() {
    std::map<catalog::Name, const catalog::Relation*> by_name;
    for (const catalog::Relation& relation : there_.relations) by_name[relation.name] = &relation;
    Names missing;
    for (const catalog::Relation& relation : found_.source.relations) {
      const bool is_view = relation.kind == 'm' && relation.populated;
      if (!carries_rows(relation) && !is_view) continue;
      const auto found = by_name.find(relation.name);
      if (found == by_name.end() || found->second->kind != relation.kind) {
        missing.push_back(shown(relation.name));
        continue;
      }
      pairs_.emplace_back(&relation, found->second);
      compare_columns(relation, *found->second);
    }
    refuse("missing_on_target", missing,
           fmt::format("the target lacks tables or views that --data-only is to fill: {}", list_of(missing)),
           "make them first, as by --schema-only, or leave them out with -T");
  }

  void compare_columns(const catalog::Relation& here, const catalog::Relation& there) {
    if (here.kind == 'm') return;
    const std::string name = shown(here.name);
    const std::string differs = difference_of_columns(here, there);
    if (!differs.empty()) {
      refuse("different_columns", {name},
             fmt::format("rows of {} do not fit on the target: {}", name, differs),
             "alter the target's table, or leave it out with -T");
    }
    if (there.readable) return;
    refuse("unreadable_on_target", {name},
           fmt::format("rows of {} can't be read back on the target: {}", name, there.unreadable_reason),
           "connect to the target as the table's owner");
  }

  void match_sequences() {
    std::map<catalog::Name, const catalog::Sequence*> by_name;
    for (const catalog::Sequence& sequence : there_.sequences) by_name[sequence.name] = &sequence;
    Names missing;
    for (const catalog::Sequence& sequence : found_.source.sequences) {
      const auto found = by_name.find(sequence.name);
      if (found == by_name.end()) {
        missing.push_back(shown(sequence.name));
      } else {
        sequences_.push_back(found->second);
      }
    }
    refuse("missing_on_target", missing,
           fmt::format("the target lacks sequences that --data-only is to set: {}", list_of(missing)),
           "make them first, as by --schema-only, or leave them out with -T");
  }

  void look_for_large_objects() {
    if (began_ || found_.contents.large_objects == 0 || found_.source.large_objects.count == 0) return;
    refuse("large_objects_on_target", {"large objects"},
           fmt::format("the target holds {} large objects already", found_.contents.large_objects),
           "remove them, or leave those of the source out with -B");
  }

  /// Finds foreign keys that rows would not be checked by, and that the source did not check them by either.
  void look_at_foreign_keys() {
    const auto known = foreign_keys(found_.source);
    const std::set<catalog::Name> filled = names_of_tables();
    for (const auto& [table, definition] : foreign_keys(there_)) {
      if (!filled.contains(table) || known.contains({table, definition})) continue;
      const std::string name = shown(table);
      refuse("unknown_foreign_key", {name},
             fmt::format("the target's table {} has a foreign key that the copied rows need not fit: {}",
                         name, verify::readable(definition)),
             "drop it, and add it again after the copy");
    }
  }

  [[nodiscard]] std::set<catalog::Name> names_of_tables() const {
    std::set<catalog::Name> names;
    for (const auto& [here, there] : pairs_) names.insert(there->name);
    return names;
  }

  /// Returns the OIDs of the target's tables or views, as an array.
  [[nodiscard]] std::string oids(char kind) const {
    std::string list;
    for (const auto& [here, there] : pairs_) {
      if (there->kind == kind) list += (list.empty() ? "" : ",") + std::to_string(there->oid);
    }
    return "{" + list + "}";
  }

  Status look_at_rights() {
    std::string sequences;
    for (const catalog::Sequence* const one : sequences_) {
      sequences += (sequences.empty() ? "" : ",") + std::to_string(one->oid);
    }
    constexpr int kFirstWithMaintain = 170000;
    const std::string maintains = target_.version() >= kFirstWithMaintain
                                      ? " OR pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')"
                                      : "";
    const Result<postgres::Rows> closed = target_.query(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE"
        " (c.oid = ANY ($1::oid[]) AND NOT pg_catalog.has_table_privilege(c.oid, 'INSERT')) OR"
        " (c.oid = ANY ($2::oid[]) AND NOT (pg_catalog.pg_has_role(c.relowner, 'USAGE')" +
            maintains +
            ")) OR (c.oid = ANY ($3::oid[]) AND NOT pg_catalog.has_sequence_privilege(c.oid, 'UPDATE'))"
            " ORDER BY 1, 2",
        {oids('r'), oids('m'), "{" + sequences + "}"});
    if (!closed) return closed.error().during("looking at what the role may do on the target");
    Names names;
    for (int row = 0; row < closed->size(); ++row) {
      names.push_back(shown(catalog::Name{closed->string(row, 0), closed->string(row, 1)}));
    }
    refuse("no_right_to_fill", names,
           fmt::format("role {} may not fill on the target: {}", role_, list_of(names)),
           "connect as their owner, or have it GRANT INSERT on tables and UPDATE on sequences");
    return {};
  }

  Status look_at_triggers() {
    // Bits of tgtype: 4 is INSERT. With session_replication_role = replica only A (always) and R (replica)
    // fire; foreign keys are triggers of PostgreSQL's own.
    const std::string fires = found_.silences_triggers
                                  ? "t.tgenabled IN ('A', 'R')"
                                  : "t.tgenabled IN ('O', 'A') AND (NOT t.tgisinternal OR k.contype = 'f')";
    const Result<postgres::Rows> rows = target_.query(
        "SELECT n.nspname, c.relname, coalesce(k.conname, t.tgname) FROM pg_catalog.pg_trigger AS t"
        " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint"
        " WHERE t.tgrelid = ANY ($1::oid[]) AND t.tgtype & 4 <> 0 AND " +
            fires + " ORDER BY 1, 2, 3",
        {oids('r')});
    if (!rows) return rows.error().during("looking for triggers on the target");
    Names names;
    for (int row = 0; row < rows->size(); ++row) {
      names.push_back(fmt::format("{} of {}", word(rows->string(row, 2)),
                                  shown(catalog::Name{rows->string(row, 0), rows->string(row, 1)})));
    }
    const std::string hint =
        found_.silences_triggers
            ? "as the owner: ALTER TABLE … DISABLE TRIGGER …, and enable them again after the copy"
            : fmt::format(
                  "as a superuser on the target, from PostgreSQL 15 on: GRANT SET ON PARAMETER "
                  "session_replication_role TO {}; or drop foreign keys and disable triggers for the "
                  "time of the copy",
                  role_);
    refuse("triggers_fire", names,
           fmt::format("as rows are written, triggers or foreign keys of the target would fire: {}",
                       list_of(names)),
           hint);
    return {};
  }

  /// Finds tables that are not empty. Extensions' may hold what these have put there.
  Status look_for_rows() {
    std::vector<std::string> questions;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const auto& [here, there] = pairs_[i];
      if (there->kind != 'r' || !there->readable) continue;
      const std::string only_own = here->extension.empty() ? "" : " WHERE " + here->condition;
      questions.push_back(fmt::format("SELECT {} WHERE EXISTS (SELECT FROM ONLY {}{})", i,
                                      postgres::quote(there->name.schema, there->name.name),
                                      here->condition.empty() ? "" : only_own));
    }
    Names names;
    for (std::size_t first = 0; first < questions.size(); first += kTablesAtOnce) {
      const auto begin = questions.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          questions.begin() + static_cast<std::ptrdiff_t>(std::min(first + kTablesAtOnce, questions.size()));
      const Result<postgres::Rows> filled =
          target_.query(fmt::format("{} ORDER BY 1", fmt::join(begin, end, " UNION ALL ")));
      if (!filled) return filled.error().during("looking for rows on the target");
      for (int row = 0; row < filled->size(); ++row) {
        names.push_back(shown(pairs_[static_cast<std::size_t>(filled->integer(row, 0))].second->name));
      }
    }
    refuse("rows_on_target", names, fmt::format("tables of the target hold rows already: {}", list_of(names)),
           fmt::format("TRUNCATE {}", fmt::join(names, ", ")));
    return {};
  }

  Discovery& found_;
  bool began_;
  postgres::Connection& target_;
  std::string role_;
  catalog::Catalog there_;
  std::vector<std::pair<const catalog::Relation*, const catalog::Relation*>> pairs_;  // of source and target
  std::vector<const catalog::Sequence*> sequences_;                                   // the target's
};

}  // namespace

Status check_existing_tables(Discovery& found, bool began, const std::stop_token& stop) {
  Status checked;
  if (found.target) {
    Result<postgres::Connection> target =
        postgres::Connection::open(found.target_string, postgres::Side::target, {}, stop);
    if (!target) return fail(target.error());
    const postgres::CancelOnStop cancel_on_stop(stop, *target);
    // As the source's definitions are read.
    if (Status set = target->execute("SET quote_all_identifiers = on"); !set) return set;
    checked = ExistingTables(found, began, *target).check();
  }
  found.source.constraints.clear();
  return checked;
}

void forget_definitions(Discovery& found) {
  catalog::Catalog& source = found.source;
  source.indexes.clear();
  std::erase_if(source.constraints, [](const catalog::Constraint& one) { return one.kind != 'f'; });
  source.constraint_triggers.clear();
  source.settings.clear();
  source.properties.clear();
  source.owners.clear();
  source.grantees.clear();
  source.tablespaces.clear();
  source.subscriptions.clear();
  source.hidden_mappings.clear();
  for (catalog::Relation& relation : source.relations) {
    if (relation.kind == 'f') relation.with_rows = false;
  }
}

std::string difference_of_columns(const catalog::Relation& source, const catalog::Relation& target) {
  std::map<std::string, const catalog::Column*> there;
  for (const catalog::Column& column : target.columns) there[column.name] = &column;
  for (const catalog::Column& column : source.columns) {
    const auto found = there.find(column.name);
    if (found == there.end()) return fmt::format("there is no column {}", word(column.name));
    const catalog::Column& other = *found->second;
    if (column.type_text != other.type_text) {
      return fmt::format("column {} is {} on the source and {} on the target", word(column.name),
                         verify::readable(column.type_text), verify::readable(other.type_text));
    }
    if (column.generated != other.generated) {
      return fmt::format("column {} is generated on the {} only", word(column.name),
                         column.generated ? "source" : "target");
    }
    there.erase(found);
  }
  return there.empty() ? "" : fmt::format("column {} is the target's alone", word(there.begin()->first));
}

}  // namespace pghaul::discovery
