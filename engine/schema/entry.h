#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pghaul::schema {

/// One entry of an archive's table of contents, as pg_restore --list --verbose writes it.
struct Entry {
  int dump_id = 0;
  std::uint32_t catalog = 0;    // OID of the catalog that holds the object: 1259 is pg_class
  std::uint32_t oid = 0;        // the object's; 0 for what belongs to another entry, such as comments
  std::string kind;             // TABLE, INDEX, FK CONSTRAINT, COMMENT …
  std::string text;             // schema, name and owner as listed, "-" for none: for people
  std::vector<int> depends_on;  // dump ids; also of entries that the archive doesn't hold
  bool post_data = false;       // pg_dump's section; false: pre-data
};

/// Returns the name of an entry that is in no schema, as a schema or an extension: its text is "- name
/// owner".
[[nodiscard]] std::string name_without_schema(const Entry& entry);

/// Returns the one of `roles` that owns an entry; empty: none of them. Names and roles may hold spaces, so it
/// is the longest one that the entry's text ends with.
[[nodiscard]] std::string owner_of(const Entry& entry, const std::set<std::string>& roles);

/// Recognizes entries that only say something of another: comments, grants, labels, statistics.
[[nodiscard]] bool is_companion(const Entry& entry);

/// Parses the entries of a listing, in its order. `post_data`: a listing of that section alone.
/// Source  PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c, PrintTOCSummary().
[[nodiscard]] std::vector<Entry> parse_listing(std::string_view verbose, std::string_view post_data);

}  // namespace pghaul::schema
