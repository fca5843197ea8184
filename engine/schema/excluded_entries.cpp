#include "schema/excluded_entries.h"

#include <algorithm>
#include <string>
#include <utility>

#include "schema/name_pattern.h"

namespace pghaul::schema {
namespace {

using Patterns = std::vector<NamePattern>;

Result<Patterns> parse(const std::vector<std::string>& texts) {
  Patterns patterns;
  for (const std::string& text : texts) {
    Result<NamePattern> pattern = NamePattern::of_schema(text);
    if (!pattern) return fail(pattern.error());
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

bool matches_any(const Patterns& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const NamePattern& pattern) { return pattern.matches(name); });
}

/// Fails for a pattern that matches nothing, as pg_dump does.
Status each_matches(const std::vector<Entry>& entries, const Filters& filters, const Patterns& patterns) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto matches = [&](const Entry& entry) {
      return entry.kind == "EXTENSION" && patterns[i].matches(name_without_schema(entry));
    };
    if (std::ranges::any_of(entries, matches)) continue;
    return fail(ErrorCode::usage,
                "no matching extensions were found for pattern \"" + filters.extensions[i] + "\"",
                "check the pattern; names in capitals need quotes within it");
  }
  return {};
}

bool is_of_excluded_kind(const Entry& entry, const Filters& filters) {
  return (!filters.with_comments && entry.kind == "COMMENT") ||
         (!filters.with_security_labels && entry.kind == "SECURITY LABEL") ||
         (!filters.with_publications && entry.kind.starts_with("PUBLICATION")) ||
         (!filters.with_subscriptions && entry.kind.starts_with("SUBSCRIPTION")) ||
         (!filters.with_event_triggers && entry.kind == "EVENT TRIGGER");
}

}  // namespace

Result<std::set<int>> excluded_entries(const std::vector<Entry>& entries, const Filters& filters) {
  const Result<Patterns> wanted = parse(filters.extensions);
  const Result<Patterns> unwanted = parse(filters.excluded_extensions);
  if (!wanted) return fail(wanted.error());
  if (!unwanted) return fail(unwanted.error());
  if (const Status matched = each_matches(entries, filters, *wanted); !matched) return fail(matched.error());
  std::set<int> excluded;
  const auto is_excluded = [&](const Entry& entry) {
    if (is_of_excluded_kind(entry, filters)) return true;
    if (entry.oid == 0) {  // a comment, a grant or a label
      return std::ranges::any_of(entry.depends_on, [&](int id) { return excluded.contains(id); });
    }
    if (entry.kind != "EXTENSION") return false;
    const std::string name = name_without_schema(entry);
    return (!wanted->empty() && !matches_any(*wanted, name)) || matches_any(*unwanted, name);
  };
  for (const Entry& entry : entries) {
    if (is_excluded(entry)) excluded.insert(entry.dump_id);
  }
  return excluded;
}

}  // namespace pghaul::schema
