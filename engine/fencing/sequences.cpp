#include "fencing/sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/live_schema.h"
#include "postgres/quote.h"

namespace pghaul::fencing {
namespace {

using postgres::quote_literal;

/// Limits the wait for one sequence, in milliseconds. Less than deadlock_timeout: a client that has taken a
/// number and waits for a table is otherwise taken for one that is in a deadlock with the switchover, and
/// aborted.
constexpr int kLockTimeout = 200;

constexpr const char* kList =
    "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.pg_has_role(c.relowner, "
    "'USAGE')"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema'"
    " AND n.nspname !~ '^(pg_|pghaul_)' ORDER BY c.oid";

/// Spells the definition of `p`, a row of pg_sequence, as ALTER SEQUENCE takes it.
constexpr const char* kDefinition =
    "pg_catalog.format('INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s%s', p.seqincrement, p.seqmin,"
    " p.seqmax, p.seqstart, p.seqcache, CASE WHEN p.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END)";

/// Does the work on the server: there are thousands of sequences, and everybody waits. The value is read
/// before the lock, to choose a range, and again under it: a million numbers may be given in between. The
/// step is longer than the range. A sequence that was never used gives out its first number here, in the file
/// that is gone if the transaction is rolled back.
constexpr const char* kClose = R"(
DECLARE s record; reach CONSTANT bigint := 1000000;
BEGIN
  FOR s IN SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS quoted, DEFINITION AS definition,
                  CASE p.seqtypid WHEN 'pg_catalog.int2'::pg_catalog.regtype THEN 32767::bigint
                    WHEN 'pg_catalog.int4'::pg_catalog.regtype THEN 2147483647 ELSE 9223372036854775807 END AS most
           FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
           JOIN pg_catalog.pg_sequence AS p ON p.seqrelid = c.oid WHERE c.oid = ANY (chosen) ORDER BY c.oid
  LOOP
    name := s.quoted;
    definition := s.definition;
    value := pg_catalog.pg_sequence_last_value(s.oid);
    IF value IS NULL THEN EXECUTE 'SELECT last_value FROM ' || s.quoted INTO value; END IF;
    EXECUTE pg_catalog.format('ALTER SEQUENCE %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s NO CYCLE', s.quoted,
                              4 * reach, greatest(value, -s.most - 1 + reach) - reach,
                              least(value, s.most - reach) + reach, value);
    value := pg_catalog.pg_sequence_last_value(s.oid);
    called := value IS NOT NULL;
    IF NOT called THEN value := pg_catalog.nextval(s.oid); END IF;
    RETURN NEXT;
  END LOOP;
END)";

std::string array_of(const std::vector<std::uint32_t>& oids) {
  return fmt::format("'{{{}}}'::oid[]", fmt::join(oids, ","));
}

/// Returns the sequences as what stands behind FROM: given (name, value, called, definition).
std::string as_table(const std::vector<Sequence>& sequences) {
  std::string given;
  for (const Sequence& one : sequences) {
    given += fmt::format("{}({}, bigint '{}', {}, {})", given.empty() ? "" : ",\n", quote_literal(one.name),
                         one.value, one.called, quote_literal(one.definition));
  }
  return "(VALUES " + given + ") AS given (name, value, called, definition)";
}

/// Lists the statements that give the server's sequences these definitions, where they have other ones, and
/// their names.
Result<postgres::Rows> find_altered(postgres::Connection& server, const std::vector<Sequence>& sequences) {
  Result<postgres::Rows> altered = server.query(fmt::format(
      "SELECT pg_catalog.format('ALTER SEQUENCE %s %s RESTART %s', name, definition, value), name FROM {} "
      "JOIN"
      " pg_catalog.pg_sequence AS p ON p.seqrelid = name::pg_catalog.regclass WHERE definition <> {}",
      as_table(sequences), kDefinition));
  if (!altered) return altered.error().during("comparing the definitions of the target's sequences");
  return altered;
}

}  // namespace

Result<std::vector<std::uint32_t>> SequenceFence::choose(postgres::Connection& server,
                                                         postgres::Connection& other, bool partial) {
  const Result<postgres::Rows> here = server.query(kList);
  if (!here) return here.error().during("listing the sequences of the source");
  const Result<postgres::Rows> there = other.query(kList);
  if (!there) return there.error().during("listing the sequences of the target");
  std::set<std::string> known;
  for (int row = 0; row < there->size(); ++row) known.insert(there->string(row, 1));
  std::vector<std::uint32_t> chosen;
  std::vector<std::string> missing;
  std::vector<std::string> foreign;
  for (int row = 0; row < here->size(); ++row) {
    if (!known.contains(here->string(row, 1))) {
      if (!partial) missing.push_back(here->string(row, 1));
      continue;
    }
    if (!here->boolean(row, 2)) foreign.push_back(here->string(row, 1));
    chosen.push_back(here->oid(row, 0));
  }
  if (!missing.empty()) {
    return fail(ErrorCode::refused,
                fmt::format("the target lacks sequences of the source: {}", fmt::join(missing, ", ")),
                "create them on the target like on the source");
  }
  if (!foreign.empty()) {
    return fail(ErrorCode::refused,
                fmt::format("the role may not close sequences of the source, as it does not own them: {}",
                            fmt::join(foreign, ", ")),
                "connect as their owner, or as a role that is a member of the owner");
  }
  return chosen;
}

