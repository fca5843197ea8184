#include "schema/pattern_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "schema/listed_names.h"
#include "schema/name_patterns.h"

namespace pghaul::schema {
namespace {

using catalog::Name;

constexpr catalog::Oid kPgClass = 1259;  // the catalog's own OID, fixed

/// Recognizes entries that -t may name.
bool is_relation(const Entry& entry) {
  constexpr std::array<std::string_view, 5> kKinds = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE",
                                                      "SEQUENCE"};
  return entry.catalog == kPgClass && std::ranges::find(kKinds, entry.kind) != kKinds.end();
}

/// Recognizes entries that belong to the table whose name their own begins with.
bool is_part(const Entry& entry) {
  constexpr std::array<std::string_view, 9> kKinds = {
      "CHECK CONSTRAINT", "CONSTRAINT", "DEFAULT",      "FK CONSTRAINT", "POLICY",
      "ROW SECURITY",     "RULE",       "TABLE ATTACH", "TRIGGER"};
  return std::ranges::find(kKinds, entry.kind) != kKinds.end();
}

/// Recognizes grants on PostgreSQL's own procedural language, and its parts: pg_dump always writes them.
bool is_of_plpgsql(const Entry& entry) {
  return entry.kind == "ACL" && (entry.text.starts_with("- LANGUAGE \"plpgsql\" ") ||
                                 entry.text.starts_with("- LANGUAGE plpgsql ") ||
                                 entry.text.starts_with("pg_catalog FUNCTION \"plpgsql_") ||
                                 entry.text.starts_with("pg_catalog FUNCTION plpgsql_"));
}

/// Returns the relation in "pg_catalog TABLE name owner" and "pg_catalog COLUMN name.column owner", which are
/// PostgreSQL's. Nothing: the entry belongs to no relation.
std::optional<Name> name_of_relation(const Entry& entry) {
  for (const std::string_view kind : {"pg_catalog TABLE ", "pg_catalog COLUMN "}) {
    if (!entry.text.starts_with(kind)) continue;
    const std::string_view rest = std::string_view(entry.text).substr(kind.size());
    return Name{"pg_catalog", unquoted(rest.substr(0, rest.find_first_of(" .")))};
  }
  return std::nullopt;
}

tl::unexpected<Error> ambiguous(const Entry& entry) {
  return fail(ErrorCode::refused,
              fmt::format("the archive lists {} \"{}\", in which schema, name and owner can't be told apart",
                          entry.kind, entry.text),
              "restore it whole: without -n, -N, -t and -T");
}

class Chooser {
 public:
  Chooser(const std::vector<Entry>& entries, const catalog::Catalog& source, const Filters& filters)
      : entries_(entries), source_(source), filters_(filters), names_(entries, source) {}

  Result<std::set<int>> run() {
    if (const Status read = read_relations(); !read) return fail(read.error());
    if (const Status matched = match(); !matched) return fail(matched.error());
    choose_sequences_of_tables();
    look_for_indexes();
    for (const Entry& entry : entries_) {
      const Result<bool> chosen = is_chosen(entry);
      if (!chosen) return fail(chosen.error());
      if (*chosen) chosen_.insert(entry.dump_id);
      known_.insert(entry.dump_id);
    }
    return std::move(chosen_);
  }

 private:
  Status read_relations() {
    for (const catalog::Relation& relation : source_.relations)
      all_.insert(relation.name);  // extensions' as well
    for (const Entry& entry : entries_) {
      if (entry.kind == "SEQUENCE OWNED BY" && !entry.depends_on.empty())
        owned_.insert(entry.depends_on.front());
      if (!is_relation(entry)) continue;
      std::optional<Name> name = names_.relation(entry);
      if (!name) return ambiguous(entry);
      listed_[on_one_line(name->schema + " " + name->name)].push_back(&entry);
      all_.insert(*name);
      relations_[entry.dump_id] = std::move(*name);
    }
    return {};
  }

