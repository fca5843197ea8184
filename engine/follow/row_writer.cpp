#include "follow/row_writer.h"

#include <fmt/format.h>

#include <utility>

#include "follow/key_text.h"
#include "follow/shown_relation.h"
#include "postgres/quote.h"

namespace pghaul::follow {
namespace {

using changes::OldRow;
using changes::Relation;
using changes::Row;
using changes::Value;

/// Describes what a change's statement depends on, besides its table: which values are left out, and how the
/// row is found.
std::string shape(char verb, OldRow kind, Row old, Row row) {
  std::string shape{verb, static_cast<char>(kind)};
  if (kind == OldRow::full) {
    for (const Value& value : old) shape += value.kind == Value::Kind::null ? 'n' : 't';
  }
  for (const Value& value : row) shape += value.kind == Value::Kind::unchanged ? 'u' : '.';
  return shape;
}

/// Tells, within a block, whether a table that is not emptied refers to one that is: deleting its rows would
/// leave dangling ones. `emptied`: quoted names, as literals; their partitioned parents count, too.
std::string other_refers(const std::string& emptied) {
  return "EXISTS (WITH RECURSIVE emptied AS (SELECT t::pg_catalog.regclass::oid AS oid FROM"
         " pg_catalog.unnest(ARRAY[" +
         emptied +
         "]::text[]) AS t UNION SELECT i.inhparent FROM emptied AS e JOIN pg_catalog.pg_inherits AS i"
         " ON i.inhrelid = e.oid JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent AND p.relkind = 'p')"
         " SELECT FROM pg_catalog.pg_constraint AS c WHERE c.contype = 'f'"
         " AND c.confrelid IN (SELECT oid FROM emptied) AND c.conrelid NOT IN (SELECT oid FROM emptied))";
}

}  // namespace

Status RowWriter::apply(std::uint32_t xid, const changes::Insert& insert) {
  const Result<FollowedTable*> of = tables_.find(*insert.relation);
  if (!of) return fail(of.error());
  FollowedTable& table = **of;
  for (const Value& value : insert.row) {
    if (value.kind != Value::Kind::unchanged) continue;
    return fail(ErrorCode::server_error, "an INSERT into " + shown(table.relation) + " leaves a value out");
  }
  const PreparedStatement* prepared = TargetSession::find(table, "I");
  if (prepared == nullptr) {
    const auto made = session_.prepare(table, "I", table.statements->insert());
    if (!made) return fail(made.error());
    prepared = *made;
  }
  deferred_.note(table, insert.row);
  return execute(xid, "INSERT into", table, *prepared, {}, insert.row);
}

Status RowWriter::apply(std::uint32_t xid, const changes::Update& update) {
  const Result<FollowedTable*> of = tables_.find(*update.relation);
  if (!of) return fail(of.error());
  FollowedTable& table = **of;
  const std::string shape = follow::shape('U', update.old_kind, update.old, update.row);
  const PreparedStatement* prepared = TargetSession::find(table, shape);
  if (prepared == nullptr) {
    Result<Statement> statement = table.statements->update(update);
    if (!statement) return fail(statement.error());
    const auto made = session_.prepare(table, shape, std::move(*statement));
    if (!made) return fail(made.error());
    prepared = *made;
  }
  deferred_.note(table, update.row);
  return execute(xid, "UPDATE of", table, *prepared, update.old, update.row);
}

Status RowWriter::apply(std::uint32_t xid, const changes::Delete& removed) {
  const Result<FollowedTable*> of = tables_.find(*removed.relation);
  if (!of) return fail(of.error());
  FollowedTable& table = **of;
  const std::string shape = follow::shape('D', removed.old_kind, removed.old, {});
  const PreparedStatement* prepared = TargetSession::find(table, shape);
  if (prepared == nullptr) {
    Result<Statement> statement = table.statements->remove(removed);
    if (!statement) return fail(statement.error());
    const auto made = session_.prepare(table, shape, std::move(*statement));
    if (!made) return fail(made.error());
    prepared = *made;
  }
  return execute(xid, "DELETE from", table, *prepared, removed.old, {});
}

/// Leaves CASCADE out: the source has named all tables that it emptied, and the target is to empty no others.
Status RowWriter::apply(std::uint32_t xid, const changes::Truncate& truncate) {
  std::string names;
  std::string deletes;
  std::string literals;
  FollowedTable* first = nullptr;
  for (const Relation* relation : truncate.relations) {
    const Result<FollowedTable*> of = tables_.find(*relation);
    if (!of) return fail(of.error());
    const std::string name = (*of)->statements->to_truncate();
    names += (names.empty() ? "" : ", ") + name;
    deletes += "DELETE FROM " + name + "; ";
    literals += (literals.empty() ? "" : ", ") +
                postgres::quote_literal(postgres::quote(relation->schema, relation->name));
    if (first == nullptr) first = *of;
  }
  if (names.empty()) return {};
  // The stream names leaves, and TRUNCATE takes none to whose root, or by whose root, a foreign key refers.
  const std::string block = "BEGIN TRUNCATE TABLE " + names +
                            (truncate.restart_identity ? " RESTART IDENTITY" : "") +
                            "; EXCEPTION WHEN feature_not_supported THEN IF " + other_refers(literals) +
                            " THEN RAISE; END IF; " + deletes + "END";
  return session_.run("DO " + postgres::quote_literal(block),
                      {.verb = "TRUNCATE of", .table = first, .xid = xid, .key = {}});
}

Status RowWriter::execute(std::uint32_t xid, const char* verb, FollowedTable& table,
                          const PreparedStatement& prepared, Row old, Row row) {
  texts_.clear();
  places_.clear();
  values_.clear();
  constexpr std::size_t kNone = std::string::npos;
  for (const Statement::Parameter& parameter : prepared.statement.parameters) {
    const Value& value = (parameter.old ? old : row)[parameter.column];
    if (value.kind == Value::Kind::unchanged) {
      return fail(ErrorCode::server_error,
                  fmt::format("the source streams {} {} without its key: it is stored out of line, and this "
                              "release of PostgreSQL leaves it out of its WAL",
                              verb, shown(table.relation)),
                  "update the source to its latest minor release");
    }
    const bool is_copied = value.kind == Value::Kind::text && !value.terminated;
    values_.push_back(value.terminated ? value.text.data() : nullptr);
    places_.push_back(is_copied ? texts_.size() : kNone);
    if (is_copied) texts_.append(value.text).push_back('\0');
  }
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i] != kNone) values_[i] = texts_.data() + places_[i];
  }
  return session_.execute(
      prepared, values_,
      {.verb = verb, .table = &table, .xid = xid, .key = key_text(table.relation, old.empty() ? row : old)});
}

}  // namespace pghaul::follow
