#include <algorithm>
#include <utility>

#include "catalog/oid_array.h"
#include "catalog/parts.h"
#include "catalog/read_catalog.h"
#include "catalog/user_objects.h"
#include "postgres/quote.h"

namespace pghaul::catalog {
namespace {

const std::string kSequences = R"(
SELECT c.oid, n.nspname, c.relname,
       CASE
         WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN 'the role has no USAGE on its schema'
         WHEN NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT') THEN 'the role has no SELECT on it'
         WHEN c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery()
           THEN 'it is unlogged: a standby does not have its value'
       END
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
)" + kJoinExtension + R"(
WHERE c.relkind = 'S' AND )" + kUserRelation +
                               R"(
ORDER BY n.nspname, c.relname)";

/// Limit of a statement, which locks each sequence it reads, and takes more time to plan than in proportion.
constexpr std::size_t kSequencesPerStatement = 200;

/// Reads some sequences. Columns, also of the next: place in the vector, last_value, is_called.
std::string values_of(const std::vector<Sequence>& sequences, std::size_t first, std::size_t end) {
  std::string sql;
  for (std::size_t place = first; place < end; ++place) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += "SELECT " + std::to_string(place) + ", last_value, is_called FROM " +
           postgres::quote(sequences[place].name.schema, sequences[place].name.name);
  }
  return sql;
}

/// Reads all sequences: PostgreSQL 18 returns all values at once, and keeps no lock.
std::string values_of_all(const std::vector<Sequence>& sequences) {
  std::vector<Oid> oids;
  for (const Sequence& sequence : sequences) oids.push_back(sequence.oid);
  return "SELECT kept.place - 1, value.last_value, value.is_called"
         " FROM pg_catalog.unnest('" +
         oid_array(oids) +
         "'::oid[]) WITH ORDINALITY AS kept(oid, place)"
         " CROSS JOIN LATERAL pg_catalog.pg_get_sequence_data(kept.oid) AS value"
         " WHERE value.last_value IS NOT NULL";
}

std::vector<std::string> statements_for(const std::vector<Sequence>& sequences, int version) {
  if (sequences.empty()) return {};
  if (version >= 180000) return {values_of_all(sequences)};
  std::vector<std::string> statements;
  for (std::size_t first = 0; first < sequences.size(); first += kSequencesPerStatement) {
    statements.push_back(
        values_of(sequences, first, std::min(first + kSequencesPerStatement, sequences.size())));
  }
  return statements;
}

Status all_readable(const std::vector<Sequence>& sequences) {
  for (const Sequence& sequence : sequences) {
    if (sequence.unreadable_reason.empty()) continue;
    return fail(
        ErrorCode::refused,
        "cannot read the value of sequence " + shown(sequence.name) + ": " + sequence.unreadable_reason,
        "grant it, or leave the sequence out");
  }
  return {};
}

}  // namespace

Result<std::vector<Sequence>> list_sequences(postgres::Connection& connection,
                                             const std::function<bool(Oid)>& belongs) {
  const Result<postgres::Rows> rows = connection.query(kSequences);
  if (!rows) return rows.error().during(listing("sequences", connection));
  std::vector<Sequence> sequences;
  for (int row = 0; row < rows->size(); ++row) {
    Sequence sequence;
    sequence.oid = rows->oid(row, 0);
    if (!belongs(sequence.oid)) continue;
    sequence.name = {rows->string(row, 1), rows->string(row, 2)};
    sequence.unreadable_reason = rows->string(row, 3);
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

Status read_sequences(postgres::Connection& connection, std::vector<Sequence>& sequences) {
  const Status readable = all_readable(sequences);
  if (!readable) return readable;
  std::size_t known = 0;
  for (const std::string& statement : statements_for(sequences, connection.version())) {
    const Result<postgres::Rows> rows = connection.query(statement);
    if (!rows) return rows.error().during("reading the values of sequences");
    for (int row = 0; row < rows->size(); ++row, ++known) {
      Sequence& sequence = sequences[static_cast<std::size_t>(rows->integer(row, 0))];
      sequence.last_value = rows->integer(row, 1);
      sequence.is_called = rows->boolean(row, 2);
    }
  }
  if (known == sequences.size()) return {};
  return fail(ErrorCode::server_error,
              "the values of " + std::to_string(sequences.size() - known) + " sequences of the " +
                  postgres::side_name(connection.side()) +
                  " cannot be read: they were dropped or hidden meanwhile",
              "stop schema changes during the copy, and try again");
}

}  // namespace pghaul::catalog
