#include "schema/entry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pghaul::schema {
namespace {

/// A kind of entry, and the catalog that its entries name: "TABLE DATA x y" may be rows of a table, or a
/// table in the schema "DATA".
struct Kind {
  std::string_view name;
  std::optional<std::uint32_t> catalog;
};
constexpr std::uint32_t kClass = 1259;  // pg_class

/// Kinds that have several words, or are the beginning of such a one; any other is one word.
/// Source  PostgreSQL's src/bin/pg_dump/pg_dump.c, `.description =`, versions 12 to 18.
constexpr std::array kKinds = {
    Kind{"ACCESS METHOD", {}},
    Kind{"CHECK CONSTRAINT", {}},
    Kind{"DATABASE PROPERTIES", {}},
    Kind{"DEFAULT", 2604},     // pg_attrdef
    Kind{"DEFAULT ACL", 826},  // pg_default_acl
    Kind{"EVENT TRIGGER", {}},
    Kind{"FK CONSTRAINT", {}},
    Kind{"FOREIGN DATA WRAPPER", {}},
    Kind{"FOREIGN TABLE", {}},
    Kind{"INDEX", kClass},
    Kind{"INDEX ATTACH", 0},
    Kind{"MATERIALIZED VIEW", kClass},
    Kind{"MATERIALIZED VIEW DATA", 0},
    Kind{"OPERATOR", 2617},         // pg_operator
    Kind{"OPERATOR CLASS", 2616},   // pg_opclass
    Kind{"OPERATOR FAMILY", 2753},  // pg_opfamily
    Kind{"PROCEDURAL LANGUAGE", {}},
    Kind{"PUBLICATION", 6104},                   // pg_publication
    Kind{"PUBLICATION TABLE", 6106},             // pg_publication_rel
    Kind{"PUBLICATION TABLES IN SCHEMA", 6237},  // pg_publication_namespace
    Kind{"ROW SECURITY", {}},
    Kind{"SECURITY LABEL", {}},
    Kind{"SEQUENCE", kClass},
    Kind{"SEQUENCE OWNED BY", 0},
    Kind{"SEQUENCE SET", 0},
    Kind{"SHELL TYPE", {}},
    Kind{"STATISTICS", 3381},  // pg_statistic_ext
    Kind{"STATISTICS DATA", 0},
    Kind{"SUBSCRIPTION", 6100},        // pg_subscription
    Kind{"SUBSCRIPTION TABLE", 6102},  // pg_subscription_rel
    Kind{"TABLE", kClass},
    Kind{"TABLE ATTACH", 0},
    Kind{"TABLE DATA", 0},
    Kind{"TEXT SEARCH CONFIGURATION", {}},
    Kind{"TEXT SEARCH DICTIONARY", {}},
    Kind{"TEXT SEARCH PARSER", {}},
    Kind{"TEXT SEARCH TEMPLATE", {}},
    Kind{"USER MAPPING", {}},
};

/// Removes a number, and `after` behind it, from the front of `text`.
template <typename Number>
bool take(std::string_view& text, Number& number, std::string_view after) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(after)) return false;
  text.remove_prefix(after.size());
  return true;
}

std::string_view kind_of(std::string_view text, std::uint32_t catalog) {
  std::string_view longest = text.substr(0, text.find(' '));
  for (const Kind& kind : kKinds) {
    const bool begins = text.starts_with(kind.name) && text.substr(kind.name.size()).starts_with(' ');
    if (begins && kind.catalog.value_or(catalog) == catalog && kind.name.size() > longest.size()) {
      longest = kind.name;
    }
  }
  return longest;
}

/// Parses "224; 1259 19484 TABLE app plain owner".
std::optional<Entry> parse_entry(std::string_view line) {
  Entry entry;
  if (!take(line, entry.dump_id, "; ") || !take(line, entry.catalog, " ") || !take(line, entry.oid, " ")) {
    return std::nullopt;
  }
  entry.kind = kind_of(line, entry.catalog);
  line.remove_prefix(std::min(entry.kind.size() + 1, line.size()));
  entry.text = line;
  return entry;
}

/// Parses ";       depends on: 11 223".
std::vector<int> parse_dependencies(std::string_view line) {
  std::vector<int> result;
  line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
  int dump_id = 0;
  while (line.starts_with(' ')) {
    line.remove_prefix(1);
    if (!take(line, dump_id, "")) break;
    result.push_back(dump_id);
  }
  return result;
}

/// Recognizes what pg_restore does by itself, whatever else it restores; and the database, of which only the
/// name counts.
bool is_setting(const Entry& entry) {
  return entry.kind == "ENCODING" || entry.kind == "STDSTRINGS" || entry.kind == "SEARCHPATH" ||
         entry.kind == "DATABASE" || entry.kind == "DATABASE PROPERTIES";
}

/// A listing has a space for each line break of a name.
bool ends_with_word(std::string_view text, std::string_view name) {
  if (text.size() <= name.size() || text[text.size() - name.size() - 1] != ' ') return false;
  return std::ranges::equal(text.substr(text.size() - name.size()), name, [](char listed, char own) {
    return listed == (own == '\n' || own == '\r' ? ' ' : own);
  });
}

template <typename Handle>
void for_each_line(std::string_view text, const Handle& handle) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    handle(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

bool is_companion(const Entry& entry) {
  return entry.kind == "COMMENT" || entry.kind == "ACL" || entry.kind == "SECURITY LABEL" ||
         entry.kind == "STATISTICS DATA";
}

std::string name_without_schema(const Entry& entry) {
  constexpr std::size_t kName = 2;  // behind the "-" that stands for the schema
  return entry.text.substr(kName, entry.text.rfind(' ') - kName);
}

std::string owner_of(const Entry& entry, const std::set<std::string>& roles) {
  std::string owner;
  for (const std::string& role : roles) {
    if (role.size() > owner.size() && ends_with_word(entry.text, role)) owner = role;
  }
  return owner;
}

std::vector<Entry> parse_listing(std::string_view verbose, std::string_view post_data) {
  std::set<int> after_data;
  for_each_line(post_data, [&](std::string_view line) {
    if (const std::optional<Entry> entry = parse_entry(line)) after_data.insert(entry->dump_id);
  });
  std::vector<Entry> entries;
  for_each_line(verbose, [&](std::string_view line) {
    if (std::optional<Entry> entry = parse_entry(line)) {
      entry->post_data = after_data.contains(entry->dump_id);
      entries.push_back(std::move(*entry));
    } else if (line.starts_with(";\tdepends on:") && !entries.empty()) {
      entries.back().depends_on = parse_dependencies(line);
    }
  });
  std::erase_if(entries, is_setting);
  return entries;
}

}  // namespace pghaul::schema
