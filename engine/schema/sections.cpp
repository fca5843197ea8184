#include "schema/sections.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

namespace pghaul::schema {
namespace {

enum class Part { nowhere, ours, before_data, after_data, at_the_end };

/// Finds each entry's part; the entries come in an order in which dependencies come first.
class Divider {
 public:
  Divider(const catalog::Catalog& source, bool superuser) : superuser_(superuser) {
    for (const catalog::Constraint& constraint : source.constraints) constraints_.insert(constraint.oid);
  }

  Part part_of(const Entry& entry) {
    const Part part = choose(entry);
    parts_[entry.dump_id] = part;
    return part;
  }

  /// Tells whether pghaul builds it. Not every CONSTRAINT is a key: PostgreSQL 18 has NOT NULL ones that
  /// aren't valid.
  [[nodiscard]] bool is_ours(const Entry& entry) const {
    return entry.kind == "INDEX" || entry.kind == "INDEX ATTACH" ||
           ((entry.kind == "CONSTRAINT" || entry.kind == "FK CONSTRAINT") &&
            constraints_.contains(entry.oid));
  }

 private:
  [[nodiscard]] Part choose(const Entry& entry) const {
    if (is_data(entry) || keeps_constraint(entry)) return Part::nowhere;
    if (is_ours(entry)) return Part::ours;
    if (entry.kind == "FK CONSTRAINT") return Part::nowhere;  // it refers to what is not copied
    if (belongs_to_another(entry)) return part_of_companion(entry);
    if (gets_in_the_way(entry)) return Part::at_the_end;
    if (entry.kind == "STATISTICS") return std::max(Part::before_data, latest_dependency(entry));
    return entry.post_data ? Part::after_data : Part::before_data;
  }

  static bool is_data(const Entry& entry) {
    return entry.kind.ends_with(" DATA") || entry.kind == "SEQUENCE SET" || entry.kind.starts_with("BLOB");
  }

  /// Recognizes the firing mode of a constraint's trigger on a partition, which pg_dump writes if it is not
  /// its parent's: under a name with an OID in it, which no other database has.
  static bool keeps_constraint(const Entry& entry) {
    if (entry.kind != "TRIGGER") return false;
    const std::string oid = std::to_string(entry.oid) + " ";
    const auto is_called = [&](const char* prefix) {
      return entry.text.find(prefix + oid) != std::string::npos;
    };
    return is_called(" RI_ConstraintTrigger_a_") || is_called(" RI_ConstraintTrigger_c_") ||
           is_called(" PK_ConstraintTrigger_");
  }

  static bool belongs_to_another(const Entry& entry) {
    return entry.kind == "COMMENT" || entry.kind == "ACL" || entry.kind == "SECURITY LABEL";
  }

  [[nodiscard]] Part part_of_companion(const Entry& entry) const {
    if (!superuser_ && entry.kind == "COMMENT" && entry.text.starts_with("- EXTENSION ")) {
      return Part::nowhere;
    }
    const Part own = entry.post_data ? Part::after_data : Part::before_data;
    Part part = entry.depends_on.empty() ? own : known_part(entry.depends_on.front(), own);
    if (part == Part::ours) part = Part::at_the_end;
    if (!superuser_ && entry.kind == "ACL") part = std::max(part, Part::after_data);
    return part;
  }

  static bool gets_in_the_way(const Entry& entry) {
    return entry.kind == "EVENT TRIGGER" || entry.kind == "DEFAULT ACL" ||
           entry.kind.starts_with("PUBLICATION") || entry.kind.starts_with("SUBSCRIPTION");
  }

  [[nodiscard]] Part latest_dependency(const Entry& entry) const {
    Part latest = Part::nowhere;
    for (const int dump_id : entry.depends_on) latest = std::max(latest, known_part(dump_id, Part::nowhere));
    return latest;
  }

  [[nodiscard]] Part known_part(int dump_id, Part otherwise) const {
    const auto known = parts_.find(dump_id);
    return known == parts_.end() ? otherwise : known->second;
  }