std::string SequenceFence::function() const {
  return postgres::quote(kLiveSchema, name_ + "_sequences");
}

Status SequenceFence::create_function(postgres::Connection& server) const {
  std::string body = kClose;
  const std::string place = "DEFINITION";
  body.replace(body.find(place), place.size(), kDefinition);
  const Status made = server.execute(fmt::format(
      "DROP FUNCTION IF EXISTS {0}(oid[]); CREATE FUNCTION {0}(chosen oid[]) RETURNS TABLE (name "
      "text, value bigint, called boolean, definition text) LANGUAGE plpgsql SET lock_timeout = {1} AS {2}",
      function(), kLockTimeout, quote_literal(body)));
  if (!made) return made.error().during("cannot make the function that closes sequences");
  return {};
}

Status SequenceFence::remove(postgres::Connection& server) const {
  const Status removed = server.execute("DROP FUNCTION IF EXISTS " + function() + "(oid[])");
  if (!removed) return removed.error().during("cannot remove the function that closes sequences");
  return {};
}

Result<std::vector<Sequence>> SequenceFence::close(postgres::Connection& server,
                                                   const std::vector<std::uint32_t>& chosen) const {
  std::vector<Sequence> sequences;
  if (chosen.empty()) return sequences;
  const Result<postgres::Rows> rows = server.query(
      fmt::format("SELECT name, value, called, definition FROM {}({})", function(), array_of(chosen)));
  if (!rows) return rows.error().during("closing the sequences of the source");
  for (int row = 0; row < rows->size(); ++row) {
    sequences.push_back({.name = rows->string(row, 0),
                         .value = rows->integer(row, 1),
                         .called = rows->boolean(row, 2),
                         .definition = rows->string(row, 3)});
  }
  return sequences;
}

Result<std::vector<Sequence>> read_sequences(postgres::Connection& server, postgres::Connection& other) {
  const Result<postgres::Rows> there = other.query(kList);
  if (!there) return there.error().during("listing the sequences of the other server");
  std::set<std::string> known;
  for (int row = 0; row < there->size(); ++row) known.insert(there->string(row, 1));
  const Result<postgres::Rows> rows = server.query(
      std::string("SELECT l.name, coalesce(s.last_value, s.start_value), s.last_value IS NOT NULL, ") +
      kDefinition + " FROM (" + kList +
      ") AS l (oid, name, owned)"
      " JOIN pg_catalog.pg_sequence AS p ON p.seqrelid = l.oid"
      " JOIN pg_catalog.pg_class AS c ON c.oid = l.oid"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
      " JOIN pg_catalog.pg_sequences AS s ON s.schemaname = n.nspname AND s.sequencename = c.relname");
  if (!rows) return rows.error().during("reading the sequences of the server that is open");
  std::vector<Sequence> sequences;
  for (int row = 0; row < rows->size(); ++row) {
    if (!known.contains(rows->string(row, 0))) continue;
    sequences.push_back({.name = rows->string(row, 0),
                         .value = rows->integer(row, 1),
                         .called = rows->boolean(row, 2),
                         .definition = rows->string(row, 3)});
  }
  return sequences;
}

Status prepare_sequences(postgres::Connection& closed, const std::vector<Sequence>& sequences) {
  std::vector<Sequence> ending;
  for (const Sequence& one : sequences) {
    if (one.definition.ends_with(" NO CYCLE")) ending.push_back(one);
  }
  if (ending.empty()) return {};
  const Result<postgres::Rows> altered = find_altered(closed, ending);
  if (!altered) return fail(altered.error());
  std::string statements;
  for (int row = 0; row < altered->size(); ++row) {
    statements += fmt::format(
        "{}; SELECT pg_catalog.setval(seqrelid, CASE WHEN seqincrement > 0 THEN seqmax ELSE seqmin END) FROM"
        " pg_catalog.pg_sequence WHERE seqrelid = {}::pg_catalog.regclass;",
        altered->string(row, 0), quote_literal(altered->string(row, 1)));
  }
  if (statements.empty()) return {};
  const Status done = closed.execute(statements);
  if (!done) return done.error().during("cannot give the target's sequences their definitions");
  return {};
}

Status set_sequences(postgres::Connection& server, const std::vector<Sequence>& sequences) {
  if (sequences.empty()) return {};
  const Result<postgres::Rows> altered = find_altered(server, sequences);
  if (!altered) return fail(altered.error());
  std::string statements;
  for (int row = 0; row < altered->size(); ++row) statements += altered->string(row, 0) + ";";
  Status set =
      server.execute(statements + "SELECT pg_catalog.setval(name::pg_catalog.regclass, value, called) FROM " +
                     as_table(sequences));
  if (!set) return set.error().during("cannot set the sequences of the target");
  return {};
}

}  // namespace pghaul::fencing