  Status match() {
    const auto schemas = [&](const std::vector<std::string>& texts) {
      return NamePatterns::parse(texts, NamePatterns::Of::schemas);
    };
    const auto tables = [&](const std::vector<std::string>& texts) {
      return NamePatterns::parse(texts, NamePatterns::Of::tables);
    };
    const Result<NamePatterns> in_schemas = schemas(filters_.schemas);
    const Result<NamePatterns> not_in_schemas = schemas(filters_.excluded_schemas);
    const Result<NamePatterns> these = tables(filters_.tables);
    const Result<NamePatterns> not_these = tables(filters_.excluded_tables);
    for (const auto* parsed : {&in_schemas, &not_in_schemas, &these, &not_these}) {
      if (!*parsed) return fail(parsed->error());
    }
    std::set<std::string> on_any_server = names_.schemas();
    on_any_server.insert({"information_schema", "pg_catalog", "pg_toast"});
    Status done = in_schemas->each_matches(on_any_server, "schemas");
    if (done) done = these->each_matches(all_, "tables");
    if (done) done = these->each_means_one_schema(all_);
    if (done) done = not_these->each_means_one_schema(all_);
    if (!done) return done;
    schemas_ = in_schemas->matches(names_.schemas());
    excluded_schemas_ = not_in_schemas->matches(names_.schemas());
    const std::set<Name> included = these->matches(all_);
    const std::set<Name> excluded = not_these->matches(all_);
    not_these_ = *not_these;
    for (const auto& [dump_id, name] : relations_) {
      const bool wanted = filters_.tables.empty() ? is_wanted(name.schema) : included.contains(name);
      if (wanted && !excluded.contains(name)) chosen_relations_.insert(dump_id);
    }
    return {};
  }

  /// Tells whether what belongs to no schema comes along: neither schemas nor tables were named.
  [[nodiscard]] bool takes_everything_else() const {
    return filters_.schemas.empty() && filters_.tables.empty();
  }

  /// Tells whether what the schema holds is wanted, tables aside where -t names them.
  [[nodiscard]] bool is_wanted(const std::string& schema) const {
    if (!filters_.tables.empty()) return false;
    if (!filters_.schemas.empty() && !schemas_.contains(schema)) return false;
    return !excluded_schemas_.contains(schema);
  }

  /// Selects the sequences that columns own with their table: an identity column's never comes without it.
  void choose_sequences_of_tables() {
    for (const Entry& entry : entries_) {
      if (entry.kind != "SEQUENCE") continue;
      const auto of_table =
          std::ranges::find_if(entry.depends_on, [&](int id) { return relations_.contains(id); });
      if (of_table == entry.depends_on.end()) continue;
      if (chosen_relations_.contains(*of_table)) {
        chosen_relations_.insert(entry.dump_id);
      } else if (owned_.contains(entry.dump_id)) {
        left_alone_.insert(entry.dump_id);
      } else {
        chosen_relations_.erase(entry.dump_id);
      }
    }
  }

  void look_for_indexes() {
    for (const Entry& entry : entries_) {
      if (chosen_relations_.contains(entry.dump_id)) chosen_tables_.insert(entry.oid);
    }
    for (const catalog::IndexInfo& index : source_.indexes) {
      table_of_index_[index.oid] = source_.relations[index.relation].oid;
    }
  }

  [[nodiscard]] bool all_tables_chosen(const Entry& entry) const {
    return std::ranges::all_of(
        entry.depends_on, [&](int id) { return !relations_.contains(id) || chosen_relations_.contains(id); });
  }

  [[nodiscard]] bool has_what_it_needs(const Entry& entry) const {
    return std::ranges::all_of(entry.depends_on,
                               [&](int id) { return !known_.contains(id) || chosen_.contains(id); });
  }

  Result<bool> is_chosen(const Entry& entry) const {
    if (is_relation(entry)) return chosen_relations_.contains(entry.dump_id);
    if (is_part(entry)) return is_chosen_part(entry);
    if (entry.kind == "INDEX") return is_chosen_index(entry);
    if (entry.kind == "INDEX ATTACH") {
      return std::ranges::all_of(entry.depends_on, [&](int id) { return chosen_.contains(id); });
    }
    if (entry.kind == "SEQUENCE OWNED BY") {
      const int sequence = entry.depends_on.empty() ? 0 : entry.depends_on.front();
      return chosen_relations_.contains(sequence) && !left_alone_.contains(sequence);
    }
    if (is_companion(entry)) return is_chosen_companion(entry);
    if (entry.kind.starts_with("PUBLICATION")) return takes_everything_else() && has_what_it_needs(entry);
    const Result<bool> in_chosen_schema = is_in_chosen_schema(entry);
    if (!in_chosen_schema || entry.kind != "STATISTICS") return in_chosen_schema;
    return *in_chosen_schema && all_tables_chosen(entry);
  }

