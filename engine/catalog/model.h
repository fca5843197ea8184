#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// The contents of a server as plain values: no connection, no behaviour but naming.
namespace pghaul::catalog {

using Oid = std::uint32_t;  // unsigned 32 bits: old clusters are beyond 2^31
/// A place in one of Catalog's vectors.
using Place = std::uint32_t;
inline constexpr Place kNone = 0xFFFFFFFFU;

/// OIDs below this are PostgreSQL's own, and mean the same in every database of a major version.
/// Source  PostgreSQL's src/include/access/transam.h, FirstNormalObjectId.
inline constexpr Oid kFirstUserOid = 16384;

struct Name {
  std::string schema;
  std::string name;

  friend bool operator==(const Name&, const Name&) = default;
  friend auto operator<=>(const Name&, const Name&) = default;
};
/// Renders a name for people: public.orders, with quotes where psql would need them and control characters
/// escaped.
[[nodiscard]] std::string shown(const Name& name);

struct Type {
  Oid oid = 0;
  Name name;
  char kind = 'b';  // pg_type.typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange
  Oid part = 0;     // element of an array, base of a domain, subtype of a range, range of a multirange
  bool is_array = false;
  std::vector<Oid> attributes;  // types of a composite's columns
  bool has_binary_io = false;   // both a send and a receive function
  std::string extension;        // the one that it belongs to; empty: none
};

struct Column {
  std::string name;
  Oid type = 0;
  std::string type_text;  // as format_type() gives it: numeric(10,2)
  bool generated = false;
  bool in_key = false;  // a part of the table's primary key
};

/// The rule by which a partitioned table chooses the partition of a row.
struct PartitionKey {
  struct Column {
    Oid type = 0;  // for an expression: the type that its operator class takes
    /// The order of texts: n it has no collation, b by bytes (C, POSIX), d the database's, l that of another
    /// collation of a library.
    char collation = 'n';
    bool deterministic = true;   // equal texts are equal bytes
    bool own_operators = false;  // its operator class is not PostgreSQL's own
  };
  char strategy = '?';           // pg_partitioned_table.partstrat: h hash, l list, r range; ? not known
  bool computed = false;         // an expression is among the columns
  bool calls_functions = false;  // an expression calls functions that aren't PostgreSQL's own, or that hash
  std::vector<Column> columns;
};

struct Relation {
  Oid oid = 0;
  Name name;
  char kind = 'r';         // pg_class.relkind: r table, p partitioned, m materialized view, f foreign
  char persistence = 'p';  // pg_class.relpersistence: p permanent, u unlogged
  std::string owner;
  std::uint32_t heap_pages = 0;  // the file's real size in blocks, not the possibly stale relpages
  std::int64_t heap_bytes = 0;
  std::int64_t toast_bytes = 0;
  std::int64_t index_bytes = 0;
  double estimated_rows = 0;    // pg_class.reltuples; -1 unknown
  bool has_statistics = false;  // the planner's are complete and fresh, and another server can take them over
  bool readable = true;         // the role may read every row and every column
  std::string unreadable_reason;  // for example "the role has no SELECT on it"
  bool with_rows = true;          // false: options leave its rows out, and copy its definition
  bool lockable = true;           // the role may lock it; otherwise pg_dump can't describe it
  /// A check, a generated column, a domain or a partition key of it calls a function that may read tables.
  bool reads_in_checks = false;
  bool populated = true;  // false: a materialized view without data
  std::string extension;  // makes it as a configuration table, with indexes and keys; empty: none does
  std::string condition;  // the rows to copy, as a condition for WHERE; empty: all
  /// Live columns in the order in which they are copied: for a partition, that of its topmost parent.
  /// Includes generated ones.
  std::vector<Column> columns;
  /// Relations that a materialized view reads, also through views, SQL-standard functions and inheritance
  /// (partitions are listed beside their parents); or the tables that an extension's configuration table
  /// refers to.
  std::vector<Oid> depends_on;
  Oid parent = 0;              // the table that it is a partition of; 0: none
  PartitionKey partition_key;  // set for partitioned tables only
};

struct IndexInfo {
  Oid oid = 0;
  Name name;
  Place relation = kNone;  // in Catalog::relations
  std::string definition;  // pg_get_indexdef(): all but the tablespace
  std::string access_method;
  std::int64_t bytes = 0;  // on disk; of a small table: as of its last VACUUM or ANALYZE
  bool unique = false;
  bool valid = true;  // true for a partitioned index even while it lacks partitions
  bool clustered = false;
  bool replica_identity = false;
  bool partitioned = false;                     // has no rows of its own; index partitions are attached to it
  Oid parent = 0;                               // the partitioned index it is attached to
  Oid constraint = 0;                           // the constraint that it serves
  std::vector<std::pair<int, int>> statistics;  // column number, target
  bool text_key = false;                        // sorts by strcoll: several times the cost of an integer key
  std::string tablespace;                       // empty: the database's default
  std::string options;  // those of WITH (…), which a key's definition leaves out: fillfactor='70'
  bool reads = false;   // its expressions call a function that may read tables
  std::vector<std::string> extensions;  // ALTER INDEX … DEPENDS ON EXTENSION

