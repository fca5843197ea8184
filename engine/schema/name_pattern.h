#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"

namespace pghaul::schema {

/// A pattern for names, such as app.order*, as pg_dump takes it: `*` and `?` stand for letters, a dot
/// separates the schema from the name, quotes keep capitals and all else as they are. Of regular expressions
/// it knows [a-z], (one|other) and +.
///
/// Errors  usage for what else PostgreSQL would read as a regular expression.
/// Source  PostgreSQL manual, psql, "Patterns"; src/fe_utils/string_utils.c, patternToSQLRegex().
class NamePattern {
 public:
  [[nodiscard]] static Result<NamePattern> of_schema(const std::string& pattern);
  /// Without a schema, the pattern matches in any: has_schema() tells.
  [[nodiscard]] static Result<NamePattern> of_table(const std::string& pattern);

  [[nodiscard]] bool has_schema() const noexcept { return parts_.size() > 1; }
  [[nodiscard]] bool matches(std::string_view schema) const;
  [[nodiscard]] bool matches(const catalog::Name& table) const;

 private:
  explicit NamePattern(std::vector<std::wregex> parts) : parts_(std::move(parts)) {}
  [[nodiscard]] static Result<NamePattern> parse(const std::string& pattern, std::size_t most_parts);

  std::vector<std::wregex> parts_;  // the last one is the name's
};

}  // namespace pghaul::schema