  bool superuser_;
  std::set<catalog::Oid> constraints_;
  std::map<int, Part> parts_;
};

/// Moves what rows need before them, with all that it depends on, though pg_dump calls it post-data: a
/// function whose body is grouped by a primary key, that key, and a view of the same kind. In the entries'
/// order dependencies come first.
void advance_dependencies(const std::vector<Entry>& entries, std::vector<Part>& parts) {
  std::map<int, std::size_t> places;
  for (std::size_t i = 0; i < entries.size(); ++i) places[entries[i].dump_id] = i;
  for (std::size_t i = entries.size(); i-- > 0;) {
    if (parts[i] != Part::before_data) continue;
    for (const int dump_id : entries[i].depends_on) {
      const auto place = places.find(dump_id);
      if (place == places.end()) continue;
      const bool is_key = entries[place->second].kind == "CONSTRAINT";
      Part& part = parts[place->second];
      if (part == Part::after_data || (part == Part::ours && is_key)) part = Part::before_data;
    }
  }
}

/// Returns the schema that grants are on, "app" of `- SCHEMA "app" owner`; empty: they are on something else.
/// pg_dump quotes the name there, and not in the entries of what the schema holds.
std::string schema_of_grants(const Entry& entry) {
  constexpr std::string_view kOfSchema = "- SCHEMA ";
  if (entry.kind != "ACL" || !entry.text.starts_with(kOfSchema)) return {};
  const std::string rest =
      entry.text.substr(kOfSchema.size());  // a role's name, which follows, may have spaces
  if (!rest.starts_with('"')) return rest.substr(0, rest.find(' '));
  std::string plain;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == '"' && (at + 1 == rest.size() || rest[++at] != '"'))
      break;  // within a name it is doubled
    plain += rest[at];
  }
  return plain;
}

}  // namespace

Sections divide(const std::vector<Entry>& entries, const catalog::Catalog& source, bool superuser) {
  Divider divider(source, superuser);
  std::vector<Part> parts;
  for (const Entry& entry : entries) parts.push_back(divider.part_of(entry));
  advance_dependencies(entries, parts);
  Sections sections;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    switch (parts[i]) {
      case Part::nowhere:
      case Part::ours:
        break;
      case Part::before_data:
        sections.before_data.push_back(entry);
        if (divider.is_ours(entry)) sections.keys_before_data.insert(entry.oid);
        break;
      case Part::after_data:
        sections.after_data.push_back(entry);
        break;
      case Part::at_the_end:
        sections.at_the_end.push_back(entry);
        break;
    }
  }
  return sections;
}

void bring_grants_forward(Sections& sections, const std::vector<Entry>& entries, std::set<std::string> owners,
                          const std::string& role) {
  owners.insert(role);
  const auto is_needed = [&](const Entry& entry) {
    const std::string schema = schema_of_grants(entry);
    return !schema.empty() && std::ranges::any_of(entries, [&](const Entry& other) {
      return !is_companion(other) && other.text.starts_with(schema + " ") && owner_of(other, owners) != role;
    });
  };
  const auto grants = std::ranges::stable_partition(sections.after_data, std::not_fn(is_needed));
  std::vector<Entry> needed(grants.begin(), grants.end());
  sections.after_data.erase(grants.begin(), grants.end());
  if (needed.empty()) return;
  const auto others = std::ranges::stable_partition(
      sections.before_data, [](const Entry& entry) { return entry.kind == "SCHEMA"; });
  sections.schemas_first.assign(sections.before_data.begin(), others.begin());
  sections.before_data.erase(sections.before_data.begin(), others.begin());
  std::ranges::move(needed, std::back_inserter(sections.schemas_first));
}

bool changes_queries(const Sections& sections) {
  constexpr std::array<std::string_view, 6> kHarmless = {"CHECK CONSTRAINT", "COMMENT",    "CONSTRAINT",
                                                         "SECURITY LABEL",   "STATISTICS", "TRIGGER"};
  return std::ranges::any_of(sections.after_data, [&](const Entry& entry) {
    return std::ranges::find(kHarmless, entry.kind) == kHarmless.end();
  });
}

bool needs_keys(const Sections& sections, const std::vector<Entry>& entries) {
  std::set<int> keys;
  for (const Entry& entry : entries) {
    if (entry.kind == "CONSTRAINT") keys.insert(entry.dump_id);
  }
  return std::ranges::any_of(sections.after_data, [&](const Entry& entry) {
    return std::ranges::any_of(entry.depends_on, [&](int dump_id) { return keys.contains(dump_id); });
  });
}

void bring_forward(Sections& sections, bool with_keys) {
  const auto is_needed = [&](const Entry& entry) {
    return entry.kind == "DEFAULT ACL" || entry.kind.starts_with("SUBSCRIPTION") ||
           (with_keys && entry.kind.starts_with("PUBLICATION"));
  };
  const auto later = std::ranges::stable_partition(sections.at_the_end, is_needed);
  sections.at_opening.assign(sections.at_the_end.begin(), later.begin());
  sections.at_the_end.erase(sections.at_the_end.begin(), later.begin());
}

}  // namespace pghaul::schema