  /// Tells whether it keeps rows from being there twice, with or without a constraint.
  [[nodiscard]] bool guards() const noexcept { return unique || constraint != 0; }
};

struct Constraint {
  Oid oid = 0;
  std::string name;
  Place relation = kNone;  // in Catalog::relations
  char kind = 'p';         // pg_constraint.contype: p primary key, u unique, x exclusion, f foreign key
  std::string definition;  // pg_get_constraintdef(): all but the index's tablespace and options
  Oid index = 0;           // the index that serves it; for a foreign key: the referenced table's
  Oid references = 0;      // the relation that a foreign key points to
  bool deferrable = false;
  bool deferred = false;
  bool validated = true;
  bool without_overlaps = false;  // PostgreSQL 18's temporal keys: can't be made from an index
  bool before_rows = false;       // made with the tables, as one of them can't be made without it
};

/// Tells whether the constraint's index is built first, by CREATE INDEX, and then made a constraint;
/// otherwise ADD CONSTRAINT builds it: exclusion constraints, keys of partitioned tables, WITHOUT OVERLAPS.
[[nodiscard]] bool built_from_index(const Constraint& key, const Relation& relation);

struct Sequence {
  Oid oid = 0;
  Name name;
  std::string unreadable_reason;  // the reason why the role can't read its value; empty: it can
  std::int64_t last_value = 0;
  bool is_called = false;
};

struct LargeObjects {
  std::int64_t count = 0;
  std::vector<Oid> unreadable;    // those that this role may not read: neither copied nor compared
  std::int64_t bytes = 0;         // estimated
  std::vector<Oid> range_starts;  // first OID of ranges of about equal bytes; empty when there are none
};

/// A user for whom a foreign server has options, such as a password.
struct UserMapping {
  std::string user;
  std::string server;
};

/// ALTER DATABASE … SET, or ALTER ROLE … IN DATABASE … SET.
struct DatabaseSetting {
  std::string role;  // empty: for all roles
  std::string name;
  std::string value;  // as the catalog holds it; a list with its quotes
};

/// Names a setting as compared objects are named: "setting of the database: work_mem of role app".
[[nodiscard]] std::string label(const DatabaseSetting& setting);

/// A property of the database itself: its owner, comment, connection limit, a grant.
struct DatabaseProperty {
  char kind = 'd';            // o its owner, a a grant or a revocation, d all else
  std::string name;           // its name among compared objects: "CONNECT for reader"
  std::string value;          // "granted", "revoked", a role, a text, a number
  std::string role;           // a role that has to exist before the property is set; empty: none
  std::string before, after;  // the statement that sets it: up to the database's name, and from there on
};
[[nodiscard]] std::string label(const DatabaseProperty& property);

/// A trigger by which PostgreSQL itself keeps a constraint and which fires otherwise than usual, after ALTER
/// TABLE … DISABLE TRIGGER ALL. Its own name has an OID in it.
struct ConstraintTrigger {
  Name relation;     // the table that it is on
  Name constrained;  // the table that the constraint is on: the same, or the one that refers to it
  std::string constraint;
  std::string function;  // one of pg_catalog: RI_FKey_check_ins
  char firing = 'D';     // pg_trigger.tgenabled
};
[[nodiscard]] std::string label(const ConstraintTrigger& trigger);

struct Extension {
  std::string name;
  std::string version;
  bool trusted = true;  // an ordinary role may create it; known of available ones
};

/// Facts about a server, and about the role that connects to it.
struct Server {
  int version = 0;                // server_version_num: 150004
  std::string version_text;       // "15.20"
  std::string system_identifier;  // pg_control_system(); empty when the role may not call it
  std::string database;
  Oid database_oid = 0;
  std::int64_t database_bytes = 0;  // on disk
  std::string encoding;
  std::string collate;
  std::string ctype;
  /// Names the rules by which the database sorts and folds texts, the library's version included: equal where
  /// two databases do it alike. Empty: unknown.
  std::string locale;
  std::string collation_libraries;  // with their versions; empty: unknown
  std::string hash_sample;          // the server's hash of a text of ours
  char locale_provider = 'c';       // pg_database.datlocprovider: c libc, i ICU, b PostgreSQL's own
  std::string icu_locale;           // the locale of a provider other than libc
  std::string collation_version;    // the provider's present one; empty: it has none
  std::string role;
  bool superuser = false;
  bool bypasses_row_security = false;
  bool may_create = false;       // CREATE on the database
  bool owns_database = false;    // directly, by a membership, or as a superuser
  bool may_alter_roles = false;  // CREATEROLE, or a superuser
  std::string database_owner;
  std::set<std::string> closed_settings;     // settings that the role may not change
  std::set<std::string> own_roles;           // those that it may give objects to: itself, its groups
  std::set<std::string> schemas;             // in this database
  std::set<std::string> closed_tablespaces;  // those that the role may not create in
  bool owns_public = true;                   // has the rights of the owner of schema public, if there is one
  bool in_recovery = false;                  // a hot standby
  int free_connections = 0;                  // those that this role could still open, this one not counted
  std::map<std::string, std::string> settings;  // those that plans and forecasts use, in pg_settings' units
  std::vector<std::string> roles;
  std::vector<std::string> tablespaces;
  std::vector<Extension> extensions;            // in this database
  std::vector<Extension> available_extensions;  // default versions; empty: unknown
};

struct Catalog {
  Server server;
  std::vector<Type> types;          // types of all columns, and of their parts
  std::vector<Relation> relations;  // tables, partitioned tables, foreign tables, materialized views
  std::vector<IndexInfo> indexes;
  std::vector<Constraint> constraints;
  std::vector<Sequence> sequences;
  LargeObjects large_objects;
  std::vector<DatabaseSetting> settings;
  std::vector<DatabaseProperty> properties;
  std::vector<ConstraintTrigger> constraint_triggers;
  std::vector<std::string> subscriptions;
  std::vector<UserMapping> hidden_mappings;    // those whose options the role may not see
  std::vector<std::string> locale_dependents;  // read only where the target's locale differs
  bool has_public_schema = true;               // as initdb makes it; it can be dropped
  std::set<std::string> owners;                // roles that own something in this database, extensions aside
  std::set<std::string> grantees;     // roles granted something, or named by a policy or a user mapping
  std::set<std::string> tablespaces;  // those in use, other than the database's default
};

/// Tells whether the relation's rows are copied: it has its own, they are wanted, and the role may read all
/// of them.
[[nodiscard]] bool carries_rows(const Relation& relation);

/// Returns the columns by which computed contents are compared: a table's generated ones, with those of its
/// primary key, or without one with all others; all of a populated materialized view. Empty: nothing is
/// computed.
[[nodiscard]] std::vector<Column> computed_columns(const Relation& relation);

/// Tells whether a foreign key is first added without a check, which takes a strong lock for a moment, and
/// then checked under a weak one.
[[nodiscard]] bool validated_later(const Constraint& foreign_key, const Catalog& catalog);
/// Tells the same without a search among all relations, which is slow when it is done for each key.
[[nodiscard]] bool validated_later(const Constraint& foreign_key, const Relation& from,
                                   const Relation& referenced);

/// The contents of a target before a copy: enough to refuse with, and to say what would be removed.
struct Contents {
  struct Object {
    std::string kind;  // "table", "function", "extension" …
    Name name;
    std::int64_t bytes = 0;
    bool may_drop = true;  // the role has the rights of its owner, or of its schema's
  };
  std::vector<Object> objects;
  std::int64_t large_objects = 0;

  [[nodiscard]] bool empty() const noexcept { return objects.empty() && large_objects == 0; }
};

}  // namespace pghaul::catalog
