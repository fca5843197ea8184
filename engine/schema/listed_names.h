#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/model.h"
#include "schema/entry.h"

namespace pghaul::schema {

/// Splits "schema name owner", where each may hold spaces.
class ListedNames {
 public:
  ListedNames(const std::vector<Entry>& entries, const catalog::Catalog& source);

  [[nodiscard]] const std::set<std::string>& schemas() const noexcept { return all_schemas_; }

  /// Returns the name of a relation. Nothing: it is ambiguous.
  [[nodiscard]] std::optional<catalog::Name> relation(const Entry& entry) const;
  /// Returns all that could be the name in "- name owner".
  [[nodiscard]] std::vector<std::string_view> bare_names(const Entry& entry) const;
  /// Returns all that could be the entry's schema; none where it belongs to none.
  [[nodiscard]] std::vector<std::string> schemas_of(const Entry& entry) const;

 private:
  void add_schema(const std::string& name);
  void add(catalog::Oid oid, const catalog::Name& name);
  [[nodiscard]] std::vector<std::string_view> without_owner(std::string_view text) const;

  std::set<std::string> owners_;
  std::map<std::string, std::string> schemas_;  // by their listed form
  std::set<std::string> all_schemas_;
  std::map<catalog::Oid, catalog::Name> known_;
};

/// Reads a name as SQL has it, with quotes or without.
[[nodiscard]] std::string unquoted(std::string_view word);
/// Renders a name as a listing shows it.
[[nodiscard]] std::string on_one_line(std::string text);

}  // namespace pghaul::schema