  Result<bool> is_chosen_companion(const Entry& entry) const {
    const int of = entry.depends_on.empty() ? 0 : entry.depends_on.front();
    if (known_.contains(of)) return chosen_.contains(of);
    if (is_of_plpgsql(entry)) return true;
    if (entry.text.starts_with("- ")) return is_chosen_without_schema(entry);
    // It belongs to what is not listed itself: PostgreSQL's own objects, which belong to their schema, or
    // extensions'.
    if (!entry.text.starts_with("pg_catalog ")) return takes_everything_else();
    const std::optional<Name> relation = name_of_relation(entry);
    return is_wanted("pg_catalog") && !(relation && not_these_.matches(*relation));
  }

  /// Decides by the table whose name the entry's begins with.
  Result<bool> is_chosen_part(const Entry& entry) const {
    std::vector<const Entry*> tables;
    for (std::size_t at = entry.text.find(' '); at != std::string::npos; at = entry.text.find(' ', at + 1)) {
      const auto found = listed_.find(entry.text.substr(0, at));
      if (found != listed_.end()) tables.insert(tables.end(), found->second.begin(), found->second.end());
    }
    if (tables.size() > 1) {
      std::erase_if(tables, [&](const Entry* table) {
        return std::ranges::find(entry.depends_on, table->dump_id) == entry.depends_on.end();
      });
    }
    if (tables.size() > 1) return ambiguous(entry);
    if (tables.empty()) return is_in_chosen_schema(entry);  // part of a domain
    return chosen_relations_.contains(tables.front()->dump_id);
  }

  [[nodiscard]] bool is_chosen_index(const Entry& entry) const {
    const auto table = table_of_index_.find(entry.oid);
    return table == table_of_index_.end() ? all_tables_chosen(entry) : chosen_tables_.contains(table->second);
  }

  Result<bool> is_in_chosen_schema(const Entry& entry) const {
    if (entry.text.starts_with("- ")) return is_chosen_without_schema(entry);
    std::set<bool> answers;
    for (const std::string& schema : names_.schemas_of(entry)) answers.insert(is_wanted(schema));
    if (answers.size() != 1) return ambiguous(entry);
    return *answers.begin();
  }

  Result<bool> is_chosen_without_schema(const Entry& entry) const {
    constexpr std::string_view kOfSchema = "SCHEMA ";
    if (entry.kind == "EXTENSION" && !filters_.extensions.empty()) return true;  // the others are gone
    const bool of_schema = is_companion(entry) && entry.text.substr(2).starts_with(kOfSchema);
    if (entry.kind != "SCHEMA" && !of_schema) return takes_everything_else();
    std::set<bool> answers;
    for (std::string_view name : names_.bare_names(entry)) {
      if (of_schema) name.remove_prefix(std::min(name.size(), kOfSchema.size()));
      answers.insert(is_wanted(of_schema ? unquoted(name) : std::string(name)));
    }
    if (answers.size() != 1) return ambiguous(entry);
    return *answers.begin();
  }

  const std::vector<Entry>& entries_;
  const catalog::Catalog& source_;
  const Filters& filters_;
  ListedNames names_;
  std::map<int, Name> relations_;                            // by dump id
  std::map<std::string, std::vector<const Entry*>> listed_;  // by "schema name"
  std::set<Name> all_;                                       // relations that patterns may mean
  std::set<int> owned_;                                      // sequences of serial columns
  std::set<int> left_alone_;                                 // those among them whose table is left out
  std::set<std::string> schemas_, excluded_schemas_;         // those that patterns match
  NamePatterns not_these_;
  std::set<int> chosen_relations_;
  std::set<catalog::Oid> chosen_tables_;
  std::map<catalog::Oid, catalog::Oid> table_of_index_;
  std::set<int> chosen_;
  std::set<int> known_;  // entries that came before
};

}  // namespace

Result<std::set<int>> choose(const std::vector<Entry>& entries, const catalog::Catalog& source,
                             const Filters& filters) {
  return Chooser(entries, source, filters).run();
}

}  // namespace pghaul::schema
