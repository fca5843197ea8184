#include "schema/sections.h"

#include <algorithm>
#include <map>
#include <set>

namespace pghaul::schema {
namespace {

enum class Part { nowhere, ours, before_data, after_data, at_the_end };

/// Finds each entry's part; the entries come in an order in which what they depend on came before.
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

 private:
  [[nodiscard]] Part choose(const Entry& entry) const {
    if (is_data(entry)) return Part::nowhere;
    if (is_ours(entry)) return Part::ours;
    if (entry.kind == "FK CONSTRAINT") return Part::nowhere;  // refers to what is not copied
    if (belongs_to_another(entry)) return part_of_companion(entry);
    if (gets_in_the_way(entry)) return Part::at_the_end;
    if (entry.kind == "STATISTICS") return std::max(Part::before_data, latest_dependency(entry));
    return entry.post_data ? Part::after_data : Part::before_data;
  }

  static bool is_data(const Entry& entry) {
    return entry.kind.ends_with(" DATA") || entry.kind == "SEQUENCE SET" || entry.kind.starts_with("BLOB");
  }

  /// Not every CONSTRAINT is a key: PostgreSQL 18 has NOT NULL ones that aren't valid.
  [[nodiscard]] bool is_ours(const Entry& entry) const {
    return entry.kind == "INDEX" || entry.kind == "INDEX ATTACH" ||
           ((entry.kind == "CONSTRAINT" || entry.kind == "FK CONSTRAINT") &&
            constraints_.contains(entry.oid));
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
    return entry.kind == "ROW SECURITY" || entry.kind == "EVENT TRIGGER" || entry.kind == "DEFAULT ACL" ||
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

}  // namespace

Sections divide(const std::vector<Entry>& entries, const catalog::Catalog& source, bool superuser) {
  Divider divider(source, superuser);
  Sections sections;
  for (const Entry& entry : entries) {
    switch (divider.part_of(entry)) {
      case Part::nowhere:
      case Part::ours:
        break;
      case Part::before_data:
        sections.before_data.push_back(entry);
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
    return entry.kind == "ROW SECURITY" || entry.kind == "DEFAULT ACL" ||
           entry.kind.starts_with("SUBSCRIPTION") || (with_keys && entry.kind.starts_with("PUBLICATION"));
  };
  const auto later = std::ranges::stable_partition(sections.at_the_end, is_needed);
  sections.at_opening.assign(sections.at_the_end.begin(), later.begin());
  sections.at_the_end.erase(sections.at_the_end.begin(), later.begin());
}

}  // namespace pghaul::schema
