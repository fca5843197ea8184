#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/lsn.h"

/// The messages of a stream of logical replication, as plain values.
///
/// Lifetime   texts and rows point into the message that was decoded, and into its decoder: they are good
///            until the decoder's next message. A transaction of any size so needs the memory of its widest
///            row.
/// Source     PostgreSQL manual, protocol, "Logical Replication Message Formats".
namespace pghaul::changes {

/// Microseconds since 2000-01-01 00:00 UTC.
using Timestamp = std::int64_t;

struct Begin {
  Lsn commit_lsn;  // where the transaction's commit record begins
  Timestamp committed_at = 0;
  std::uint32_t xid = 0;  // without its epoch
};

struct Commit {
  Lsn commit_lsn;
  Lsn end_lsn;  // where the commit record ends: the position after the transaction
  Timestamp committed_at = 0;
};

struct Column {
  std::string name;
  std::uint32_t type = 0;     // OID, on the source
  std::int32_t modifier = 0;  // pg_attribute.atttypmod
  bool in_identity = false;   // a part of what tells the table's rows apart

  friend bool operator==(const Column&, const Column&) = default;
};

/// The way in which the source tells the rows of a table apart: pg_class.relreplident.
enum class Identity : char { primary_key = 'd', nothing = 'n', full = 'f', index = 'i' };

struct Relation {
  std::uint32_t oid = 0;  // on the source
  std::string schema;
  std::string name;
  Identity identity = Identity::primary_key;
  std::vector<Column> columns;  // published ones, in the order of rows' values

  friend bool operator==(const Relation&, const Relation&) = default;
};

struct Value {
  enum class Kind : char {
    null = 'n',
    unchanged = 'u',  // stored out of line, and not touched by the UPDATE: its text is not in the stream
    text = 't',
  };
  Kind kind = Kind::null;
  bool terminated = false;  // a zero byte stands behind `text`
  std::string_view text;    // as the type's output function writes it; without a zero byte
};
using Row = std::span<const Value>;  // a value for each column of its relation

/// The old values of a row that the stream has.
enum class OldRow : char {
  none = '\0',  // an UPDATE that left the identity's columns as they were
  key = 'K',    // the identity's columns; the others are null here, whatever they were
  full = 'O',
};

/// A table is described: before its first change, and whenever its description may have changed.
struct Description {
  const Relation* relation = nullptr;
};
struct Insert {
  const Relation* relation = nullptr;
  Row row;
};
struct Update {
  const Relation* relation = nullptr;
  OldRow old_kind = OldRow::none;
  Row old;
  Row row;
};
struct Delete {
  const Relation* relation = nullptr;
  OldRow old_kind = OldRow::key;
  Row old;
};
struct Truncate {
  std::span<const Relation* const> relations;
  bool cascade = false;
  bool restart_identity = false;
};

/// The transaction was applied on the source by another replication, which calls its origin so.
struct Origin {
  Lsn commit_lsn;  // there
  std::string_view name;
};
/// A type that isn't PostgreSQL's own, before the first description of a table with a column of it.
struct Type {
  std::uint32_t oid = 0;
  std::string_view schema;
  std::string_view name;
};
/// A message that pg_logical_emit_message() was given.
struct Emitted {
  bool transactional = false;
  Lsn lsn;
  std::string_view prefix;
  std::string_view content;
};

using Message =
    std::variant<Begin, Commit, Description, Insert, Update, Delete, Truncate, Origin, Type, Emitted>;

}  // namespace pghaul::changes
