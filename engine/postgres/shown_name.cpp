#include "postgres/shown_name.h"

#include <algorithm>
#include <array>

namespace pghaul::postgres {
namespace {

/// Keywords for which a name's first word is quoted; after a dot any word will do.
/// Source  pg_get_keywords() of PostgreSQL 18, categories R and T.
constexpr std::array<std::string_view, 101> kReserved = {"all",
                                                         "analyse",
                                                         "analyze",
                                                         "and",
                                                         "any",
                                                         "array",
                                                         "as",
                                                         "asc",
                                                         "asymmetric",
                                                         "authorization",
                                                         "binary",
                                                         "both",
                                                         "case",
                                                         "cast",
                                                         "check",
                                                         "collate",
                                                         "collation",
                                                         "column",
                                                         "concurrently",
                                                         "constraint",
                                                         "create",
                                                         "cross",
                                                         "current_catalog",
                                                         "current_date",
                                                         "current_role",
                                                         "current_schema",
                                                         "current_time",
                                                         "current_timestamp",
                                                         "current_user",
                                                         "default",
                                                         "deferrable",
                                                         "desc",
                                                         "distinct",
                                                         "do",
                                                         "else",
                                                         "end",
                                                         "except",
                                                         "false",
                                                         "fetch",
                                                         "for",
                                                         "foreign",
                                                         "freeze",
                                                         "from",
                                                         "full",
                                                         "grant",
                                                         "group",
                                                         "having",
                                                         "ilike",
                                                         "in",
                                                         "initially",
                                                         "inner",
                                                         "intersect",
                                                         "into",
                                                         "is",
                                                         "isnull",
                                                         "join",
                                                         "lateral",
                                                         "leading",
                                                         "left",
                                                         "like",
                                                         "limit",
                                                         "localtime",
                                                         "localtimestamp",
                                                         "natural",
                                                         "not",
                                                         "notnull",
                                                         "null",
                                                         "offset",
                                                         "on",
                                                         "only",
                                                         "or",
                                                         "order",
                                                         "outer",
                                                         "overlaps",
                                                         "placing",
                                                         "primary",
                                                         "references",
                                                         "returning",
                                                         "right",
                                                         "select",
                                                         "session_user",
                                                         "similar",
                                                         "some",
                                                         "symmetric",
                                                         "system_user",
                                                         "table",
                                                         "tablesample",
                                                         "then",
                                                         "to",
                                                         "trailing",
                                                         "true",
                                                         "union",
                                                         "unique",
                                                         "user",
                                                         "using",
                                                         "variadic",
                                                         "verbose",
                                                         "when",
                                                         "where",
                                                         "window",
                                                         "with"};
static_assert(std::is_sorted(kReserved.begin(), kReserved.end()));

bool needs_no_quotes(std::string_view word) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto goes_on = [&](char c) { return starts(c) || (c >= '0' && c <= '9') || c == '$'; };
  return !word.empty() && starts(word.front()) && std::all_of(word.begin(), word.end(), goes_on);
}

std::string escaped(unsigned char control) {
  if (control == '\n') return "\\n";
  if (control == '\r') return "\\r";
  if (control == '\t') return "\\t";
  constexpr std::string_view digits = "0123456789abcdef";
  return {'\\', 'x', digits[control >> 4], digits[control & 15]};
}

/// Escapes bytes that could move a terminal's cursor or begin a command to it: C0, DEL, and C1 in UTF-8.
std::string in_quotes(std::string_view word) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(i < word.size() ? word[i] : ' '); };
  std::string quoted = "\"";
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool is_c1 = at(i) == 0xC2 && at(i + 1) >= 0x80 && at(i + 1) <= 0x9F;
    if (is_c1) {
      quoted += escaped(at(++i));
    } else if (at(i) < 0x20 || at(i) == 0x7F) {
      quoted += escaped(at(i));
    } else {
      quoted += word[i];
      if (word[i] == '"') quoted += '"';
    }
  }
  return quoted += '"';
}

std::string after_dot(std::string_view word) {
  return needs_no_quotes(word) ? std::string(word) : in_quotes(word);
}

std::string first(std::string_view word) {
  const bool reserved = std::binary_search(kReserved.begin(), kReserved.end(), word);
  return reserved ? in_quotes(word) : after_dot(word);
}

}  // namespace

std::string shown_name(std::string_view schema, std::string_view name) {
  return schema.empty() ? first(name) : first(schema) + "." + after_dot(name);
}

}  // namespace pghaul::postgres
