#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "catalog/model.h"
#include "postgres/connection.h"

namespace pghaul::catalog {

/// Reads facts about the server and the role, without looking at the database's objects.
///
/// Must not run in a transaction that is still needed: a server with one broken extension file refuses to
/// list its extensions, which would end it. Then `available_extensions` stays empty.
[[nodiscard]] Result<Server> read_server(postgres::Connection& connection);

/// Decides whether an object is copied, by its catalog's OID and its own.
using Chosen = std::function<bool(Oid, Oid)>;

/// Reads all user objects of the database that pghaul handles itself, as the connection's transaction sees
/// them. `belongs`: asked for each relation and sequence by its OID; what it denies is left out, with its
/// indexes and constraints. `chosen`: decides which other objects' owners and grantees count; empty: all.
/// Sequences' values and large objects are read by the functions below; Server::available_extensions by
/// read_server() only.
[[nodiscard]] Result<Catalog> read_catalog(postgres::Connection& connection,
                                           const std::function<bool(Oid)>& belongs,
                                           const Chosen& chosen = {});

/// Fills in has_statistics of those relations that `worth` says are worth the question.
[[nodiscard]] Status read_statistics(postgres::Connection& connection, std::vector<Relation>& relations,
                                     const std::function<bool(const Relation&)>& worth);

/// Lists what may mean something else in a database of another locale, by names such as "check c of
/// public.t": generated columns, unique indexes, checks and partition keys. `belongs`: asked for each table
/// by its OID.
[[nodiscard]] Result<std::vector<std::string>> read_locale_dependents(
    postgres::Connection& connection, const std::function<bool(Oid)>& belongs);

/// Lists the tables and sequences that extensions make, but whose rows are the user's. `belongs`: asked for
/// each extension by its OID.
[[nodiscard]] Result<std::vector<Oid>> read_configuration(postgres::Connection& connection,
                                                          const std::function<bool(Oid)>& belongs);

/// Tables that the role may not even lock, and what can't stand without them.
struct LockedOut {
  std::vector<Relation> tables;
  std::set<std::pair<Oid, Oid>> objects;  // all of these and their parts, by the catalog's OID and their own
  std::vector<std::string> dependents;    // names of what can't stand without them: "view public.v"
};
[[nodiscard]] Result<LockedOut> read_locked_out(postgres::Connection& connection);

/// Returns for each trigger the statement that makes it fire as recorded; empty: there is no such trigger.
[[nodiscard]] Result<std::vector<std::string>> constraint_trigger_statements(
    postgres::Connection& connection, const std::vector<ConstraintTrigger>& triggers);

/// Lists the sequences, without their values.
[[nodiscard]] Result<std::vector<Sequence>> list_sequences(postgres::Connection& connection,
                                                           const std::function<bool(Oid)>& belongs);

/// Fills in last_value and is_called, in a few statements however many sequences there are.
///
/// Sequences belong to no snapshot: their values are the present ones. Within a transaction each stays locked
/// until its end, which is more locks than a server has if there are many: to be called outside of one.
/// Errors  refused when the role may not read one: see Sequence::unreadable_reason.
[[nodiscard]] Status read_sequences(postgres::Connection& connection, std::vector<Sequence>& sequences);

/// Fills in count, bytes and `ranges` ranges.
[[nodiscard]] Result<LargeObjects> read_large_objects(postgres::Connection& connection, int ranges);

/// Fills in count alone.
[[nodiscard]] Result<LargeObjects> count_large_objects(postgres::Connection& connection);

/// Reads what a database holds beyond what initdb puts there.
[[nodiscard]] Result<Contents> read_contents(postgres::Connection& connection);

/// Hashes all relations' and columns' definitions and files: equal before and after means that no DDL on
/// them, no TRUNCATE and no rewrite came in between. It sees what the connection's transaction sees: what has
/// happened since a snapshot shows only outside of it.
[[nodiscard]] Result<std::string> read_fingerprint(postgres::Connection& connection);
/// Returns the same without files, which TRUNCATE and REFRESH MATERIALIZED VIEW replace.
[[nodiscard]] Result<std::string> read_fingerprint_without_files(postgres::Connection& connection);

/// Names the state that the connection's snapshot shows: two equal ones show the same rows. The name holds
/// which transactions have ended, and when the server started: after a crash, numbers of transactions whose
/// commit was lost may be given to others.
/// Source  PostgreSQL manual, functions, "Transaction ID and Snapshot Information Functions".
[[nodiscard]] Result<std::string> read_state(postgres::Connection& connection);

}  // namespace pghaul::catalog
